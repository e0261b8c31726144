package org.polymm.engine.frame;

import java.util.Arrays;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.IntVector;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * The slots of a swap device: a page each, how many page-table entries refer to it, and which page of the swap cache
 * holds it.
 *
 * <pre>
 *   slot      0     1     2     3     4     5 ...
 *   used      -     1     0     0     1     1        a slot is used while it is referred to or cached
 *   count     -     2     0     0     1     0
 *   cached    -     0     0     0   700   701
 * </pre>
 *
 * <p>Slot 0 is the header of the device and never handed out, so 0 means "no slot". A folio gets as many consecutive
 * slots as it has pages, aligned to its size, or none. The lowest that fit are taken.
 */
public final class SwapSlots {

    private static final int WORD_BITS = 6;

    private final int slots;
    private final Vmstat vmstat;
    private final Sync sync;
    private final LongVector used;
    private final IntVector counts;
    private final IntVector cache;
    private final LongVector contents;
    /** Which slots stand for pages full of zeroes, of which nothing was written. */
    private final LongVector zero;
    /** For each order the first slot that may begin a free run, and last how many slots are used. */
    private final IntVector summary;

    private final int usedCount;

    /**
     * A device with all slots free.
     *
     * @param slots pages of the device, the header included: 0 (no swap) to 2^28
     * @param withContents whether to keep what is in the slots, a token each
     */
    public SwapSlots(StateSpace space, Geometry geometry, int slots, boolean withContents, Vmstat vmstat, Sync sync) {
        if (slots < 0 || slots > 1 << 28) {
            throw new IllegalArgumentException("a swap device has 0 to 2^28 pages, not " + slots);
        }
        this.slots = slots;
        this.vmstat = vmstat;
        this.sync = sync;
        used = LongVector.sized(space, "swap.used", (slots >>> WORD_BITS) + 1);
        counts = IntVector.sized(space, "swap.counts", slots);
        cache = IntVector.sized(space, "swap.cache", slots);
        contents = LongVector.sized(space, "swap.contents", withContents ? slots : 0);
        zero = LongVector.sized(space, "swap.zero", withContents ? (slots >>> WORD_BITS) + 1 : 0);
        usedCount = geometry.maxOrder() + 1;
        summary = IntVector.sized(space, "swap.summary", usedCount + 1);
        used.set(0, 1);
        for (int slot = slots; slot < used.size() << WORD_BITS; slot++) {
            mark(slot, 1);
        }
    }

    // ---- allocation ----

    /**
     * Takes slots for a folio, which is in the swap cache from now on; nothing refers to them yet.
     *
     * @param head the folio, whose pages the swap cache holds
     * @return the slot of its first page, a multiple of its size; 0 if there is no such run
     */
    public int allocate(int head, int order) {
        sync.tally(LockClass.SWAP);
        int first = find(order);
        if (first == 0) {
            return 0;
        }
        int pages = 1 << order;
        mark(first, pages);
        summary.increment(usedCount, pages);
        int[] starts = summary.array();
        for (int smaller = 0; smaller <= order; smaller++) {
            if (starts[smaller] >= first && starts[smaller] < first + pages) {
                starts[smaller] = first + pages;
            }
        }
        cachePages(first, head, pages);
        return first;
    }

    private int find(int order) {
        int pages = 1 << order;
        int first = summary.get(order) + pages - 1 & -pages;
        while (first <= slots - pages) {
            if (isFree(first, pages)) {
                summary.set(order, first);
                return first;
            }
            boolean fullWord = (first & Long.SIZE - 1) == 0 && used.get(first >>> WORD_BITS) == -1;
            first += fullWord ? Math.max(pages, Long.SIZE) : pages;
        }
        summary.set(order, slots);
        return 0;
    }

    private boolean isFree(int first, int pages) {
        if (pages < Long.SIZE) {
            return (used.get(first >>> WORD_BITS) >>> first & (1L << pages) - 1) == 0;
        }
        for (int slot = first; slot < first + pages; slot += Long.SIZE) {
            if (used.get(slot >>> WORD_BITS) != 0) {
                return false;
            }
        }
        return true;
    }

    private void mark(int first, int pages) {
        for (int slot = first; slot < first + pages; slot++) {
            used.array()[slot >>> WORD_BITS] |= 1L << slot;
        }
    }

    private void freeIfUnused(int slot) {
        if (counts.get(slot) != 0 || cache.get(slot) != 0) {
            return;
        }
        used.array()[slot >>> WORD_BITS] &= ~(1L << slot);
        summary.increment(usedCount, -1);
        int[] starts = summary.array();
        for (int order = 0; order < usedCount; order++) {
            starts[order] = Math.min(starts[order], slot & -1 << order);
        }
        if (contents.size() != 0) {
            contents.set(slot, 0);
            zero.set(slot >>> WORD_BITS, zero.get(slot >>> WORD_BITS) & ~(1L << slot));
        }
    }

