package org.polymm.engine.machine;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.polymm.engine.frame.ThpDefrag;
import org.polymm.engine.frame.ThpMode;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.ThpShmem;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.state.Geometry;

/** Writes settings by the names of their files below {@code /sys/kernel/mm/transparent_hugepage}. */
final class ThpFiles {

    private static final Pattern SIZE = Pattern.compile("hugepages-(\\d+)kB/(shmem_)?enabled");

    private ThpFiles() {}

    /**
     * Writes settings, in the order of their names.
     *
     * @param files values by file name
     * @param settings where they take effect
     * @throws IllegalArgumentException naming the file and what it takes
     */
    static void write(Map<String, String> files, ThpSettings settings) {
        new TreeMap<>(files).forEach((file, value) -> write(file, value, settings));
    }

    private static void write(String file, String value, ThpSettings settings) {
        Matcher size = SIZE.matcher(file);
        if (file.equals("enabled")) {
            settings.setEnabled(mode(file, value));
        } else if (file.equals("defrag")) {
            settings.setDefrag(defrag(file, value));
        } else if (file.equals("shmem_enabled")) {
            settings.shmem().setGeneral(shmem(file, value, false));
        } else if (size.matches() && size.group(2) != null) {
            settings.shmem().set(order(file, Long.parseLong(size.group(1))), shmem(file, value, true));
        } else if (size.matches()) {
            settings.setEnabled(order(file, Long.parseLong(size.group(1))), mode(file, value));
        } else {
            settings.set(tunable(file), number(file, value));
        }
    }

    private static int order(String file, long kilobytes) {
        long pages = (kilobytes << 10) / Geometry.PAGE_SIZE;
        if (Long.bitCount(pages) != 1 || pages * Geometry.PAGE_SIZE != kilobytes << 10) {
            throw new IllegalArgumentException(file + ": no folio has " + kilobytes + " kB");
        }
        return Long.numberOfTrailingZeros(pages);
    }

    private static ThpMode mode(String file, String value) {
        return Arrays.stream(ThpMode.values())
                .filter(mode -> mode.word().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        file + " is always, inherit, madvise or never, not '" + value + "'"));
    }

    private static ThpDefrag defrag(String file, String value) {
        return Arrays.stream(ThpDefrag.values())
                .filter(defrag -> defrag.word().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        file + " is always, defer, defer+madvise, madvise or never, not '" + value + "'"));
    }

    private static ThpShmem shmem(String file, String value, boolean size) {
        return Arrays.stream(ThpShmem.values())
                .filter(mode -> mode.word().equals(value) && mode.isFor(size))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(file + " is "
                        + Arrays.stream(ThpShmem.values())
                                .filter(mode -> mode.isFor(size))
                                .map(ThpShmem::word)
                                .collect(Collectors.joining(", "))
                        + ", not '" + value + "'"));
    }

    private static ThpTunable tunable(String file) {
        return Arrays.stream(ThpTunable.values())
                .filter(tunable -> tunable.path().equals(file))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("transparent_hugepage has no file " + file));
    }

    private static long number(String file, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(file + " takes a whole number, not '" + value + "'", notANumber);
        }
    }
}
