package org.polymm.engine.reclaim;

import java.util.Arrays;

/** Folios that an operation has isolated, each with a reference; the last one in is the first one out. */
final class FolioStack {

    private int[] heads = new int[64];
    private int count;

    void push(int head) {
        if (count == heads.length) {
            heads = Arrays.copyOf(heads, 2 * count);
        }
        heads[count++] = head;
    }

    int pop() {
        return heads[--count];
    }

    /** Turns the order round, so that the first one in is the next one out. */
    void reverse() {
        for (int low = 0, high = count - 1; low < high; low++, high--) {
            int head = heads[low];
            heads[low] = heads[high];
            heads[high] = head;
        }
    }

    boolean isEmpty() {
        return count == 0;
    }
}
