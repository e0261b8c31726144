package org.polymm.lab.speed;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.linux.HostBenchmark;

/** The host kernel's figures, by the operations that the engine is timed at. */
public final class KernelSpeed {

    private final Map<TimedOperation, Timing> timings = new EnumMap<>(TimedOperation.class);
    private final Map<TimedOperation, String> missing = new EnumMap<>(TimedOperation.class);

    /**
     * Sorts a benchmark's figures.
     *
     * @param benchmark what the host's kernel took
     * @param rounds how many rounds it ran
     */
    public KernelSpeed(HostBenchmark benchmark, int rounds) {
        for (TimedOperation operation : TimedOperation.values()) {
            String name = nameOnTheHost(operation);
            missing.put(operation, benchmark.missing().getOrDefault(name, "the host was not asked for " + name));
            for (HostBenchmark.Figure figure : benchmark.figures()) {
                if (figure.operation().equals(name)) {
                    timings.put(operation, new Timing(figure.median(), figure.minimum(), rounds));
                    missing.remove(operation);
                }
            }
        }
    }

    private static String nameOnTheHost(TimedOperation operation) {
        return switch (operation) {
            case FIRST_TOUCH -> "first-touch";
            case FORK -> "fork";
            case COW_COPY -> "cow-copy";
            case COW_REUSE -> "cow-reuse";
            case MUNMAP -> "munmap";
            case MLOCK -> "mlock";
            case THP_FAULT -> "thp-fault";
            case COLLAPSE -> "madvise-collapse";
            case MREMAP -> "mremap";
        };
    }

    /**
     * What an operation costs the kernel.
     *
     * @param operation which
     * @return the figure; null if there is none
     */
    public @Nullable Timing timing(TimedOperation operation) {
        return timings.get(operation);
    }

    /**
     * Why there is no figure.
     *
     * @param operation which
     * @return the reason; empty if there is one
     */
    public String reason(TimedOperation operation) {
        return missing.getOrDefault(operation, "");
    }
}
