package org.polymm.engine.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of longs, each with a length of its own and named by a handle from 1 on: page tables, and the per-process
 * indexes of VMAs.
 *
 * <p>The array of a row has at least the row's length, rounded up to a power of two, and is zero above the length.
 * Arrays of freed rows are zero and are kept by size, so that a machine in a steady state allocates none; which array
 * backs which row is not part of the state.
 */
public final class LongRows implements Stateful {

    private static final long[] NONE = {};
    private static final int LIVE = -1;

    private final String name;
    private long[][] rows = new long[16][];
    private int[] lengths = new int[16];
    private int[] links = new int[16];
    private int end = 1;
    private int freeHead;
    private int live;

    // Not part of the state: since when a row is there.
    private int[] made = new int[16];
    private int restores = 1;

    private final long[][][] spare = new long[31][][];
    private final int[] spares = new int[31];

    /** No rows yet. */
    public LongRows(StateSpace space, String name) {
        this.name = name;
        Arrays.fill(rows, NONE);
        Arrays.fill(spare, new long[0][]);
        space.register(this);
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes a row of a length, all zero, and returns its handle. */
    public int newRow(int length) {
        int handle = freeHead;
        if (handle != 0) {
            freeHead = links[handle];
        } else {
            handle = end;
            if (handle == rows.length) {
                growTo(handle + 1);
            }
            end = handle + 1;
        }
        links[handle] = LIVE;
        lengths[handle] = length;
        rows[handle] = takeArray(length);
        made[handle] = restores;
        live++;
        return handle;
    }

    /** The words of a row; valid until the row's length changes. For a handle that is not live, an empty array. */
    public long[] row(int handle) {
        return rows[handle];
    }

    /** Length of a row in words, as it was asked for; 0 for a handle that is not live. */
    public int length(int handle) {
        return lengths[handle];
    }

    /**
     * Makes a row longer or shorter in place. New words are zero; the array is replaced when it is too small, by one of
     * at least double its size.
     */
    public void setLength(int handle, int length) {
        checkLive(handle);
        long[] row = rows[handle];
        int before = lengths[handle];
        if (length > row.length) {
            long[] larger = takeArray(length);
            System.arraycopy(row, 0, larger, 0, before);
            Arrays.fill(row, 0, before, 0);
            giveArray(row);
            rows[handle] = larger;
        } else if (length < before) {
            Arrays.fill(row, length, before, 0);
        }
        lengths[handle] = length;
    }

    /** Gives a row back; the owner promises that its words are all zero. */
    public void freeRow(int handle) {
        freeRow(handle, false);
    }

    /**
     * Gives a row back.
     *
     * @param clear whether its words may be other than zero and are to be cleared
     * @throws IllegalStateException if the handle is not live
     */
    public void freeRow(int handle, boolean clear) {
        checkLive(handle);
        long[] row = rows[handle];
        if (clear) {
            Arrays.fill(row, 0, lengths[handle], 0);
        }
        assert isZero(row) : "row " + handle + " of '" + name + "' was freed as zero and is not";
        giveArray(row);
        rows[handle] = NONE;
        lengths[handle] = 0;
        links[handle] = freeHead;
        freeHead = handle;
        live--;
    }

    /** Rows in use. */
    public int live() {
        return live;
    }

    /** One above the highest handle ever in use. */
    public int end() {
        return end;
    }

    public boolean isLive(int handle) {
        return handle > 0 && handle < end && links[handle] == LIVE;
    }

    /**
     * Whether a row was made after the state was last restored. One that was not is the same in all that comes of restoring that state again;
     * the handle of one that was may stand for another there.
     */
    public boolean isNew(int handle) {
        return made[handle] == restores;
    }

    private void checkLive(int handle) {
        if (!isLive(handle)) {
            throw new IllegalStateException("'" + name + "' has no row " + handle + " ("
                    + (handle > 0 && handle < end ? "it was freed" : "handles in use are 1 to " + (end - 1)) + ")");
        }
    }

    private static int sizeClass(int length) {
        return length <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(length - 1);
    }

    private long[] takeArray(int length) {
        int sizeClass = sizeClass(length);
        int n = spares[sizeClass];
        if (n == 0) {
            return new long[1 << sizeClass];
        }
        spares[sizeClass] = n - 1;
        long[] array = spare[sizeClass][n - 1];
        spare[sizeClass][n - 1] = NONE;
        return array;
    }

    private void giveArray(long[] zeroed) {
        int sizeClass = sizeClass(zeroed.length);
        int n = spares[sizeClass];
        if (n == spare[sizeClass].length) {
            spare[sizeClass] = Arrays.copyOf(spare[sizeClass], Math.max(16, 2 * n));
        }
        spare[sizeClass][n] = zeroed;
        spares[sizeClass] = n + 1;
    }

    private static boolean isZero(long[] row) {
        for (long word : row) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }

    private void growTo(int handles) {
        int before = rows.length;
        int capacity = Capacity.grown(name, before, handles);
        rows = Arrays.copyOf(rows, capacity);
        Arrays.fill(rows, before, capacity, NONE);
        lengths = Arrays.copyOf(lengths, capacity);
        links = Arrays.copyOf(links, capacity);
        made = Arrays.copyOf(made, capacity);
    }

    /** Saved rows: the words of all live rows one after the other, and the free list. */
    private record Saved(long[][] rows, int[] lengths, int[] links, int freeHead, int live) {}

    @Override
    public Object capture() {
        long[][] copies = new long[end][];
        for (int handle = 0; handle < end; handle++) {
            copies[handle] = lengths[handle] == 0 ? NONE : Arrays.copyOf(rows[handle], lengths[handle]);
        }
        return new Saved(copies, Arrays.copyOf(lengths, end), Arrays.copyOf(links, end), freeHead, live);
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        int savedEnd = saved.links.length;
        if (savedEnd > rows.length) {
            growTo(savedEnd);
        }
        for (int handle = end - 1; handle >= savedEnd; handle--) {
            if (links[handle] == LIVE) {
                drop(handle);
            }
            links[handle] = 0;
        }
        for (int handle = savedEnd - 1; handle > 0; handle--) {
            restoreRow(handle, saved.links[handle] == LIVE, saved.rows[handle]);
        }
        System.arraycopy(saved.lengths, 0, lengths, 0, savedEnd);
        System.arraycopy(saved.links, 0, links, 0, savedEnd);
        end = savedEnd;
        freeHead = saved.freeHead;
        live = saved.live;
        restores++;
    }

    private void restoreRow(int handle, boolean liveThen, long[] words) {
        boolean liveNow = handle < end && links[handle] == LIVE;
        if (!liveThen) {
            if (liveNow) {
                drop(handle);
            }
            return;
        }
        int length = words.length;
        if (!liveNow) {
            rows[handle] = takeArray(length);
        } else if (sizeClass(rows[handle].length) < sizeClass(length)) {
            drop(handle);
            rows[handle] = takeArray(length);
        } else if (lengths[handle] > length) {
            Arrays.fill(rows[handle], length, lengths[handle], 0);
        }
        System.arraycopy(words, 0, rows[handle], 0, length);
    }

    private void drop(int handle) {
        long[] row = rows[handle];
        Arrays.fill(row, 0, lengths[handle], 0);
        giveArray(row);
        rows[handle] = NONE;
        lengths[handle] = 0;
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        int common = Math.min(saved.links.length, end);
        for (int handle = 1; handle < common; handle++) {
            boolean liveThen = saved.links[handle] == LIVE;
            if (liveThen != isLive(handle)) {
                return "row " + handle + (liveThen ? " was live, is free" : " was free, is live");
            }
            if (saved.links[handle] != links[handle]) {
                return "free row " + handle + " was before " + saved.links[handle] + ", is before " + links[handle];
            }
            if (saved.lengths[handle] != lengths[handle]) {
                return "row " + handle + " had length " + saved.lengths[handle] + ", has " + lengths[handle];
            }
            int at = Arrays.mismatch(saved.rows[handle], 0, lengths[handle], rows[handle], 0, lengths[handle]);
            if (at >= 0) {
                return "row " + handle + "[" + at + "] was " + saved.rows[handle][at] + ", is " + rows[handle][at];
            }
        }
        if (saved.links.length != end) {
            return "handles in use were 1 to " + (saved.links.length - 1) + ", are 1 to " + (end - 1);
        }
        return saved.freeHead == freeHead ? null : "the next free row was " + saved.freeHead + ", is " + freeHead;
    }
}
