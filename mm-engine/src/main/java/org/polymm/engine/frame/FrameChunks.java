package org.polymm.engine.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.Stateful;

/**
 * Where the records of frames are: chunks of a block each, mini chunks that a whole block shares, and one zero record
 * for blocks that have none. The package description draws it.
 *
 * <p>Chunks come from slabs of some MiB, so that a garbage collector neither copies nor counts them, and go back to a
 * pool. A chunk in the pool is all zero. Addresses are in units of four records: chunks start at even units, mini chunks
 * at odd ones, which is how an access tells them apart.
 */
final class FrameChunks implements Stateful {

    /** Ints of a unit, and of a mini chunk: four records, of which a mini chunk uses two. */
    static final int UNIT = 4 * Frames.RECORD;

    /** Ints of the largest slab: what 16 bits of units address, less a chunk to leave room for the array's header. */
    private static final int LARGEST_SLAB = (UNIT << 16) - (Frames.RECORD << 9);

    private static final int UNIT_BITS = 16;
    private static final int UNBACKED = 1;

    /** For each block the array that holds its records. */
    final int[][] slabOf;
    /** For each block the unit in that array at which they start. */
    final char[] unitOf;

    /** For each block the number of that array. */
    private final char[] slabNumberOf;

    private final int chunkUnits;
    private final int chunksPerSlab;
    private final int[][] slabs;
    private int slabCount;
    private int chunksUsed;
    private final Pool freeChunks = new Pool();
    private final Pool freeMinis = new Pool();

    FrameChunks(int blockShift, int frameCount) {
        int blocks = (int) (((long) frameCount + (1 << blockShift) - 1) >>> blockShift);
        int chunkInts = Frames.RECORD << blockShift;
        chunkUnits = chunkInts / UNIT;
        long most = (long) blocks * (chunkInts + 2 * UNIT) + 2L * chunkInts;
        chunksPerSlab = (int) Math.min(most, LARGEST_SLAB) / chunkInts;
        slabs = new int[(int) (most / ((long) chunksPerSlab * chunkInts)) + 1][];
        slabOf = new int[blocks][];
        unitOf = new char[blocks];
        slabNumberOf = new char[blocks];
        // The first mini chunk of the first chunk stays zero: it is the record of all frames that have none.
        takeChunk();
        for (int unit = chunkUnits - 1; unit > UNBACKED; unit -= 2) {
            freeMinis.push(unit);
        }
        Arrays.fill(slabOf, slabs[0]);
        Arrays.fill(unitOf, (char) UNBACKED);
    }

    /** Gives a block a chunk of zero records. */
    void back(int block) {
        assert !isBacked(block) : "block " + block + " has records already";
        place(block, takeChunk());
    }

    /** Takes the chunk of a block; its records are zero. */
    void unback(int block) {
        assert isZero(block) : "block " + block + " is given back with records in use";
        freeChunks.push(addressOf(block));
        place(block, UNBACKED);
    }

    /** Gives consecutive blocks one mini chunk. */
    void backMini(int first, int count) {
        if (freeMinis.size == 0) {
            int chunk = takeChunk();
            for (int unit = chunkUnits - 1; unit > 0; unit -= 2) {
                freeMinis.push(chunk + unit);
            }
        }
        int mini = freeMinis.pop();
        for (int block = first; block < first + count; block++) {
            assert !isBacked(block) : "block " + block + " has records already";
            place(block, mini);
        }
    }

    /** Whether the pages of a block have one record for all of them: the zero one, or a mini chunk's. */
    boolean isShared(int block) {
        return (unitOf[block] & 1) != 0;
    }

    private boolean isBacked(int block) {
        return addressOf(block) != UNBACKED;
    }

    /** Clears the records of the consecutive blocks of one folio and takes them away. */
    void clear(int first, int count) {
        if (isShared(first)) {
            clearMini(addressOf(first));
            for (int block = first; block < first + count; block++) {
                place(block, UNBACKED);
            }
            return;
        }
        for (int block = first; block < first + count; block++) {
            int at = unitOf[block] * UNIT;
            Arrays.fill(slabOf[block], at, at + chunkUnits * UNIT, 0);
            unback(block);
        }
    }

    /** Replaces the mini chunk of consecutive blocks by chunks; the records it has no copy of get these flags. */
    void expand(int first, int count, int tailFlags) {
        int mini = addressOf(first);
        for (int block = first; block < first + count; block++) {
            place(block, takeChunk());
            int[] slab = slabOf[block];
            int at = unitOf[block] * UNIT;
            for (int i = at; i < at + chunkUnits * UNIT; i += Frames.RECORD) {
                slab[i] = tailFlags;
            }
        }
        int from = unit(mini) * UNIT;
        System.arraycopy(slab(mini), from, slabOf[first], unitOf[first] * UNIT, 2 * Frames.RECORD);
        clearMini(mini);
    }

