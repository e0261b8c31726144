package org.polymm.lab.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded event streams that use every kind, every field and numbers of every length. */
final class RandomTraces {
    static final TraceHeader HEADER = new TraceHeader(
            "prog",
            "prog --flag",
            "6.18.0",
            "perf 6.1",
            "by hand",
            "prog.txt",
            "00ff",
            "CLOCK_MONOTONIC",
            12,
            Granularity.FAULTS);

    private RandomTraces() {}

    /** Writes a trace of {@code events} random events and returns them in readable form, names and files resolved. */
    static List<String> write(Path target, long seed, int events) throws IOException {
        Random random = new Random(seed);
        List<String> written = new ArrayList<>();
        try (TraceWriter writer = TraceWriter.create(target)) {
            TraceEvent event = new TraceEvent();
            TraceEventKind[] kinds = TraceEventKind.values();
            long time = 0;
            for (int i = 0; i < events; i++) {
                time += random.nextInt(4) == 0 ? number(random) >>> 20 : random.nextInt(3000);
                int process = 1 + random.nextInt(5);
                event.become(kinds[random.nextInt(kinds.length)]).at(time, process * 10 + random.nextInt(3), process);
                String name = "name " + random.nextInt(50);
                TracedFile file = new TracedFile("fe:0" + random.nextInt(3), number(random), 7, "/lib/" + name);
                for (TraceField field : event.kind().fields()) {
                    event.set(
                            field,
                            switch (field) {
                                case NAME -> writer.name(name);
                                case FILE -> random.nextBoolean() ? 0 : writer.file(file);
                                default -> number(random);
                            });
                }
                writer.write(event);
                written.add(
                        event + " " + (event.kind().has(TraceField.NAME) ? name : "") + " " + describe(event, file));
            }
            writer.finish(HEADER);
        }
        return written;
    }

    /** Reads a trace back into the same form. */
    static List<String> read(Path source) throws IOException {
        List<String> read = new ArrayList<>();
        try (TraceCursor cursor = TraceFile.open(source).cursor()) {
            while (cursor.next()) {
                TraceEvent event = cursor.event();
                String name = event.kind().has(TraceField.NAME) ? cursor.name(event.get(TraceField.NAME)) : "";
                boolean hasFile = event.kind().has(TraceField.FILE) && event.get(TraceField.FILE) != 0;
                read.add(event + " " + name + " " + (hasFile ? cursor.file(event.get(TraceField.FILE)) : ""));
            }
        }
        return read;
    }

    private static String describe(TraceEvent event, TracedFile file) {
        return event.kind().has(TraceField.FILE) && event.get(TraceField.FILE) != 0 ? file.toString() : "";
    }

    private static long number(Random random) {
        long bits = random.nextLong() >>> random.nextInt(64);
        return random.nextInt(8) == 0 ? -bits : bits;
    }
}
