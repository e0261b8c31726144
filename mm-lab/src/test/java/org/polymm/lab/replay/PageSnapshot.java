package org.polymm.lab.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.polymm.lab.io.TextInput;

/**
 * What {@code /proc/PID/maps} and {@code pagemap} of a recorded process said at one moment of the recording.
 *
 * <pre>
 *   # t=SECONDS pid=PID label=LABEL
 *   START-END PERMS OFFSET DEV INODE NAME
 *    rss=KB ...
 *    runs: FIRST+COUNT=FLAGS ...        P present, F file or shared, X mapped exactly once
 * </pre>
 *
 * @param nanos when, on the recording's clock
 * @param anonymous page number to "exclusively mapped", for every present page that is not a file's
 */
record PageSnapshot(String label, int process, long nanos, List<Area> areas, TreeMap<Long, Boolean> anonymous) {

    /** A line of the maps; addresses in bytes, end exclusive. */
    record Area(long start, long end, String permissions, String name) {
        /** Whether execve or the kernel fills it in ways that no event shows. */
        boolean isOutsideTheRecording() {
            return name.startsWith("[stack") || name.startsWith("[v");
        }
    }

    static List<PageSnapshot> readAll(Path file) throws IOException {
        List<PageSnapshot> snapshots = new ArrayList<>();
        try (TextInput in = TextInput.open(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("# t=")) {
                    snapshots.add(header(line));
                } else if (line.startsWith(" runs: ")) {
                    snapshots.getLast().addRuns(line.substring(" runs: ".length()));
                } else if (!line.startsWith(" ")) {
                    snapshots.getLast().areas.add(area(line));
                }
            }
        }
        return snapshots;
    }

    private static PageSnapshot header(String line) {
        String[] words = line.substring(2).split(" ");
        String[] time = words[0].substring("t=".length()).split("\\.");
        return new PageSnapshot(
                words[2].substring("label=".length()),
                Integer.parseInt(words[1].substring("pid=".length())),
                Long.parseLong(time[0]) * 1_000_000_000L + Long.parseLong(time[1]),
                new ArrayList<>(),
                new TreeMap<>());
    }

    private static Area area(String line) {
        String[] words = line.split(" +", 6);
        String[] range = words[0].split("-");
        return new Area(
                Long.parseUnsignedLong(range[0], 16),
                Long.parseUnsignedLong(range[1], 16),
                words[1],
                words.length < 6 ? "" : words[5].strip());
    }

    private void addRuns(String runs) {
        Area area = areas.getLast();
        if (area.isOutsideTheRecording()) {
            return;
        }
        for (String run : runs.split(" ")) {
            String[] parts = run.split("[+=]");
            if (parts[2].contains("P") && !parts[2].contains("F")) {
                long first = (area.start >> 12) + Long.parseLong(parts[0]);
                for (long page = first; page < first + Long.parseLong(parts[1]); page++) {
                    anonymous.put(page, parts[2].contains("X"));
                }
            }
        }
    }
}
