package org.polymm.lab.explore;

import java.util.SplittableRandom;

/** Every run chooses at each point, each task that can go on with equal probability. The same seed gives the same runs. */
final class RandomWalk extends Chooser {

    private final int[] forced;
    private final long runs;
    private final SplittableRandom random;
    private long done;

    RandomWalk(int[] forced, long runs, long seed) {
        this.forced = forced.clone();
        this.runs = runs;
        random = new SplittableRandom(seed);
    }

    @Override
    void begin(Execution run) {}

    @Override
    int next(Execution run) {
        if (run.steps() < forced.length) {
            return forced[run.steps()];
        }
        int can = run.enabled();
        for (int skip = random.nextInt(Integer.bitCount(can)); skip > 0; skip--) {
            can &= can - 1;
        }
        return Integer.numberOfTrailingZeros(can);
    }

    @Override
    boolean advance(Execution run) {
        return ++done < runs;
    }

    @Override
    boolean isExhaustive() {
        return false;
    }
}