    private void clearMini(int mini) {
        int at = unit(mini) * UNIT;
        Arrays.fill(slab(mini), at, at + UNIT, 0);
        freeMinis.push(mini);
    }

    // An address is the number of a slab above the 16 bits of a unit in it.

    private int[] slab(int address) {
        return slabs[address >>> UNIT_BITS];
    }

    private static int unit(int address) {
        return address & (1 << UNIT_BITS) - 1;
    }

    private void place(int block, int address) {
        slabOf[block] = slab(address);
        slabNumberOf[block] = (char) (address >>> UNIT_BITS);
        unitOf[block] = (char) address;
    }

    private int addressOf(int block) {
        return slabNumberOf[block] << UNIT_BITS | unitOf[block];
    }

    private int takeChunk() {
        if (freeChunks.size != 0) {
            return freeChunks.pop();
        }
        ensureSlabs(chunksUsed + 1);
        int chunk = chunksUsed++;
        return chunk / chunksPerSlab << UNIT_BITS | chunk % chunksPerSlab * chunkUnits;
    }

    private void ensureSlabs(int chunks) {
        while (slabCount * chunksPerSlab < chunks) {
            slabs[slabCount++] = new int[chunksPerSlab * chunkUnits * UNIT];
        }
    }

    private boolean isZero(int block) {
        int[] slab = slabOf[block];
        int at = unitOf[block] * UNIT;
        for (int i = at; i < at + chunkUnits * UNIT; i++) {
            if (slab[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of chunks, pooled ones included, and of what finds them. */
    long bytes() {
        return 4L * chunksUsed * chunkUnits * UNIT + 8L * unitOf.length;
    }

    /** Addresses of free chunks, last in first out. */
    private static final class Pool {
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
    private record Saved(
            char[] slabNumberOf, char[] unitOf, int[][] words, int chunksUsed, int[] freeChunks, int[] freeMinis) {}

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public Object capture() {
        int[][] words = new int[slabCount][];
        for (int slab = 0; slab < slabCount; slab++) {
            words[slab] = Arrays.copyOf(slabs[slab], usedOf(slab, chunksUsed));
        }
        return new Saved(slabNumberOf.clone(), unitOf.clone(), words, chunksUsed, freeChunks.copy(), freeMinis.copy());
    }

    /** Ints of a slab that belong to chunks. */
    private int usedOf(int slab, int chunks) {
        return Math.clamp(chunks - (long) slab * chunksPerSlab, 0, chunksPerSlab) * chunkUnits * UNIT;
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        for (int slab = 0; slab < slabCount; slab++) {
            int kept = 0;
            if (slab < saved.words.length) {
                kept = saved.words[slab].length;
                System.arraycopy(saved.words[slab], 0, slabs[slab], 0, kept);
            }
            int used = usedOf(slab, chunksUsed);
            if (used > kept) {
                Arrays.fill(slabs[slab], kept, used, 0);
            }
        }
        System.arraycopy(saved.slabNumberOf, 0, slabNumberOf, 0, slabNumberOf.length);
        System.arraycopy(saved.unitOf, 0, unitOf, 0, unitOf.length);
        for (int block = 0; block < slabOf.length; block++) {
            slabOf[block] = slabs[slabNumberOf[block]];
        }
        chunksUsed = saved.chunksUsed;
        freeChunks.restore(saved.freeChunks);
        freeMinis.restore(saved.freeMinis);
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        int blockFrames = chunkUnits * UNIT / Frames.RECORD;
        for (int block = 0; block < unitOf.length; block++) {
            if (saved.slabNumberOf[block] != slabNumberOf[block] || saved.unitOf[block] != unitOf[block]) {
                return "the records of frames from " + (long) block * blockFrames + " on are elsewhere";
            }
            int[] then = saved.words[slabNumberOf[block]];
            int from = unitOf[block] * UNIT;
            int end = from + (isShared(block) ? UNIT : chunkUnits * UNIT);
            int at = Arrays.mismatch(then, from, end, slabOf[block], from, end);
            if (at >= 0) {
                return "frame " + ((long) block * blockFrames + at / Frames.RECORD) + " word " + at % Frames.RECORD
                        + " was 0x" + Integer.toHexString(then[from + at]) + ", is 0x"
                        + Integer.toHexString(slabOf[block][from + at]);
            }
        }
        boolean samePools = saved.chunksUsed == chunksUsed
                && freeChunks.equalTo(saved.freeChunks)
                && freeMinis.equalTo(saved.freeMinis);
        return samePools ? null : "the pools of chunks differ";
    }
}
