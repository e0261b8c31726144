package org.polymm.lab.host;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the numbers out of texts of {@code /proc}. */
final class ProcText {

    private static final Pattern AREA = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) [-rwxsp]{4} .*");
    private static final long KIB = 1 << 10;

    private ProcText() {}

    /**
     * Adds up a field of smaps.
     *
     * @param text of the file
     * @param start the first address of a range, in bytes
     * @param end the address after its last
     * @param field its name; {@code Shared} and {@code Private} stand for the sums of clean and dirty
     * @return in bytes, over all VMAs that overlap the range; empty if there is no such field
     */
    static OptionalLong smaps(String text, long start, long end, String field) {
        boolean halves = field.equals("Shared") || field.equals("Private");
        boolean inside = false;
        boolean known = false;
        long sum = 0;
        for (String line : text.lines().toList()) {
            Matcher area = AREA.matcher(line);
            if (area.matches()) {
                long from = Long.parseUnsignedLong(area.group(1), 16);
                long to = Long.parseUnsignedLong(area.group(2), 16);
                inside = from < end && to > start;
                continue;
            }
            boolean meant = halves
                    ? line.startsWith(field + "_Clean:") || line.startsWith(field + "_Dirty:")
                    : line.startsWith(field + ":");
            if (meant) {
                known = true;
                sum += inside ? kilobytes(line) : 0;
            }
        }
        return known ? OptionalLong.of(sum) : OptionalLong.empty();
    }

    /**
     * A field of status.
     *
     * @param text of the file
     * @param field its name
     * @return in bytes; empty if there is no such field
     */
    static OptionalLong status(String text, String field) {
        return text.lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(ProcText::kilobytes)
                .findFirst();
    }

    /**
     * A counter of vmstat.
     *
     * @param text of the file
     * @param counter its name
     * @return its value; empty if there is no such counter
     */
    static OptionalLong vmstat(String text, String counter) {
        return text.lines()
                .filter(line -> line.startsWith(counter + " "))
                .mapToLong(line ->
                        Long.parseLong(line.substring(counter.length() + 1).strip()))
                .findFirst();
    }

    /** The number of a line such as {@code Rss: 64 kB}, in bytes. */
    private static long kilobytes(String line) {
        String value = line.substring(line.indexOf(':') + 1).strip();
        return value.endsWith(" kB") ? Long.parseLong(value.substring(0, value.length() - 3)) * KIB : 0;
    }
}
