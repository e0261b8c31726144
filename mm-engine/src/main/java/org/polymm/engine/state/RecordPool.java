package org.polymm.engine.state;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Records of equal width, each named by a handle from 1 on.
 *
 * <pre>
 *   values: | unused | record 1 | record 2 | record 3 | 0 0 0 ...
 *   links:  |   0    |   LIVE   |    3     |    0     |            2 and 3 are free; freeHead = 2
 * </pre>
 *
 * <p>A free record is zero, so a new one is too. Handles are reused last in, first out.
 */
public final class RecordPool implements Stateful {

    private static final int LIVE = -1;

    private final String name;
    private final int width;
    private final Consumer<long[]> keeper;
    private long[] values;
    private int[] links;
    private int end = 1;
    private int freeHead;
    private int live;

    /**
     * An empty pool.
     *
     * @param longsPerRecord width of a record, in longs
     */
    public RecordPool(StateSpace space, String name, int longsPerRecord) {
        this(space, name, longsPerRecord, words -> {});
    }

    /**
     * An empty pool of which the owner of hot fields keeps the array itself, which saves two loads an access.
     *
     * @param longsPerRecord width of a record, in longs
     * @param arrayKeeper is given what {@link #array()} returns, now and whenever it changes
     */
    public RecordPool(StateSpace space, String name, int longsPerRecord, Consumer<long[]> arrayKeeper) {
        if (longsPerRecord < 1) {
            throw new IllegalArgumentException("records of '" + name + "' need at least one long");
        }
        this.name = name;
        this.width = longsPerRecord;
        this.values = new long[16 * longsPerRecord];
        this.links = new int[16];
        this.keeper = arrayKeeper;
        keeper.accept(values);
        space.register(this);
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes a record, all zero, and returns its handle. */
    public int allocate() {
        int handle = freeHead;
        if (handle != 0) {
            freeHead = links[handle];
        } else {
            handle = end;
            if (handle == links.length) {
                growTo(handle + 1);
            }
            end = handle + 1;
        }
        links[handle] = LIVE;
        live++;
        return handle;
    }

    /**
     * Gives a record back and clears it.
     *
     * @throws IllegalStateException if the handle is not live
     */
    public void free(int handle) {
        checkLive(handle);
        int base = handle * width;
        Arrays.fill(values, base, base + width, 0);
        links[handle] = freeHead;
        freeHead = handle;
        live--;
    }

    public long get(int handle, int field) {
        return values[handle * width + field];
    }

    public void set(int handle, int field, long value) {
        values[handle * width + field] = value;
    }

    /** Adds to a field and returns the new value. */
    public long increment(int handle, int field, long by) {
        return values[handle * width + field] += by;
    }

    /** The words of all records, for hot code: valid until the pool grows, that is until the next {@link #allocate}. */
    public long[] array() {
        return values;
    }

    /** Index in {@link #array()} of the first word of a record. */
    public int base(int handle) {
        return handle * width;
    }

    /** Longs per record. */
    public int width() {
        return width;
    }

    /** Records in use. */
    public int live() {
        return live;
    }

    /** One above the highest handle ever in use: the bound of a loop over handles. */
    public int end() {
        return end;
    }

    public boolean isLive(int handle) {
        return handle > 0 && handle < end && links[handle] == LIVE;
    }

    /**
     * Does nothing if the handle is live.
     *
     * @throws IllegalStateException otherwise
     */
    public void checkLive(int handle) {
        if (!isLive(handle)) {
            throw new IllegalStateException("'" + name + "' has no record " + handle + " ("
                    + (handle > 0 && handle < end ? "it was freed" : "handles in use are 1 to " + (end - 1)) + ")");
        }
    }

    /** Visits the live handles in ascending order. The visitor may free the one it is given. */
    public void forEachLive(IntConsumer visitor) {
        for (int handle = 1; handle < end; handle++) {
            if (links[handle] == LIVE) {
                visitor.accept(handle);
            }
        }
    }

    private void growTo(int handles) {
        int capacity = Capacity.grown(name, links.length, handles);
        long words = (long) capacity * width;
        if (words > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException(
                    "'" + name + "' cannot hold " + capacity + " records of " + width + " longs");
        }
        links = Arrays.copyOf(links, capacity);
        values = Arrays.copyOf(values, (int) words);
        keeper.accept(values);
    }

    /** A saved pool: records up to the highest handle, and the free list. */
    private record Saved(long[] values, int[] links, int freeHead, int live) {}

    @Override
    public Object capture() {
        return new Saved(Arrays.copyOf(values, end * width), Arrays.copyOf(links, end), freeHead, live);
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        int savedEnd = saved.links.length;
        if (savedEnd > links.length) {
            growTo(savedEnd);
        }
        System.arraycopy(saved.values, 0, values, 0, saved.values.length);
        System.arraycopy(saved.links, 0, links, 0, savedEnd);
        if (end > savedEnd) {
            Arrays.fill(values, savedEnd * width, end * width, 0);
            Arrays.fill(links, savedEnd, end, 0);
        }
        end = savedEnd;
        freeHead = saved.freeHead;
        live = saved.live;
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        int at = Arrays.mismatch(saved.values, 0, saved.values.length, values, 0, end * width);
        if (at >= 0 && at < Math.min(saved.values.length, end * width)) {
            return "record " + at / width + " field " + at % width + " was " + saved.values[at] + ", is " + values[at];
        }
        int link = Arrays.mismatch(saved.links, 0, saved.links.length, links, 0, end);
        if (link >= 0 && link < Math.min(saved.links.length, end)) {
            return "record " + link + " was " + liveness(saved.links[link]) + ", is " + liveness(links[link]);
        }
        if (saved.links.length != end) {
            return "handles in use were 1 to " + (saved.links.length - 1) + ", are 1 to " + (end - 1);
        }
        return saved.freeHead == freeHead ? null : "the next free handle was " + saved.freeHead + ", is " + freeHead;
    }

    private static String liveness(int link) {
        return link == LIVE ? "live" : "free before " + link;
    }
}
