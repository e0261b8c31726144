package org.polymm.lab.trace;

import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What is in a trace, counted.
 *
 * @param events events by kind
 * @param processes PID to the names it ran under, in order of appearance, separated by {@code ->}
 * @param faultedPages different (process, page) pairs that faulted
 * @param writeFaults faults that were writes
 * @param presentFaults writes among them to a page that was present
 * @param fetchFaults faults that were instruction fetches
 * @param files mapped files
 * @param nanos time from the first event that has one to the last
 */
public record TraceSummary(
        Map<TraceEventKind, Long> events,
        SequencedMap<Integer, String> processes,
        long faultedPages,
        long writeFaults,
        long presentFaults,
        long fetchFaults,
        int files,
        long nanos) {

    /** Reads a trace from its beginning to its end. */
    public static TraceSummary of(TraceFile trace) throws IOException {
        int pageShift = trace.header().pageShift();
        Map<TraceEventKind, Long> events = new EnumMap<>(TraceEventKind.class);
        SequencedMap<Integer, String> processes = new LinkedHashMap<>();
        Map<Integer, Map<Long, Boolean>> pages = new HashMap<>();
        long writes = 0;
        long present = 0;
        long fetches = 0;
        long first = 0;
        try (TraceCursor cursor = trace.cursor()) {
            TraceEvent event = cursor.event();
            while (cursor.next()) {
                events.merge(event.kind(), 1L, Long::sum);
                first = first == 0 ? event.timeNanos() : first;
                switch (event.kind()) {
                    case PROCESS, EXEC -> {
                        String name = cursor.name(event.get(TraceField.NAME));
                        processes.merge(event.process(), name, (old, one) -> old + " -> " + one);
                    }
                    case FORK -> {
                        String parent = processes.getOrDefault(event.process(), "");
                        String running =
                                parent.substring(parent.lastIndexOf("-> ") + 1).replace("> ", "");
                        processes.put(event.getInt(TraceField.CHILD), running);
                    }
                    case FAULT -> {
                        int error = event.getInt(TraceField.ERROR_CODE);
                        boolean write = (error & TraceEvent.FAULT_WRITE) != 0;
                        writes += write ? 1 : 0;
                        present += write && (error & TraceEvent.FAULT_PRESENT) != 0 ? 1 : 0;
                        fetches += (error & TraceEvent.FAULT_EXEC) != 0 ? 1 : 0;
                        pages.computeIfAbsent(event.process(), p -> new HashMap<>())
                                .put(event.address() >>> pageShift, true);
                    }
                    default -> {
                        // Counted above, and nothing else is asked of it.
                    }
                }
            }
            long faulted = pages.values().stream().mapToLong(Map::size).sum();
            return new TraceSummary(
                    Collections.unmodifiableMap(events),
                    processes,
                    faulted,
                    writes,
                    present,
                    fetches,
                    cursor.files(),
                    event.timeNanos() - first);
        }
    }
}
