package org.polymm.lab.explore;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Probabilistic concurrency testing (PCT, Burckhardt and others): tasks have random priorities, the highest that can go on goes on, and at d - 1
 * random moments whoever runs drops below all others. A bug that takes d steps in a certain order is found in each run with a probability of
 * at least 1 / (n k<sup>d-1</sup>), for n tasks and k steps.
 */
final class PriorityWalk extends Chooser {

    private final int[] forced;
    private final long runs;
    private final SplittableRandom random;
    private final int[] priorities;
    private final int[] drops;
    private int steps = 16;
    private int dropped;
    private long done;

    /**
     * Begins with a first run.
     *
     * @param depth how many steps in a certain order a bug takes; at least 1
     */
    PriorityWalk(int tasks, int[] forced, int depth, long runs, long seed) {
        this.forced = forced.clone();
        this.runs = runs;
        random = new SplittableRandom(seed);
        priorities = new int[tasks];
        drops = new int[depth - 1];
    }

    @Override
    void begin(Execution run) {
        int depth = drops.length + 1;
        for (int i = 0; i < priorities.length; i++) {
            priorities[i] = depth + i;
        }
        for (int i = priorities.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = priorities[i];
            priorities[i] = priorities[other];
            priorities[other] = swapped;
        }
        for (int i = 0; i < drops.length; i++) {
            drops[i] = random.nextInt(steps);
        }
        Arrays.sort(drops);
        dropped = 0;
    }

    @Override
    int next(Execution run) {
        int step = run.steps();
        if (step < forced.length) {
            return forced[step];
        }
        int can = run.enabled();
        while (dropped < drops.length && step >= drops[dropped]) {
            priorities[highest(can)] = drops.length - dropped;
            dropped++;
        }
        return highest(can);
    }

    private int highest(int can) {
        int best = Integer.numberOfTrailingZeros(can);
        for (int rest = can; rest != 0; rest &= rest - 1) {
            int task = Integer.numberOfTrailingZeros(rest);
            if (priorities[task] > priorities[best]) {
                best = task;
            }
        }
        return best;
    }

    @Override
    boolean advance(Execution run) {
        steps = Math.max(steps, run.steps());
        return ++done < runs;
    }

    @Override
    boolean isExhaustive() {
        return false;
    }
}
