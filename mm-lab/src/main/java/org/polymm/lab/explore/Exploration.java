package org.polymm.lab.explore;

import org.jspecify.annotations.Nullable;

/**
 * What came of an exploration.
 *
 * @param coverage how much was looked at
 * @param interleavings complete runs
 * @param redundant runs that were given up because they could only repeat others
 * @param preemptions the bound up to which everything was looked at; -1 where there was none
 * @param counterexample the run in which something was wrong; null if there was none
 */
public record Exploration(
        Coverage coverage,
        long interleavings,
        long redundant,
        int preemptions,
        @Nullable Interleaving counterexample) {

    /** How much was looked at. */
    public enum Coverage {
        /** Every interleaving, up to the order of steps that commute. */
        COMPLETE,
        /** Every interleaving with so many preemptions, and there are others. */
        BOUNDED,
        /** Some, by chance. */
        SAMPLED,
        /** Some, because the limit of runs was reached. */
        GIVEN_UP,
        /** Some, because a failure ended it. */
        FAILED
    }

    /** {@return whether nothing was wrong in what was looked at} */
    public boolean holds() {
        return counterexample == null;
    }

    /** {@return the verdict, in a line} */
    public String verdict() {
        Interleaving wrong = counterexample;
        if (wrong != null) {
            FailureKind kind = wrong.failure();
            return (kind == null ? "" : kind.title()) + " after "
                    + counted(wrong.lines().size(), "step") + " with "
                    + counted(wrong.preemptions(), "preemption") + "; looked at "
                    + counted(interleavings, "interleaving") + " to find it";
        }
        String runs = counted(interleavings, "interleaving");
        return switch (coverage) {
            case COMPLETE -> "all " + runs + (interleavings == 1 ? " holds" : " hold");
            case BOUNDED ->
                "all " + runs + " with at most " + counted(preemptions, "preemption") + " hold; there are others";
            case SAMPLED -> runs + " by chance hold; there may be others";
            case GIVEN_UP, FAILED -> runs + " hold; the limit of runs was reached, there are others";
        };
    }

    private static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
