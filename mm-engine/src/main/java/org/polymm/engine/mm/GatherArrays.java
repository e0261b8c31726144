package org.polymm.engine.mm;

/**
 * Arrays that one gather after the other fills. A gather that finds them taken, because another operation is under way, makes its own; the
 * larger ones are kept. What they hold between operations means nothing.
 */
final class GatherArrays {

    static final int[] NONE = {};

    private int[] singles = NONE;
    private int[] runs = NONE;

    int[] takeSingles() {
        int[] taken = singles;
        singles = NONE;
        return taken;
    }

    int[] takeRuns() {
        int[] taken = runs;
        runs = NONE;
        return taken;
    }

    void give(int[] someSingles, int[] someRuns) {
        if (someSingles.length > singles.length) {
            singles = someSingles;
        }
        if (someRuns.length > runs.length) {
            runs = someRuns;
        }
    }
}
