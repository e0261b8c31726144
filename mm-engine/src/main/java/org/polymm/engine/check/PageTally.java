package org.polymm.engine.check;

import org.jspecify.annotations.Nullable;

/** A count for each page frame, in blocks that exist only where something was counted. */
final class PageTally {

    private static final int SHIFT = 9;
    private static final int MASK = (1 << SHIFT) - 1;

    private final int[] @Nullable [] blocks;

    PageTally(int frames) {
        blocks = new int[(frames >>> SHIFT) + 1][];
    }

    int add(int pfn, int by) {
        int[] block = blocks[pfn >>> SHIFT];
        if (block == null) {
            block = new int[MASK + 1];
            blocks[pfn >>> SHIFT] = block;
        }
        return block[pfn & MASK] += by;
    }

    int get(int pfn) {
        int[] block = blocks[pfn >>> SHIFT];
        return block == null ? 0 : block[pfn & MASK];
    }
}
