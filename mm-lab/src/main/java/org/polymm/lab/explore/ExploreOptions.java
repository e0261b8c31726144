package org.polymm.lab.explore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a program is explored. Immutable; begin with {@link #DEFAULT} and change what is to be other.
 *
 * @param strategy which interleavings are looked at, in which order
 * @param preemptions with {@link Strategy#FEWEST_PREEMPTIONS} and {@link Strategy#BOUNDED_WITHOUT_REDUCTION}: the most preemptions of a run,
 *     0 or more
 * @param runs the most runs, at least 1: the number of walks; for the other strategies, after how many they give up
 * @param seed of walks
 * @param depth with {@link Strategy#PRIORITIES}: how many steps in a certain order the bug is thought to take, at least 1
 * @param maxSteps after how many steps a run counts as one that does not end
 * @param lockOrder whether a cycle in the order of locks is a failure, also where no run has come to a deadlock
 * @param minimise whether a failure is looked for with fewer preemptions, and then with fewer steps, before it is reported
 * @param from steps that come first in every run; null to begin at the start
 * @param progress is told now and then how far things are
 */
public record ExploreOptions(
        Strategy strategy,
        int preemptions,
        long runs,
        long seed,
        int depth,
        int maxSteps,
        boolean lockOrder,
        boolean minimise,
        @Nullable Schedule from,
        Progress progress) {

    /** Which interleavings are looked at. */
    public enum Strategy {
        /** All, one of each class of runs in which the same steps depend on each other in the same order. */
        ALL,
        /** All with no preemption, then all with at most one, and so on up to the bound, or until there are no others. */
        FEWEST_PREEMPTIONS,
        /** Each and every one, with nothing left out: to check the others, and for tiny programs. */
        WITHOUT_REDUCTION,
        /** Each and every one with at most so many preemptions, with nothing left out: to check the others where all would be too many. */
        BOUNDED_WITHOUT_REDUCTION,
        /** Random ones: at each point every task has the same chance. */
        RANDOM,
        /** Random ones by priorities (PCT), which find bugs of a small depth with a known probability. */
        PRIORITIES
    }

    /** Is told how far an exploration is, every few thousand runs, by the thread that explores. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Hears about it.
         *
         * @param interleavings complete runs so far
         * @param preemptions the bound at the moment; -1 without one
         */
        void at(long interleavings, int preemptions);
    }

    /** Everything, to the end: {@link Strategy#ALL}, without a limit. */
    public static final ExploreOptions DEFAULT = new ExploreOptions(
            Strategy.ALL, 2, Long.MAX_VALUE, 1, 3, 20_000, true, true, null, (interleavings, preemptions) -> {});

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public ExploreOptions {
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(progress, "progress");
        if (preemptions < 0 || runs < 1 || depth < 1 || maxSteps < 1) {
            throw new IllegalArgumentException("out of range: preemptions " + preemptions + " (0 or more), runs " + runs
                    + ", depth " + depth + ", maxSteps " + maxSteps + " (1 or more)");
        }
    }

    /** The same with another strategy. */
    public ExploreOptions with(Strategy other) {
        return new ExploreOptions(other, preemptions, runs, seed, depth, maxSteps, lockOrder, minimise, from, progress);
    }

    /** The same, with {@link Strategy#FEWEST_PREEMPTIONS} up to a bound. */
    public ExploreOptions withPreemptions(int most) {
        return new ExploreOptions(
                Strategy.FEWEST_PREEMPTIONS, most, runs, seed, depth, maxSteps, lockOrder, minimise, from, progress);
    }

    /** The same, with {@link Strategy#BOUNDED_WITHOUT_REDUCTION} up to a bound. */
    public ExploreOptions withEach(int most) {
        return withPreemptions(most).with(Strategy.BOUNDED_WITHOUT_REDUCTION);
    }

    /** The same with another limit of runs. */
    public ExploreOptions withRuns(long most) {
        return new ExploreOptions(
                strategy, preemptions, most, seed, depth, maxSteps, lockOrder, minimise, from, progress);
    }

    /** The same, with another seed. */
    public ExploreOptions withSeed(long other) {
        return new ExploreOptions(
                strategy, preemptions, runs, other, depth, maxSteps, lockOrder, minimise, from, progress);
    }

    /** The same with another depth. */
    public ExploreOptions withDepth(int other) {
        return new ExploreOptions(
                strategy, preemptions, runs, seed, other, maxSteps, lockOrder, minimise, from, progress);
    }

    /** The same with another limit of steps. */
    public ExploreOptions withMaxSteps(int most) {
        return new ExploreOptions(strategy, preemptions, runs, seed, depth, most, lockOrder, minimise, from, progress);
    }

    /** The same with the order of locks watched or not. */
    public ExploreOptions withLockOrder(boolean watched) {
        return new ExploreOptions(
                strategy, preemptions, runs, seed, depth, maxSteps, watched, minimise, from, progress);
    }

    /** The same with failures reported as they are found, or made small first. */
    public ExploreOptions withMinimise(boolean small) {
        return new ExploreOptions(strategy, preemptions, runs, seed, depth, maxSteps, lockOrder, small, from, progress);
    }

    /** The same, going on from the end of a schedule. */
    public ExploreOptions withFrom(@Nullable Schedule prefix) {
        return new ExploreOptions(
                strategy, preemptions, runs, seed, depth, maxSteps, lockOrder, minimise, prefix, progress);
    }

    /** The same with another listener. */
    public ExploreOptions withProgress(Progress listener) {
        return new ExploreOptions(
                strategy, preemptions, runs, seed, depth, maxSteps, lockOrder, minimise, from, listener);
    }
}
