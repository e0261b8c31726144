package org.polymm.lab.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.trace.AreaKind;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;

/**
 * How large the mapped files must have been: a recording does not hold file sizes, so every file is as large as the
 * farthest mapping of it that was ever made or grown.
 */
final class FileSizes {
    private static final int MAP_SHARED = 1;

    private final List<Long> bytes = new ArrayList<>();

    private FileSizes() {}

    static FileSizes of(TraceFile trace) throws IOException {
        FileSizes sizes = new FileSizes();
        long largestGrowth = 0;
        List<Integer> shared = new ArrayList<>();
        try (TraceCursor cursor = trace.cursor()) {
            TraceEvent event = cursor.event();
            while (cursor.next()) {
                switch (event.kind()) {
                    case INITIAL_MAP, MMAP -> {
                        int file = event.getInt(TraceField.FILE);
                        boolean kernels = event.kind().has(TraceField.AREA)
                                && event.getInt(TraceField.AREA) == AreaKind.KERNEL.ordinal();
                        if (file != 0 && !kernels) {
                            sizes.reach(file, event.get(TraceField.OFFSET) + event.length());
                            if ((event.get(TraceField.FLAGS) & MAP_SHARED) != 0) {
                                shared.add(file);
                            }
                        }
                    }
                    // Which file a grown mapping is of would take a replay to know; shared ones are few.
                    case MREMAP -> largestGrowth = Math.max(largestGrowth, event.get(TraceField.NEW_LENGTH));
                    case FTRUNCATE -> {
                        if (event.getInt(TraceField.FILE) != 0) {
                            sizes.reach(event.getInt(TraceField.FILE), event.length());
                        }
                    }
                    default -> {
                        // Says nothing about files.
                    }
                }
            }
        }
        for (int file : shared) {
            sizes.reach(file, largestGrowth);
        }
        return sizes;
    }

    private void reach(int file, long end) {
        while (bytes.size() <= file) {
            bytes.add(0L);
        }
        bytes.set(file, Math.max(bytes.get(file), end));
    }

    /** The size of a file in pages, at least one. */
    long pages(int file, int pageShift) {
        long size = file < bytes.size() ? bytes.get(file) : 0;
        return Math.max(1, size + (1L << pageShift) - 1 >>> pageShift);
    }
}
