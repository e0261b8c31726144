package org.polymm.lab.explore;

import java.util.Arrays;

/**
 * Every interleaving, up to the order of steps that commute: dynamic partial-order reduction with source sets and sleep sets, after Abdulla,
 * Aronis, Jonsson and Sagonas.
 *
 * <p>Depth first. After each run its races are looked at: a race says that before its earlier step some other task should go first, in some
 * run ({@code backtrack}). A task that has been first at a state <em>sleeps</em> there and below, until a step that conflicts with its own
 * wakes it: to let it go before that would be a run that only commutes with one that has been.
 */
final class Reduction extends Chooser {

    private final int tasks;
    private final int[] forced;
    private final HappensBefore order;
    private final HappensBefore.Races races = this::reverse;

    // By step: the state before it.
    private int[] chosen = new int[256];
    private int[] backtrack = new int[256];
    private int[] sleeping = new int[256];
    private int[] enabled = new int[256];
    private int[] arenaEnds = new int[257];
    private int[] sleepBegins;
    private int[] sleepEnds;
    /** Footprints of sleeping tasks. A state's lie above those of the states before. */
    private long[] arena = new long[1024];

    private int prefix;
    private int known;

    /**
     * Begins with a first run.
     *
     * @param forced who takes the first steps, in every run
     */
    Reduction(int tasks, int[] forced) {
        this.tasks = tasks;
        this.forced = forced.clone();
        order = new HappensBefore(tasks);
        sleepBegins = new int[256 * tasks];
        sleepEnds = new int[256 * tasks];
    }

    @Override
    void begin(Execution run) {}

    @Override
    int next(Execution run) {
        int step = run.steps();
        if (step < prefix) {
            return chosen[step];
        }
        if (step == chosen.length) {
            grow();
        }
        int can = run.enabled();
        enabled[step] = can;
        arenaEnds[step] = step == 0 ? 0 : arenaEnds[step - 1];
        sleeping[step] = step == 0 ? 0 : stillAsleep(run, step);
        known = step + 1;
        int awake = can & ~sleeping[step];
        int who;
        if (step < forced.length) {
            who = forced[step];
        } else if (awake == 0) {
            known = step;
            return CUT;
        } else {
            int current = run.current();
            who = current >= 0 && (awake & 1 << current) != 0 ? current : Integer.numberOfTrailingZeros(awake);
        }
        chosen[step] = who;
        backtrack[step] = 1 << who;
        return who;
    }

    /** Which tasks that slept before the last step sleep on. */
    private int stillAsleep(Execution run, int step) {
        int asleep = sleeping[step - 1] & ~(1 << chosen[step - 1]);
        for (int rest = asleep; rest != 0; rest &= rest - 1) {
            int task = Integer.numberOfTrailingZeros(rest);
            int from = (step - 1) * tasks + task;
            if (conflicts(run, step - 1, sleepBegins[from], sleepEnds[from])) {
                asleep &= ~(1 << task);
            } else {
                sleepBegins[step * tasks + task] = sleepBegins[from];
                sleepEnds[step * tasks + task] = sleepEnds[from];
            }
        }
        return asleep;
    }

    private boolean conflicts(Execution run, int step, int begin, int end) {
        long[] footprints = run.footprints();
        int last = run.begin(step + 1);
        for (int i = run.begin(step); i < last; i++) {
            for (int k = begin; k < end; k++) {
                if (Access.conflict(footprints[i], arena[k])) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    boolean advance(Execution run) {
        order.analyse(run, Math.max(prefix - 1, 0), races);
        for (int step = Math.min(known, run.steps()) - 1; step >= forced.length; step--) {
            int asleep = sleeping[step] | 1 << chosen[step];
            int left = backtrack[step] & ~asleep;
            if (left != 0) {
                putToSleep(run, step, chosen[step]);
                sleeping[step] = asleep;
                chosen[step] = Integer.numberOfTrailingZeros(left);
                prefix = step + 1;
                known = prefix;
                return true;
            }
        }
        return false;
    }

    private void putToSleep(Execution run, int step, int task) {
        int begin = arenaEnds[step];
        int length = run.begin(step + 1) - run.begin(step);
        if (begin + length > arena.length) {
            arena = Arrays.copyOf(arena, Math.max(2 * arena.length, begin + length));
        }
        System.arraycopy(run.footprints(), run.begin(step), arena, begin, length);
        sleepBegins[step * tasks + task] = begin;
        sleepEnds[step * tasks + task] = begin + length;
        arenaEnds[step] = begin + length;
    }

    private void reverse(int step, int initials, int later) {
        if (step < forced.length || (initials & (backtrack[step] | sleeping[step])) != 0) {
            return;
        }
        int can = initials & enabled[step];
        if (can == 0) {
            backtrack[step] |= enabled[step];
        } else {
            backtrack[step] |= (can & 1 << later) != 0 ? 1 << later : Integer.lowestOneBit(can);
        }
    }

    private void grow() {
        int capacity = 2 * chosen.length;
        chosen = Arrays.copyOf(chosen, capacity);
        backtrack = Arrays.copyOf(backtrack, capacity);
        sleeping = Arrays.copyOf(sleeping, capacity);
        enabled = Arrays.copyOf(enabled, capacity);
        arenaEnds = Arrays.copyOf(arenaEnds, capacity + 1);
        sleepBegins = Arrays.copyOf(sleepBegins, capacity * tasks);
        sleepEnds = Arrays.copyOf(sleepEnds, capacity * tasks);
    }

    @Override
    boolean isExhaustive() {
        return true;
    }
}
