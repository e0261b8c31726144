package org.polymm.lab.explore;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Every interleaving with at most so many preemptions, one by one, depth first. A preemption takes the turn from a task that could go on.
 *
 * <p>Partial-order reduction does not go with a bound: the one run that stands for many may have more preemptions than the others. What does
 * is to remember states. Two beginnings of runs that consist of the same steps in the same partial order lead to the same state
 * ({@link TraceHash}); what comes after is the same if the same task has run last and no more preemptions are left.
 */
final class Enumeration extends Chooser {

    static final int UNBOUNDED = Integer.MAX_VALUE;

    private final int[] forced;
    private final int bound;
    private final @Nullable VisitedStates visited;
    private final TraceHash hash;

    private int[] chosen = new int[256];
    private int[] left = new int[256];
    private int[] spent = new int[256];
    private boolean[] goesOnAt = new boolean[256];
    private int prefix;
    private int known;
    private int longest = Integer.MAX_VALUE;
    private boolean isBounded;

    /**
     * Begins with a first run.
     *
     * @param forced who takes the first steps, in every run
     * @param bound how many preemptions a run may have
     * @param visited where states are remembered; null to look at every run
     */
    Enumeration(int tasks, int[] forced, int bound, @Nullable VisitedStates visited) {
        this.forced = forced.clone();
        this.bound = bound;
        this.visited = visited;
        hash = new TraceHash(tasks);
    }

    /** From now on, runs are of interest only if they are shorter. */
    void shorterThan(int steps) {
        longest = steps;
    }

    @Override
    void begin(Execution run) {
        hash.begin();
    }

    @Override
    int next(Execution run) {
        int step = run.steps();
        if (visited != null && step > 0) {
            hash.add(run, step - 1);
        }
        if (step < prefix) {
            return chosen[step];
        }
        if (step == chosen.length) {
            chosen = Arrays.copyOf(chosen, 2 * step);
            left = Arrays.copyOf(left, 2 * step);
            spent = Arrays.copyOf(spent, 2 * step);
            goesOnAt = Arrays.copyOf(goesOnAt, 2 * step);
        }
        known = step;
        if (step >= longest - 1 && step >= forced.length) {
            return CUT;
        }
        int can = run.enabled();
        int current = run.current();
        boolean goesOn = current >= 0 && (can & 1 << current) != 0;
        spent[step] = step == 0 ? 0 : spent[step - 1] + preemptions(run, step - 1);
        if (step >= forced.length && visited != null && !visited.add(hash.value(), current, spent[step])) {
            return CUT;
        }
        known = step + 1;
        int who = goesOn ? current : Integer.numberOfTrailingZeros(can);
        int others = can & ~(1 << who);
        if (goesOn && spent[step] >= bound) {
            isBounded |= others != 0;
            others = 0;
        }
        if (step < forced.length) {
            who = forced[step];
            others = 0;
        }
        goesOnAt[step] = goesOn;
        chosen[step] = who;
        left[step] = others;
        return who;
    }

    /** Whether the choice at a step was a preemption: 1 or 0. */
    private int preemptions(Execution run, int step) {
        return step > 0 && goesOnAt[step] && chosen[step] != run.taskOf(step - 1) ? 1 : 0;
    }

    @Override
    boolean advance(Execution run) {
        for (int step = Math.min(known, run.steps()) - 1; step >= forced.length; step--) {
            if (left[step] != 0) {
                chosen[step] = Integer.numberOfTrailingZeros(left[step]);
                left[step] &= left[step] - 1;
                prefix = step + 1;
                known = prefix;
                return true;
            }
        }
        return false;
    }

    /** Whether a run was kept from going another way by the bound alone. */
    boolean isBounded() {
        return isBounded;
    }

    @Override
    boolean isExhaustive() {
        return !isBounded && longest == Integer.MAX_VALUE;
    }
}