    // ---- references ----

    /** What a point is about that looks at a slot or changes it; files have other objects. */
    public static long pointOf(int slot) {
        return -1L - slot;
    }

    private void reads(int slot) {
        sync.touch(Point.READ_CACHE, pointOf(slot));
    }

    private void writes(int slot) {
        sync.touch(Point.WRITE_CACHE, pointOf(slot));
    }

    /**
     * One more entry refers to a slot.
     *
     * @throws IllegalStateException if the slot is free
     */
    public void duplicate(int slot) {
        check(slot);
        writes(slot);
        counts.increment(slot, 1);
    }

    /**
     * One entry fewer refers to a slot; it is free when none does and it is not in the swap cache.
     *
     * @return how many entries refer to it now
     * @throws IllegalStateException if none did
     */
    public int put(int slot) {
        check(slot);
        writes(slot);
        int left = counts.increment(slot, -1);
        if (left < 0) {
            throw new IllegalStateException("no entry refers to swap slot " + slot + ", and one is given back");
        }
        freeIfUnused(slot);
        return left;
    }

    /** How many entries refer to a slot. */
    public int count(int slot) {
        reads(slot);
        return counts.get(slot);
    }

    /** Whether any entry refers to one of some consecutive slots. */
    public boolean anyCounted(int first, int pages) {
        for (int slot = first; slot < first + pages; slot++) {
            reads(slot);
            if (counts.get(slot) != 0) {
                return true;
            }
        }
        return false;
    }

    // ---- swap cache ----

    /** Puts the pages of a folio that is brought in into the swap cache, at slots that are used and not cached. */
    public void addToCache(int first, int head, int pages) {
        for (int slot = first; slot < first + pages; slot++) {
            check(slot);
            if (cache.get(slot) != 0) {
                throw new IllegalStateException("swap slot " + slot + " is in the swap cache already, as frame "
                        + cache.get(slot) + ", and is to be frame " + (head + slot - first));
            }
        }
        cachePages(first, head, pages);
    }

    private void cachePages(int first, int head, int pages) {
        for (int i = 0; i < pages; i++) {
            writes(first + i);
            cache.set(first + i, head + i);
        }
        vmstat.add(VmstatItem.NR_SWAPCACHED, pages);
    }

    /** Takes slots out of the swap cache; those that no entry refers to are free. */
    public void removeFromCache(int first, int pages) {
        sync.tally(LockClass.SWAP);
        for (int slot = first; slot < first + pages; slot++) {
            if (cached(slot) == 0) {
                throw new IllegalStateException(
                        "swap slot " + slot + " is taken out of the swap cache and is not there");
            }
            writes(slot);
            cache.set(slot, 0);
            freeIfUnused(slot);
        }
        vmstat.add(VmstatItem.NR_SWAPCACHED, -pages);
    }

    /** The page of the swap cache that holds a slot, or 0. */
    public int cached(int slot) {
        reads(slot);
        return cache.get(slot);
    }

    // ---- contents and questions ----

    /**
     * Writes what is in a page to a slot.
     *
     * @param isZero whether its folio is full of zeroes, so that it is only noted
     */
    public void write(int slot, long token, boolean isZero) {
        if (contents.size() != 0) {
            contents.set(slot, token);
            long bit = 1L << slot;
            long word = zero.get(slot >>> WORD_BITS);
            zero.set(slot >>> WORD_BITS, isZero ? word | bit : word & ~bit);
        }
    }

    /** Whether a slot that was written stands for a page full of zeroes; false if contents are not kept. */
    public boolean isZero(int slot) {
        return contents.size() != 0 && (zero.get(slot >>> WORD_BITS) >>> slot & 1) != 0;
    }

    /** What was written to a slot; 0 if contents are not kept. */
    public long read(int slot) {
        return contents.size() != 0 ? contents.get(slot) : 0;
    }

    /** Slots of the device, the header included; 0 without a device. */
    public int slots() {
        return slots;
    }

    /** Pages that can be swapped out in all: {@code SwapTotal}. */
    public int total() {
        return Math.max(slots - 1, 0);
    }

    /** Slots in use. */
    public int used() {
        return summary.get(usedCount);
    }

    /** Whether more than half of the slots are in use, so that slots of pages in memory are better given up. */
    public boolean isHalfFull() {
        return used() * 2L > total();
    }

    private void check(int slot) {
        if (slot <= 0 || slot >= slots || (used.get(slot >>> WORD_BITS) >>> slot & 1) == 0) {
            throw new IllegalStateException(
                    "swap slot " + slot + " is not in use; slots are 1 to " + (slots - 1) + ", and " + used() + " are");
        }
    }

    /** The state of the device in words, for messages. */
    @Override
    public String toString() {
        return "swap: " + used() + " of " + total() + " slots used"
                + (slots <= Long.SIZE ? " " + Arrays.toString(Arrays.copyOf(counts.array(), slots)) : "");
    }
}
