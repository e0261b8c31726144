package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;

/** What differs between two images of the same window: of one machine at two times, or of two machines. */
final class ImageDiff {

    /**
     * A difference.
     *
     * @param process whose
     * @param where of which pages, or {@code VMAs}
     * @param before in the first image
     * @param after in the second
     */
    record Change(int process, String where, String before, String after) {}

    private static final String GONE = "no process";
    private static final String NOTHING = "none";

    private final MachineImage before;
    private final MachineImage after;
    private final Names names;
    private final List<Change> changes = new ArrayList<>();

    private ImageDiff(MachineImage before, MachineImage after, Names names) {
        this.before = before;
        this.after = after;
        this.names = names;
    }

    /** Every difference, by process and address; equal neighbours are put together. */
    static List<Change> between(MachineImage before, MachineImage after, Names names) {
        ImageDiff diff = new ImageDiff(before, after, names);
        TreeSet<Integer> processes = new TreeSet<>();
        for (int slot = 0; slot < before.processCount(); slot++) {
            processes.add(before.processAt(slot));
        }
        for (int slot = 0; slot < after.processCount(); slot++) {
            processes.add(after.processAt(slot));
        }
        processes.forEach(diff::process);
        return diff.changes;
    }

    private void process(int process) {
        int from = before.slotOf(process);
        int to = after.slotOf(process);
        if (from < 0 || to < 0) {
            changes.add(new Change(process, "", from < 0 ? GONE : "lives", to < 0 ? GONE : "lives"));
            if (to < 0) {
                return;
            }
        }
        String vmasBefore = from < 0 ? NOTHING : vmas(before, from);
        String vmasAfter = vmas(after, to);
        if (!vmasBefore.equals(vmasAfter)) {
            changes.add(new Change(process, "VMAs", vmasBefore, vmasAfter));
        }
        pages(process, from, to);
        if (from >= 0 && before.hasContents() && after.hasContents()) {
            contents(process, from, to);
        }
    }

    private String vmas(MachineImage image, int slot) {
        List<String> all = new ArrayList<>();
        for (int vma = 0; vma < image.vmaCount(slot); vma++) {
            long start = image.vmaStart(slot, vma);
            long pages = (image.vmaEnd(slot, vma) - start) / Operation.PAGE;
            int bits = image.vmaBits(slot, vma);
            all.add(names.page(start) + " " + PageWords.protection(bits) + " " + pages + PageWords.flags(bits));
        }
        return all.isEmpty() ? NOTHING : String.join(", ", all);
    }

    private void pages(int process, int from, int to) {
        int pages = after.window().pages();
        int start = -1;
        String first = "";
        String second = "";
        for (int page = 0; page <= pages; page++) {
            String nowBefore = page == pages ? "" : describe(before, from, page);
            String nowAfter = page == pages ? "" : describe(after, to, page);
            boolean differs = !nowBefore.equals(nowAfter);
            if (start >= 0 && (!differs || !nowBefore.equals(first) || !nowAfter.equals(second))) {
                changes.add(new Change(process, range(start, page), first, second));
                start = -1;
            }
            if (differs && start < 0) {
                start = page;
                first = nowBefore;
                second = nowAfter;
            }
        }
    }

    private static String describe(MachineImage image, int slot, int page) {
        if (slot < 0) {
            return PageWords.EMPTY;
        }
        // Neighbours in a folio differ by their index alone; they are said together.
        String text = PageWords.page(image, slot, page);
        int index = text.lastIndexOf('[');
        if (index < 0) {
            return text;
        }
        int shift = image.folioIndex(slot, page) - page;
        return text.substring(0, index) + (image.order(slot, page) == 0 ? "" : " from page " + -shift);
    }

    private void contents(int process, int from, int to) {
        int pages = after.window().pages();
        int page = 0;
        while (page < pages) {
            long old = before.content(from, page);
            long now = after.content(to, page);
            int end = page + 1;
            while (old != now && end < pages && before.content(from, end) == old && after.content(to, end) == now) {
                end++;
            }
            if (old != now) {
                changes.add(new Change(process, range(page, end), "holds " + old, "holds " + now));
            }
            page = end;
        }
    }

    private String range(int first, int end) {
        long base = after.window().base();
        String from = names.page(base + first * Operation.PAGE);
        if (end == first + 1) {
            return from;
        }
        String last = names.page(base + (end - 1) * Operation.PAGE);
        int bracket = last.indexOf('[');
        boolean sameRegion = bracket > 0 && from.startsWith(last.substring(0, bracket + 1));
        if (sameRegion) {
            long index = Long.parseLong(last.substring(bracket + 1, last.length() - 1));
            return from.substring(0, from.length() - 1) + ":" + (index + 1) + "]";
        }
        return from + " to " + last;
    }
}
