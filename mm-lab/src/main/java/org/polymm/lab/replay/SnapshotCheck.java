package org.polymm.lab.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.polymm.engine.machine.Inspector;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.vma.VmFlags;
import org.polymm.lab.trace.TraceFile;

/**
 * Holds a replay against what the recorded machine looked like: at the moment of each snapshot, which pages of anonymous
 * memory are present, which of them are mapped exactly once, and which areas there are.
 *
 * <p>The machine should be set as the recorded one was; for a recording made without huge pages that is
 * {@code thp.enabled=never}.
 */
public final class SnapshotCheck {
    private static final long PAGE = 4096;

    private SnapshotCheck() {}

    /**
     * What one snapshot showed.
     *
     * @param snapshot the snapshot
     * @param pages how many present pages were compared
     * @param areas how many areas were compared
     * @param differences a line each, in the order of addresses; empty if the replay agrees
     */
    public record Result(PageSnapshot snapshot, int pages, int areas, List<String> differences) {}

    /**
     * Replays a trace and compares at every snapshot.
     *
     * @param machine a machine on which nothing has run yet
     * @param trace the recording
     * @param snapshots taken while it was recorded
     * @return a result for each snapshot, in the order of time
     * @throws IOException when the trace cannot be read
     * @throws IllegalArgumentException when a snapshot is of a time or process that the recording does not have
     */
    public static List<Result> run(Machine machine, TraceFile trace, List<PageSnapshot> snapshots) throws IOException {
        List<PageSnapshot> left = new ArrayList<>(snapshots);
        left.sort(Comparator.comparingLong(PageSnapshot::nanos));
        List<Result> results = new ArrayList<>();
        try (Replayer replayer = Replayer.of(machine, trace)) {
            while (!left.isEmpty() && replayer.next()) {
                while (!left.isEmpty()
                        && left.getFirst().nanos() < replayer.event().timeNanos()) {
                    PageSnapshot snapshot = left.removeFirst();
                    results.add(compare(machine, replayer.mm(snapshot.process()), snapshot));
                }
                replayer.apply();
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("snapshot \"" + left.getFirst().label()
                    + "\" was taken after the end of " + trace.name() + ": it is of another recording");
        }
        return results;
    }

    private static Result compare(Machine machine, int mm, PageSnapshot snapshot) {
        if (mm == 0) {
            throw new IllegalArgumentException("snapshot \"" + snapshot.label() + "\" is of process "
                    + snapshot.process() + ", which the recording does not have at that time");
        }
        List<String> differences = new ArrayList<>();
        Map<String, String> replayedAreas = new HashMap<>();
        Map<Long, Boolean> predicted = new HashMap<>();
        machine.inspect().forEachVma(mm, (start, end, flags, file, pgoff) -> {
            replayedAreas.put(range(start, end), permissions(flags));
            for (long at = start; at < end; at += PAGE) {
                long bits = machine.inspect().pagemap(mm, at);
                if ((bits & Inspector.PM_PRESENT) != 0 && (bits & Inspector.PM_FILE) == 0) {
                    predicted.put(at / PAGE, (bits & Inspector.PM_EXCLUSIVE) != 0);
                }
            }
        });
        int areas = 0;
        for (PageSnapshot.Area area : snapshot.areas()) {
            if (!area.isOutsideTheRecording()) {
                areas++;
                String found = replayedAreas.get(range(area.start(), area.end()));
                if (!area.permissions().equals(found)) {
                    differences.add(range(area.start(), area.end()) + ": recorded area " + area.permissions()
                            + ", replayed " + (found == null ? "none with these bounds" : found));
                }
            }
        }
        differences.addAll(snapshot.differences(predicted));
        return new Result(snapshot, snapshot.anonymous().size(), areas, differences);
    }

    private static String range(long start, long end) {
        return Long.toHexString(start) + "-" + Long.toHexString(end);
    }

    private static String permissions(long flags) {
        return ((flags & VmFlags.VM_READ) != 0 ? "r" : "-")
                + ((flags & VmFlags.VM_WRITE) != 0 ? "w" : "-")
                + ((flags & VmFlags.VM_EXEC) != 0 ? "x" : "-")
                + ((flags & VmFlags.VM_SHARED) != 0 ? "s" : "p");
    }
}
