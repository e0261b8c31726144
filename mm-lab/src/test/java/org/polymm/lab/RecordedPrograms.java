package org.polymm.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the repository's recordings are, seen from a test of any module. */
public final class RecordedPrograms {
    /** The recorded programs that have a perf text in {@code traces/raw} and a trace in {@code traces}. */
    public static final List<String> NAMES = List.of("gcc", "jvm", "python", "redis", "sqlite");

    private RecordedPrograms() {}

    /** The perf text of a program. */
    public static Path perfText(String program) {
        return traces().resolve("raw").resolve(program + ".perf.txt.xz");
    }

    /** The strace text of a program. */
    public static Path straceText(String program) {
        return traces().resolve("raw").resolve(program + ".strace.txt.xz");
    }

    /** A lackey text: every access of a small sqlite run. */
    public static Path lackeyText() {
        return traces().resolve("raw").resolve("sqlite-small.lackey.txt.xz");
    }

    /** Snapshots of the redis processes, taken while they were recorded. */
    public static Path redisSnapshots() {
        return traces().resolve("raw").resolve("redis.snap.txt.xz");
    }

    /** The imported trace of a program. */
    public static Path trace(String program) {
        return traces().resolve(program + ".mmt");
    }

    private static Path traces() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("traces").resolve("raw"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException(
                        "no directory traces/raw at or above " + Path.of("").toAbsolutePath());
            }
        }
        return directory.resolve("traces");
    }
}
