package org.polymm.lab.explore;

import java.util.Arrays;

/** Numbers the objects of a run by first appearance. Forgets them all in no time. */
final class ObjectSlots {

    private long[] keys = new long[256];
    private int[] slot = new int[256];
    private int[] epochs = new int[256];
    private int epoch = 1;
    private int count;
    private boolean isNew;

    /** Forgets all objects. */
    void clear() {
        count = 0;
        if (++epoch == Integer.MAX_VALUE) {
            Arrays.fill(epochs, 0);
            epoch = 1;
        }
    }

    /** The number of an object, from 0. {@link #isNew} says whether it has just got it. */
    int of(long key) {
        int mask = keys.length - 1;
        int at = (int) (Mix.mix(key) & mask);
        while (epochs[at] == epoch) {
            if (keys[at] == key) {
                isNew = false;
                return slot[at];
            }
            at = at + 1 & mask;
        }
        if (2 * count >= keys.length) {
            grow();
            return of(key);
        }
        keys[at] = key;
        slot[at] = count;
        epochs[at] = epoch;
        isNew = true;
        return count++;
    }

    boolean isNew() {
        return isNew;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldSlots = slot;
        int[] oldEpochs = epochs;
        keys = new long[2 * oldKeys.length];
        slot = new int[keys.length];
        epochs = new int[keys.length];
        int mask = keys.length - 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldEpochs[i] == epoch) {
                int at = (int) (Mix.mix(oldKeys[i]) & mask);
                while (epochs[at] == epoch) {
                    at = at + 1 & mask;
                }
                keys[at] = oldKeys[i];
                slot[at] = oldSlots[i];
                epochs[at] = epoch;
            }
        }
    }
}
