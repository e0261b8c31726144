package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;

/** Says in what two images differ. */
final class ImageDifference {

    private static final String[] PAGE_BITS = {
        "present", "swapped", "file", "uffd-wp", "mapped once", "anon", "large", "hugetlb", "ksm", "zero", "mlocked"
    };
    private static final String[] VMA_BITS = {
        "r", "w", "x", "shared", "locked", "hugepage", "nohugepage", "dontcopy", "wipeonfork", "mergeable"
    };
    private static final String MLOCKED = "page mlocked";
    private static final int MOST_LINES = 40;
    /** Of pages in a row that differ in the same way, so many are shown. */
    private static final int MOST_ALIKE = 6;

    private ImageDifference() {}

    /** What sort of thing differs first: the same fault shows as the same sort. */
    static String kind(MachineImage one, MachineImage other) {
        if (one.processCount() != other.processCount()) {
            return "processes";
        }
        for (int slot = 0; slot < one.processCount(); slot++) {
            if (!vmas(one, slot).equals(vmas(other, slot))) {
                return "VMAs";
            }
        }
        for (int slot = 0; slot < one.processCount(); slot++) {
            for (int page = 0; page < one.window().pages(); page++) {
                String kind = kind(one, other, slot, page);
                if (!kind.isEmpty()) {
                    return kind;
                }
            }
        }
        return "nothing";
    }

    /** Whether nothing but the mlocked flags of pages differs. */
    static boolean onlyMlocked(MachineImage one, MachineImage other) {
        if (!kind(one, other).equals(MLOCKED)) {
            return false;
        }
        for (int slot = 0; slot < one.processCount(); slot++) {
            for (int page = 0; page < one.window().pages(); page++) {
                String kind = kind(one, other, slot, page);
                if (!kind.isEmpty() && !kind.equals(MLOCKED)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static String kind(MachineImage one, MachineImage other, int slot, int page) {
        int bits = one.bits(slot, page) ^ other.bits(slot, page);
        if (bits != 0) {
            return "page " + PAGE_BITS[Integer.numberOfTrailingZeros(bits)];
        }
        if (one.order(slot, page) != other.order(slot, page)) {
            return "folio order";
        }
        if (one.mapcount(slot, page) != other.mapcount(slot, page)) {
            return "mapcount";
        }
        if (one.folio(slot, page) != other.folio(slot, page)
                || one.folioIndex(slot, page) != other.folioIndex(slot, page)) {
            return "folio";
        }
        return one.content(slot, page) == other.content(slot, page) ? "" : "contents";
    }

    /** Both states where they differ, side by side. */
    static String text(String nameOne, MachineImage one, String nameOther, MachineImage other) {
        List<String[]> lines = new ArrayList<>();
        lines.add(new String[] {"", nameOne, nameOther});
        int slots = Math.max(one.processCount(), other.processCount());
        for (int slot = 0; slot < slots; slot++) {
            if (slot >= one.processCount() || slot >= other.processCount()) {
                lines.add(new String[] {"processes", "" + one.processCount(), "" + other.processCount()});
                break;
            }
            differences(one, other, slot, lines);
        }
        int first = lines.stream().mapToInt(line -> line[0].length()).max().orElse(0);
        int second = lines.stream().mapToInt(line -> line[1].length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (String[] line : lines.subList(0, Math.min(lines.size(), MOST_LINES))) {
            text.append(String.format("%-" + first + "s   %-" + second + "s   %s", line[0], line[1], line[2])
                            .stripTrailing())
                    .append('\n');
        }
        if (lines.size() > MOST_LINES) {
            text.append(lines.size() - MOST_LINES).append(" more lines differ\n");
        }
        return text.toString();
    }

    private static void differences(MachineImage one, MachineImage other, int slot, List<String[]> lines) {
        String process = "process " + one.processAt(slot) + " ";
        List<String> vmas = vmas(one, slot);
        List<String> others = vmas(other, slot);
        if (!vmas.equals(others)) {
            int rows = Math.max(vmas.size(), others.size());
            for (int row = 0; row < rows; row++) {
                String left = row < vmas.size() ? vmas.get(row) : "";
                String right = row < others.size() ? others.get(row) : "";
                lines.add(new String[] {row == 0 ? process + "VMAs" : "", left, right});
            }
        }
        int shown = 0;
        String before = "";
        for (int page = 0; page < one.window().pages(); page++) {
            String kind = kind(one, other, slot, page);
            if (kind.isEmpty()) {
                continue;
            }
            shown = kind.equals(before) ? shown + 1 : 0;
            before = kind;
            if (shown < MOST_ALIKE) {
                lines.add(new String[] {process + "page " + page, page(one, slot, page), page(other, slot, page)});
            } else if (shown == MOST_ALIKE) {
                lines.add(new String[] {"", "...", "..."});
            }
        }
    }

    private static List<String> vmas(MachineImage image, int slot) {
        List<String> vmas = new ArrayList<>();
        long base = image.window().base();
        for (int index = 0; index < image.vmaCount(slot); index++) {
            long from = (image.vmaStart(slot, index) - base) / Operation.PAGE;
            long to = (image.vmaEnd(slot, index) - base) / Operation.PAGE;
            vmas.add("[" + from + ", " + to + ") " + names(image.vmaBits(slot, index), VMA_BITS));
        }
        return vmas;
    }

    private static String page(MachineImage image, int slot, int page) {
        int bits = image.bits(slot, page);
        if (bits == 0) {
            return "none";
        }
        String folio = image.folio(slot, page) == 0
                ? ""
                : ", folio " + image.folio(slot, page) + "+" + image.folioIndex(slot, page) + " order "
                        + image.order(slot, page) + " mapped " + image.mapcount(slot, page);
        return names(bits, PAGE_BITS) + folio + ", holds " + image.content(slot, page);
    }

    private static String names(int bits, String[] names) {
        List<String> set = new ArrayList<>();
        for (int bit = 0; bit < names.length; bit++) {
            if ((bits >>> bit & 1) != 0) {
                set.add(Objects.requireNonNull(names[bit]));
            }
        }
        return String.join(" ", set);
    }
}
