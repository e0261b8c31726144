package org.polymm.lab.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.polymm.lab.io.TextInput;

/**
 * What {@code /proc/PID/maps} and {@code pagemap} of a recorded process said at one moment of the recording.
 *
 * <pre>
 *   # t=SECONDS pid=PID label=LABEL
 *   START-END PERMS OFFSET DEV INODE NAME         a line of maps
 *    rss=KB ...                                   what smaps says of it; not used here
 *    runs: FIRST+COUNT=FLAGS ...                  pages of it: P present, F file or shared, X mapped exactly once
 * </pre>
 *
 * <p>Immutable.
 */
public final class PageSnapshot {
    private static final Pattern HEADER = Pattern.compile("# t=(\\d+)\\.(\\d{9}) pid=(\\d+) label=(.*)");
    private static final Pattern AREA = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) \\S+ \\S+ \\S+ *(.*)");
    private static final Pattern RUN = Pattern.compile("(\\d+)\\+(\\d+)=([A-Z]+)");
    private static final String RUNS = " runs: ";
    private static final int PAGE_SHIFT = 12;

    private final String label;
    private final int process;
    private final long nanos;
    private final List<Area> areas = new ArrayList<>();
    private final TreeMap<Long, Boolean> anonymous = new TreeMap<>();

    /**
     * A line of the maps.
     *
     * @param start first byte
     * @param end the byte after the last
     * @param permissions such as {@code rw-p}
     * @param name path or {@code [name]}; empty for anonymous memory
     */
    public record Area(long start, long end, String permissions, String name) {
        /**
         * Whether what is in it does not follow from a recording: execve fills the main thread's stack, the kernel fills
         * vdso and vvar.
         */
        public boolean isOutsideTheRecording() {
            return name.startsWith("[stack") || name.startsWith("[v");
        }
    }

    private PageSnapshot(String label, int process, long nanos) {
        this.label = label;
        this.process = process;
        this.nanos = nanos;
    }

    /**
     * Reads a file of snapshots, plain or compressed.
     *
     * @throws IOException when it cannot be read or understood; the message names file and line
     */
    public static List<PageSnapshot> readAll(Path file) throws IOException {
        List<PageSnapshot> snapshots = new ArrayList<>();
        try (TextInput in = TextInput.open(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Matcher header = HEADER.matcher(line);
                if (header.matches()) {
                    snapshots.add(new PageSnapshot(
                            header.group(4),
                            Integer.parseInt(header.group(3)),
                            Long.parseLong(header.group(1)) * 1_000_000_000L + Long.parseLong(header.group(2))));
                } else if (snapshots.isEmpty() || !snapshots.getLast().accept(line)) {
                    throw new IOException(in.name() + ":" + in.lineNumber() + ": no line of a page snapshot: expected "
                            + "\"# t=SECONDS pid=PID label=LABEL\", a line of maps, or \" runs: FIRST+COUNT=FLAGS\"");
                }
            }
        }
        return snapshots;
    }

    private boolean accept(String line) {
        if (line.startsWith(RUNS)) {
            return !areas.isEmpty() && addRuns(areas.getLast(), line.substring(RUNS.length()));
        }
        Matcher area = AREA.matcher(line);
        if (area.matches()) {
            areas.add(new Area(
                    Long.parseUnsignedLong(area.group(1), 16),
                    Long.parseUnsignedLong(area.group(2), 16),
                    area.group(3),
                    area.group(4).strip()));
            return true;
        }
        return line.startsWith(" ") && !areas.isEmpty();
    }

    private boolean addRuns(Area area, String runs) {
        for (String text : runs.split(" ")) {
            Matcher run = RUN.matcher(text);
            if (!run.matches()) {
                return false;
            }
            String flags = run.group(3);
            if (flags.contains("P") && !flags.contains("F") && !area.isOutsideTheRecording()) {
                long first = (area.start() >> PAGE_SHIFT) + Long.parseLong(run.group(1));
                for (long page = first; page < first + Long.parseLong(run.group(2)); page++) {
                    anonymous.put(page, flags.contains("X"));
                }
            }
        }
        return true;
    }

    /** What the recorder called it. */
    public String label() {
        return label;
    }

    /** The PID. */
    public int process() {
        return process;
    }

    /** When, in nanoseconds on the recording's clock. */
    public long nanos() {
        return nanos;
    }

    /** The areas of the process, lowest first. */
    public List<Area> areas() {
        return Collections.unmodifiableList(areas);
    }

    /** Page number to "mapped exactly once", for every present page that is no file's. */
    public SortedMap<Long, Boolean> anonymous() {
        return Collections.unmodifiableSortedMap(anonymous);
    }

    /**
     * Where a prediction differs, areas outside the recording left out.
     *
     * @param predicted page number to "mapped exactly once", for every page that is predicted to be present and no file's
     * @return a line each, lowest address first
     */
    public List<String> differences(Map<Long, Boolean> predicted) {
        List<String> differences = new ArrayList<>();
        TreeSet<Long> pages = new TreeSet<>(predicted.keySet());
        pages.addAll(anonymous.keySet());
        for (long page : pages) {
            String recorded = describe(anonymous, page);
            String replayed = describe(predicted, page);
            if (!recorded.equals(replayed) && !isOutsideTheRecording(page << PAGE_SHIFT)) {
                differences.add("0x" + Long.toHexString(page << PAGE_SHIFT) + ": recorded " + recorded + ", replayed "
                        + replayed);
            }
        }
        return differences;
    }

    private boolean isOutsideTheRecording(long address) {
        return areas.stream()
                .anyMatch(area -> area.isOutsideTheRecording() && area.start() <= address && address < area.end());
    }

    private static String describe(Map<Long, Boolean> pages, long page) {
        Boolean exclusive = pages.get(page);
        if (exclusive == null) {
            return "absent";
        }
        return exclusive ? "mapped once" : "shared or the zero page";
    }
}
