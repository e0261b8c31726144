package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;

/**
 * Draws address spaces as text: one character a page, a bracket where a folio begins and ends.
 *
 * <pre>
 *   A  buf[0] rw 16 pages
 *        [aaaaaaaaaaaaaaaa]
 *        [0:16] folio 1 order 4: present anon mapped-once large
 * </pre>
 */
public final class AddressMap {

    /** What the characters of {@link #draw} mean. */
    public static final String LEGEND =
            ". empty  a anon  f file  z zero page  s swapped or marker; capital: mapped more than once; [ ] a folio";

    private static final int PAGES_A_LINE = 64;

    private final MachineImage image;
    private final Names names;
    private final StringBuilder out = new StringBuilder();

    private AddressMap(MachineImage image, Names names) {
        this.image = image;
        this.names = names;
    }

    /**
     * Draws every process.
     *
     * @param image what is there
     * @param names what it is called
     * @return lines, each ended
     */
    public static String draw(MachineImage image, Names names) {
        AddressMap map = new AddressMap(image, names);
        for (int slot = 0; slot < image.processCount(); slot++) {
            map.process(slot);
        }
        return map.out.toString();
    }

    private void process(int slot) {
        String name = names.process(image.processAt(slot));
        if (image.vmaCount(slot) == 0) {
            out.append(name).append("  nothing mapped\n");
        }
        for (int vma = 0; vma < image.vmaCount(slot); vma++) {
            long base = image.window().base();
            long start = Math.max(base, image.vmaStart(slot, vma));
            long end = Math.min(image.window().end(), image.vmaEnd(slot, vma));
            int bits = image.vmaBits(slot, vma);
            int first = (int) ((start - base) / Operation.PAGE);
            int last = (int) ((end - base) / Operation.PAGE);
            out.append(name)
                    .append("  ")
                    .append(names.page(start))
                    .append(' ')
                    .append(PageWords.protection(bits))
                    .append(' ')
                    .append(last - first)
                    .append(last - first == 1 ? " page" : " pages")
                    .append(PageWords.flags(bits))
                    .append('\n');
            pages(slot, first, last);
        }
    }

    private void pages(int slot, int first, int last) {
        List<String> runs = new ArrayList<>();
        int at = first;
        StringBuilder line = new StringBuilder();
        int drawn = 0;
        while (at < last) {
            int end = runEnd(slot, at, last);
            boolean folio = image.folio(slot, at) != 0;
            line.append(folio ? "[" : "");
            for (int page = at; page < end; page++) {
                line.append(character(slot, page));
                if (++drawn % PAGES_A_LINE == 0 && page + 1 < last) {
                    out.append("     ").append(line).append('\n');
                    line.setLength(0);
                }
            }
            line.append(folio ? "]" : "");
            if (image.bits(slot, at) != 0) {
                runs.add("[" + (at - first) + ":" + (end - first) + "] " + text(slot, at));
            }
            at = end;
        }
        out.append("     ").append(line).append('\n');
        runs.forEach(run -> out.append("     ").append(run).append('\n'));
    }

    /** The end of the pages that are of one folio, or alike. */
    private int runEnd(int slot, int first, int last) {
        int end = first + 1;
        while (end < last
                && image.folio(slot, end) == image.folio(slot, first)
                && image.bits(slot, end) == image.bits(slot, first)
                && image.mapcount(slot, end) == image.mapcount(slot, first)
                && (image.folio(slot, first) == 0
                        || image.folioIndex(slot, end) == image.folioIndex(slot, first) + end - first)) {
            end++;
        }
        return end;
    }

    private String text(int slot, int page) {
        String text = PageWords.page(image, slot, page);
        int index = image.folioIndex(slot, page);
        return index == 0 && text.endsWith("[0]") ? text.substring(0, text.length() - 3) : text;
    }

    private char character(int slot, int page) {
        int bits = image.bits(slot, page);
        if (bits == 0) {
            return '.';
        }
        if ((bits & MachineImage.ZERO) != 0) {
            return 'z';
        }
        if ((bits & MachineImage.PRESENT) == 0) {
            return 's';
        }
        char letter = (bits & MachineImage.ANON) != 0 ? 'a' : 'f';
        return image.mapcount(slot, page) > 1 ? Character.toUpperCase(letter) : letter;
    }
}
