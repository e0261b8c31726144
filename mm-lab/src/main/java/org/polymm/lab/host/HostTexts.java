package org.polymm.lab.host;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.polymm.lab.program.UnmetException;

/** Reads the texts of {@code /proc}. Sizes are in bytes; the files have kilobytes. */
final class HostTexts {

    private static final long KIB = 1 << 10;
    private static final Pattern AREA = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
    private static final Pattern FIELD = Pattern.compile("(\\w+):\\s+(\\d+) kB");

    /** Sums that are called by one name. */
    private static final Map<String, List<String>> SUMS = Map.of(
            "Shared", List.of("Shared_Clean", "Shared_Dirty"),
            "Private", List.of("Private_Clean", "Private_Dirty"));

    private HostTexts() {}

    /** A field of smaps, added up over the VMAs that overlap a range. */
    static long smaps(String text, long start, long end, String field) throws UnmetException {
        List<String> fields = SUMS.getOrDefault(field, List.of(field));
        boolean inside = false;
        boolean any = false;
        long sum = 0;
        for (String line : text.lines().toList()) {
            Matcher area = AREA.matcher(line);
            Matcher value = FIELD.matcher(line);
            if (area.matches()) {
                inside = Long.parseUnsignedLong(area.group(1), 16) < end
                        && Long.parseUnsignedLong(area.group(2), 16) > start;
            } else if (value.matches() && fields.contains(value.group(1))) {
                any = true;
                sum += inside ? Long.parseLong(value.group(2)) * KIB : 0;
            }
        }
        if (!any) {
            throw new UnmetException("this kernel shows no " + field + " in smaps");
        }
        return sum;
    }

    static long status(String text, String field) throws UnmetException {
        for (String line : text.lines().toList()) {
            Matcher value = FIELD.matcher(line);
            if (value.matches() && value.group(1).equals(field)) {
                return Long.parseLong(value.group(2)) * KIB;
            }
        }
        throw new UnmetException("this kernel shows no " + field + " in status");
    }

    static long vmstat(String text, String counter) throws UnmetException {
        for (String line : text.lines().toList()) {
            if (line.startsWith(counter + " ")) {
                return Long.parseLong(line.substring(counter.length() + 1).strip());
            }
        }
        throw new UnmetException("this kernel shows no " + counter + " in vmstat");
    }
}
