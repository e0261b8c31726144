package org.polymm.engine.check;

import java.util.BitSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Census.FolioCount;

/** A count for each folio that is mapped, by its first frame, in blocks that exist only where there is one. */
final class FolioTally {

    private static final int SHIFT = 9;
    private static final int MASK = (1 << SHIFT) - 1;

    private final @Nullable FolioCount[] @Nullable [] blocks;
    private final BitSet heads = new BitSet();

    FolioTally(int frames) {
        blocks = new @Nullable FolioCount[(frames >>> SHIFT) + 1][];
    }

    /** The folio's count, made if it has none. */
    FolioCount of(int head) {
        @Nullable FolioCount[] block = blocks[head >>> SHIFT];
        if (block == null) {
            block = new @Nullable FolioCount[MASK + 1];
            blocks[head >>> SHIFT] = block;
        }
        FolioCount count = block[head & MASK];
        if (count == null) {
            count = new FolioCount();
            block[head & MASK] = count;
            heads.set(head);
        }
        return count;
    }

    boolean has(int head) {
        return heads.get(head);
    }

    /** {@return the first frames, to be kept and changed by the caller} */
    BitSet heads() {
        return (BitSet) heads.clone();
    }

    /** Visits the first frame of each folio, the lowest first. */
    void forEach(IntConsumer visitor) {
        for (int head = heads.nextSetBit(0); head >= 0; head = heads.nextSetBit(head + 1)) {
            visitor.accept(head);
        }
    }
}
