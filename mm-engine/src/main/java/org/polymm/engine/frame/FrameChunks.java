package org.polymm.engine.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.Stateful;

/**
 * Where the records of frames are: chunks of a block each, mini chunks that a whole block shares, and one zero record
 * for blocks that have none. The package description draws it.
 *
 * <p>Chunks come from slabs of some MiB, so that a garbage collector neither copies nor counts them, and go back to a
 * pool. A chunk in the pool is all zero.
 */
final class FrameChunks implements Stateful {

    /** Ints of a mini chunk: four records, of which two are used. Addresses of chunks are multiples of it. */
    static final int MINI = 4 * Frames.RECORD;

    private static final int[] NO_SLAB = {};

    /**
     * For each block the address of its records: an unsigned number of ints over all slabs, a multiple of
     * {@link #MINI}. The five bits below are by how much a page's number within the block is shifted right to get its
     * record: 0 if each page has its own, the block's shift if all share the first.
     */
    final int[] blocks;

    final int[][] slabs;
    final int slabShift;
    /** What of an address is the index in its slab. */
    final int slabMask;

    private final int blockShift;
    private final int chunkInts;
    private final int unbacked;
    private int chunksUsed;
    private final IntStack freeChunks = new IntStack();
    private final IntStack freeMinis = new IntStack();

    FrameChunks(int blockShift, int frameCount) {
        this.blockShift = blockShift;
        this.chunkInts = Frames.RECORD << blockShift;
        this.unbacked = blockShift;
        int blockCount = (int) (((long) frameCount + (1 << blockShift) - 1) >>> blockShift);
        long most = (long) blockCount * (chunkInts + MINI) + 2L * chunkInts;
        int wholeShift = Long.SIZE - Long.numberOfLeadingZeros(most - 1);
        this.slabShift = Math.min(wholeShift, Math.clamp(wholeShift - 6, 20, 24));
        this.slabMask = (1 << slabShift) - 1 & -MINI;
        this.slabs = new int[(int) (most >>> slabShift) + 1][];
        Arrays.fill(slabs, NO_SLAB);
        this.blocks = new int[blockCount];
        Arrays.fill(blocks, unbacked);
        // The first mini chunk of the first chunk stays zero: it is the record of all frames that have none.
        takeChunk();
        for (int mini = chunkInts - MINI; mini >= MINI; mini -= MINI) {
            freeMinis.push(mini);
        }
    }

    /** Gives a block a chunk of zero records. */
    void back(int block) {
        assert blocks[block] == unbacked : "block " + block + " has records already";
        blocks[block] = takeChunk();
    }

    /** Takes the chunk of a block; its records are zero. */
    void unback(int block) {
        int address = blocks[block];
        assert isZero(address) : "block " + block + " is given back with records in use";
        blocks[block] = unbacked;
        freeChunks.push(address);
    }

    /** Gives consecutive blocks one mini chunk. */
    void backMini(int first, int count) {
        if (freeMinis.size == 0) {
            int chunk = takeChunk();
            for (int mini = chunkInts - MINI; mini >= 0; mini -= MINI) {
                freeMinis.push(chunk + mini);
            }
        }
        int mini = freeMinis.pop() | blockShift;
        for (int block = first; block < first + count; block++) {
            assert blocks[block] == unbacked : "block " + block + " has records already";
            blocks[block] = mini;
        }
    }

    /** Whether the pages of a block have one record for all of them: the zero one, or a mini chunk's. */
    boolean isShared(int block) {
        return (blocks[block] & MINI - 1) != 0;
    }

    /** Clears the records of the consecutive blocks of one folio and takes them away. */
    void clear(int first, int count) {
        int address = blocks[first] & -MINI;
        if (isShared(first)) {
            clearMini(address);
            Arrays.fill(blocks, first, first + count, unbacked);
            return;
        }
        for (int block = first; block < first + count; block++) {
            int at = blocks[block] & slabMask;
            Arrays.fill(slabs[blocks[block] >>> slabShift], at, at + chunkInts, 0);
            unback(block);
        }
    }

    /** Replaces the mini chunk of consecutive blocks by chunks; the records it has no copy of get these flags. */
    void expand(int first, int count, int tailFlags) {
        int address = blocks[first] & -MINI;
        for (int block = first; block < first + count; block++) {
            blocks[block] = takeChunk();
            int at = blocks[block] & slabMask;
            int[] slab = slabs[blocks[block] >>> slabShift];
            for (int i = at; i < at + chunkInts; i += Frames.RECORD) {
                slab[i] = tailFlags;
            }
        }
        int to = blocks[first];
        System.arraycopy(
                slabs[address >>> slabShift],
                address & slabMask,
                slabs[to >>> slabShift],
                to & slabMask,
                2 * Frames.RECORD);
        clearMini(address);
    }

