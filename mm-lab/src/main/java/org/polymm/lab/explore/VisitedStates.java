package org.polymm.lab.explore;

import java.util.Arrays;

/** Remembers with how few preemptions states have been reached. When it is full it remembers no more, and less is spared. */
final class VisitedStates {

    private final long mask;
    private final long[] keys;
    private final byte[] fewest;
    private final int most;
    private int count;

    /**
     * Remembers nothing yet.
     *
     * @param shift log2 of how many states it has room for; nine bytes each
     */
    VisitedStates(int shift) {
        keys = new long[1 << shift];
        fewest = new byte[1 << shift];
        mask = (1L << shift) - 1;
        most = (1 << shift) / 4 * 3;
    }

    /** Forgets everything. */
    void clear() {
        Arrays.fill(keys, 0);
        count = 0;
    }

    /**
     * Sees a state.
     *
     * @return whether it is worth going on from: it is new, or had taken more preemptions before
     */
    boolean add(long past, int lastTask, int preemptions) {
        long key = Mix.mix(past + lastTask + 1) | 1;
        byte few = (byte) Math.min(preemptions, Byte.MAX_VALUE);
        int at = (int) (key >>> 20 & mask);
        while (keys[at] != 0) {
            if (keys[at] == key) {
                if (few >= fewest[at]) {
                    return false;
                }
                fewest[at] = few;
                return true;
            }
            at = (int) (at + 1 & mask);
        }
        if (count < most) {
            keys[at] = key;
            fewest[at] = few;
            count++;
        }
        return true;
    }
}
