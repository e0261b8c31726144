package org.polymm.lab.fuzz;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a run ends, if nothing is found.
 *
 * @param operations after so many operations; 0 for no such bound
 * @param programs after so many programs; 0 for no such bound
 * @param time after so long; null for no such bound
 */
public record Bounds(
        long operations, long programs, @Nullable Duration time) {

    /**
     * Checks that there is an end.
     *
     * @throws IllegalArgumentException if a number is negative or nothing bounds the run
     */
    public Bounds {
        if (operations < 0 || programs < 0 || time != null && !time.isPositive()) {
            throw new IllegalArgumentException("a bound is a positive number");
        }
        if (operations == 0 && programs == 0 && time == null) {
            throw new IllegalArgumentException("a run needs a bound: operations, programs or time");
        }
    }

    /**
     * A run of so many programs.
     *
     * @param programs how many
     * @return the bounds
     */
    public static Bounds ofPrograms(long programs) {
        return new Bounds(0, programs, null);
    }

    /** Whether as much was done as was wanted. */
    boolean reached(long doneOperations, long donePrograms) {
        return operations > 0 && doneOperations >= operations || programs > 0 && donePrograms >= programs;
    }

    boolean isTimeUp(long nanos) {
        return time != null && nanos >= time.toNanos();
    }
}