    private void clearMini(int address) {
        int at = address & slabMask;
        Arrays.fill(slabs[address >>> slabShift], at, at + MINI, 0);
        freeMinis.push(address);
    }

    private int takeChunk() {
        if (freeChunks.size != 0) {
            return freeChunks.pop();
        }
        ensureSlabs(chunksUsed + 1);
        return chunksUsed++ * chunkInts;
    }

    private void ensureSlabs(int chunkCount) {
        for (int slab = slabsOf(chunkCount) - 1; slab >= 0 && slabs[slab].length == 0; slab--) {
            slabs[slab] = new int[1 << slabShift];
        }
    }

    private int slabsOf(int chunkCount) {
        return (int) (((long) chunkCount * chunkInts - 1) >>> slabShift) + 1;
    }

    private boolean isZero(int address) {
        int[] slab = slabs[address >>> slabShift];
        int at = address & slabMask;
        for (int i = at; i < at + chunkInts; i++) {
            if (slab[i] != 0) {
                return false;
            }
        }
        return true;
    }

    long bytes() {
        return 4L * chunksUsed * chunkInts + 4L * blocks.length;
    }

    /** Addresses of free chunks, last in first out. */
    private static final class IntStack {
        private int[] values = new int[8];
        private int size;

        void push(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int pop() {
            return values[--size];
        }

        int[] copy() {
            return Arrays.copyOf(values, size);
        }

        void restore(int[] saved) {
            if (saved.length > values.length) {
                values = new int[saved.length];
            }
            System.arraycopy(saved, 0, values, 0, saved.length);
            size = saved.length;
        }

        boolean equalTo(int[] saved) {
            return Arrays.equals(saved, 0, saved.length, values, 0, size);
        }
    }

    /** Saved records: the used part of every slab, where each block's are, and the pools. */
    private record Saved(int[] blocks, int[][] slabs, int chunksUsed, int[] freeChunks, int[] freeMinis) {}

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public Object capture() {
        int[][] copies = new int[slabsOf(chunksUsed)][];
        for (int slab = 0; slab < copies.length; slab++) {
            copies[slab] = Arrays.copyOf(slabs[slab], usedOf(slab));
        }
        return new Saved(blocks.clone(), copies, chunksUsed, freeChunks.copy(), freeMinis.copy());
    }

    /** Ints of a slab that belong to chunks. */
    private int usedOf(int slab) {
        return Math.clamp((long) chunksUsed * chunkInts - ((long) slab << slabShift), 0, 1 << slabShift);
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        ensureSlabs(saved.chunksUsed);
        for (int slab = 0; slab < slabs.length && slabs[slab].length != 0; slab++) {
            int kept = 0;
            if (slab < saved.slabs.length) {
                kept = saved.slabs[slab].length;
                System.arraycopy(saved.slabs[slab], 0, slabs[slab], 0, kept);
            }
            int used = usedOf(slab);
            if (used > kept) {
                Arrays.fill(slabs[slab], kept, used, 0);
            }
        }
        System.arraycopy(saved.blocks, 0, blocks, 0, blocks.length);
        chunksUsed = saved.chunksUsed;
        freeChunks.restore(saved.freeChunks);
        freeMinis.restore(saved.freeMinis);
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        int block = Arrays.mismatch(saved.blocks, blocks);
        if (block >= 0) {
            return "the records of frames from " + ((long) block << blockShift) + " on are elsewhere";
        }
        for (int b = 0; b < blocks.length; b++) {
            int slab = blocks[b] >>> slabShift;
            int from = blocks[b] & slabMask;
            int end = from + (isShared(b) ? MINI : chunkInts);
            int at = Arrays.mismatch(saved.slabs[slab], from, end, slabs[slab], from, end);
            if (at >= 0) {
                return "frame " + ((b << blockShift) + at / Frames.RECORD) + " word " + at % Frames.RECORD + " was 0x"
                        + Integer.toHexString(saved.slabs[slab][from + at]) + ", is 0x"
                        + Integer.toHexString(slabs[slab][from + at]);
            }
        }
        boolean samePools = saved.chunksUsed == chunksUsed
                && freeChunks.equalTo(saved.freeChunks)
                && freeMinis.equalTo(saved.freeMinis);
        return samePools ? null : "the pools of chunks differ";
    }
}
