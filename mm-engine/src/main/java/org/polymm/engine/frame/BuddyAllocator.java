package org.polymm.engine.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * The buddy allocator of one zone, with a cache of single frames in front of it as a processor has.
 *
 * <p>A free block of order {@code k} starts at a multiple of {@code 1 << k}. Lists of free blocks are last in, first
 * out; those of blocks below the PMD order run through the records of the first frames, those above through arrays here,
 * because such a block has no records. Which frames an allocation gets is determined by the history alone.
 *
 * <pre>
 *   order 0   cache (pcp) &lt;--63 at a time--&gt; lists of order 0
 *   order 1.. ------------------------------&gt; lists of order k; larger blocks are halved, buddies are merged
 * </pre>
 *
 * <p>A refill of the cache carves its frames out of the smallest block at hand in one go. The lists are the same
 * afterwards as if each frame had been split off by itself.
 */
public final class BuddyAllocator implements Stateful {

    private static final int PCP_HIGH = 378;
    private static final int PCP_BATCH = 63;
    private static final int RECLAIM_TRIES = 16;

    private final Frames frames;
    private final Vmstat vmstat;
    private final Sync sync;
    private final EventLog events;
    private final int frameCount;
    private final int blockShift;
    private final int maxOrder;
    private final int pcpHigh;
    private final int pcpBatch;

    private final int[] heads;
    private final int[] counts;
    private long buddyFrames;

    // Blocks of PMD order and above that are free as a whole: order + 1 at the first block, and list links (pfns).
    private final byte[] wholeOrder;
    private final int[] wholeNext;
    private final int[] wholePrev;

    // A ring: frames are taken and given back at the hot end, spilled from the other.
    private final int[] pcp;
    private final int pcpMask;
    private int pcpHot;
    private int pcpCount;

    private final AllocationFailures failures;

    private Reclaimer reclaimer = Reclaimer.NONE;

    /** All frames free but the reserved ones. */
    public BuddyAllocator(
            StateSpace space, Geometry geometry, Frames frames, Vmstat vmstat, Sync sync, EventLog events) {
        this.frames = frames;
        this.vmstat = vmstat;
        this.sync = sync;
        this.events = events;
        this.frameCount = frames.frameCount();
        this.blockShift = geometry.pmdOrder();
        this.maxOrder = geometry.maxOrder();
        int high = Math.min(PCP_HIGH, frameCount >>> 6);
        this.pcpHigh = high < 16 ? 0 : high;
        this.pcpBatch = Math.min(PCP_BATCH, pcpHigh / 6);
        this.pcp = new int[pcpHigh == 0 ? 1 : Integer.highestOneBit(pcpHigh + pcpBatch) << 1];
        this.pcpMask = pcp.length - 1;
        this.heads = new int[maxOrder + 1];
        this.counts = new int[maxOrder + 1];
        int blocks = (int) (((long) frameCount + (1 << blockShift) - 1) >>> blockShift);
        this.wholeOrder = new byte[blocks];
        this.wholeNext = new int[blocks];
        this.wholePrev = new int[blocks];
        addInitial();
        failures = new AllocationFailures(space);
        space.register(this);
    }

    /** Frees everything but the reserved frames, from the top down, so that allocation starts at the bottom. */
    private void addInitial() {
        int pfn = frameCount;
        while (pfn > Frames.ZERO_PFN + 1) {
            int order = Math.min(maxOrder, Integer.numberOfTrailingZeros(pfn));
            while (pfn - (1 << order) <= Frames.ZERO_PFN) {
                order--;
            }
            pfn -= 1 << order;
            if (order < blockShift && !frames.isMaterialised(pfn)) {
                frames.back(pfn >>> blockShift);
            }
            insert(pfn, order);
        }
        buddyFrames = (long) frameCount - Frames.ZERO_PFN - 1;
        vmstat.add(VmstatItem.NR_FREE_PAGES, buddyFrames);
    }

    /** Connects what frees memory when there is none left; before the machine runs. */
    public void connect(Reclaimer memoryReclaimer) {
        reclaimer = memoryReclaimer;
    }

    /** Free frames below which kswapd wakes up: {@code min_free_kbytes} by the kernel's formula, and a quarter. */
    public int lowWatermark() {
        return minWatermark() + Math.max(minWatermark() / 4, frameCount / 1000);
    }

    /** Free frames at which kswapd goes to sleep. */
    public int highWatermark() {
        return 2 * lowWatermark() - minWatermark();
    }

    private int minWatermark() {
        return (int) Math.sqrt(4.0 * frameCount);
    }

    /** The largest order that can be allocated. */
    public int maxOrder() {
        return maxOrder;
    }

    // ---- allocation ----

    /**
     * Takes a block, reclaiming memory if there is none. Its records are zero: {@link Folios} makes folios of them.
     *
     * @param order 0 to {@link #maxOrder()}
     * @return the first frame, or 0 if there is no such block
     */
    public int allocate(int order) {
        if (order == 0 && pcpCount != 0 && !failures.isArmed()) {
            pcpCount--;
            return pcp[pcpHot-- & pcpMask];
        }
        return allocateSlowly(order);
    }

    /** As {@link #allocate} with what is free, without reclaiming. */
    public int tryAllocate(int order) {
        return failures.strikes(order) ? 0 : take(order);
    }

    private int take(int order) {
        if (order == 0) {
            return takeSingle();
        }
        int pfn = remove(order);
        if (pfn == 0 && pcpCount != 0) {
            drain();
            pfn = remove(order);
        }
        return pfn;
    }

    private int takeSingle() {
        if (pcpCount == 0) {
            if (pcpHigh == 0) {
                return remove(0);
            }
            refill();
            if (pcpCount == 0) {
                return 0;
            }
        }
        pcpCount--;
        return pcp[pcpHot-- & pcpMask];
    }

    private int allocateSlowly(int order) {
        if (!failures.strikes(order)) {
            int pfn = take(order);
            if (pfn != 0) {
                return pfn;
            }
            vmstat.increment(VmstatItem.ALLOCSTALL_NORMAL);
            for (int i = 0; i < RECLAIM_TRIES && reclaimer.reclaim(order); i++) {
                pfn = take(order);
                if (pfn != 0) {
                    return pfn;
                }
            }
        }
        events.record(EventKind.ALLOC_FAILED, order, 0, 0);
        return 0;
    }

    /** Takes a block off the lists, halving a larger one if need be; 0 if there is none. */
    private int remove(int order) {
        for (int at = order; at <= maxOrder; at++) {
            int pfn = heads[at];
            if (pfn != 0) {
                unlink(pfn, at);
                while (at > order) {
                    at--;
                    if (at == blockShift - 1) {
                        frames.back(pfn >>> blockShift);
                    }
                    insert(pfn + (1 << at), at);
                }
                account(-1L << order);
                return pfn;
            }
        }
        return 0;
    }

    /** Puts a batch of single frames in the empty cache, the lowest of a block to be taken first. */
    private void refill() {
        int taken = 0;
        while (taken < pcpBatch) {
            int order = 0;
            while (order <= maxOrder && heads[order] == 0) {
                order++;
            }
            if (order > maxOrder) {
                break;
            }
            taken += carve(heads[order], order, pcpBatch - taken);
        }
        if (taken != 0) {
            account(-taken);
        }
    }

    /** Moves the first frames of a free block, as many as wanted, to the cold end of the cache. */
    private int carve(int pfn, int order, int want) {
        unlink(pfn, order);
        int size = 1 << order;
        int take = Math.min(want, size);
        if (order >= blockShift) {
            for (int block = pfn >>> blockShift; block <= pfn + take - 1 >>> blockShift; block++) {
                frames.back(block);
            }
        }
        int cold = pcpHot - pcpCount;
        for (int i = 0; i < take; i++) {
            pcp[cold - i & pcpMask] = pfn + i;
        }
        pcpCount += take;
        for (int i = take; i < size; i += i & -i) {
            insert(pfn + i, Integer.numberOfTrailingZeros(i));
        }
        return take;
    }

    // ---- freeing ----

    /**
     * Gives a block back. Its records are zero; a block of PMD order or above has none.
     *
     * @param order as it was allocated with, or smaller: a block may be given back in parts
     */
    public void free(int pfn, int order) {
        if (order == 0 && pcpHigh != 0) {
            pcp[++pcpHot & pcpMask] = pfn;
            if (++pcpCount >= pcpHigh) {
                spill(pcpBatch);
            }
            return;
        }
        merge(pfn, order);
        account(1L << order);
    }

    /** Gives consecutive single frames back. */
    void freeSingles(int first, int count) {
        if (pcpHigh == 0) {
            mergeRun(first, count);
            account(count);
            return;
        }
        for (int i = 0; i < count; ) {
            int some = Math.min(count - i, pcpHigh - pcpCount);
            for (int end = i + some; i < end; i++) {
                pcp[++pcpHot & pcpMask] = first + i;
            }
            pcpCount += some;
            if (pcpCount >= pcpHigh) {
                spill(pcpBatch);
            }
        }
    }

    /** Gives all cached frames back to the lists, where they merge. */
    public void drain() {
        if (pcpCount != 0) {
            spill(pcpCount);
        }
    }

    /** Moves frames from the cold end of the cache to the lists, consecutive ones together. */
    private void spill(int count) {
        int at = pcpHot - pcpCount + 1;
        int end = at + count;
        while (at != end) {
            int first = pcp[at & pcpMask];
            int length = 1;
            at++;
            if (at != end && pcp[at & pcpMask] == first - 1) {
                do {
                    first--;
                    length++;
                    at++;
                } while (at != end && pcp[at & pcpMask] == first - 1);
            } else {
                while (at != end && pcp[at & pcpMask] == first + length) {
                    length++;
                    at++;
                }
            }
            mergeRun(first, length);
        }
        pcpCount -= count;
        account(count);
    }

    private void mergeRun(int first, int length) {
        int pfn = first;
        int left = length;
        while (left > 0) {
            int order = Math.min(Integer.numberOfTrailingZeros(pfn), 31 - Integer.numberOfLeadingZeros(left));
            // Below the PMD order: these frames have records, which go when the halves of their block merge.
            order = Math.min(order, blockShift - 1);
            merge(pfn, order);
            pfn += 1 << order;
            left -= 1 << order;
        }
    }

    /** Puts a block on the lists, together with its buddy if that is free, and so on upwards. */
    private void merge(int pfn, int order) {
        while (order < maxOrder && isFree(pfn ^ 1 << order, order)) {
            unlink(pfn ^ 1 << order, order);
            pfn &= ~(1 << order);
            order++;
            if (order == blockShift) {
                frames.unback(pfn >>> blockShift);
            }
        }
        insert(pfn, order);
    }

    private void account(long freed) {
        buddyFrames += freed;
        vmstat.add(VmstatItem.NR_FREE_PAGES, freed);
        sync.tally(LockClass.ZONE_LOCK);
    }

    // ---- lists ----

    private boolean isFree(int pfn, int order) {
        if (pfn >= frameCount) {
            return false;
        }
        return order < blockShift
                ? frames.flags(pfn) == (Frames.FREE | order)
                : wholeOrder[pfn >>> blockShift] == order + 1;
    }

    private void insert(int pfn, int order) {
        int next = heads[order];
        if (order < blockShift) {
            int[] records = frames.array(pfn);
            int at = frames.offset(pfn);
            records[at] = Frames.FREE | order;
            records[at + Frames.NEXT] = next;
            if (next != 0) {
                frames.setPrev(next, pfn);
            }
        } else {
            int block = pfn >>> blockShift;
            wholeOrder[block] = (byte) (order + 1);
            wholeNext[block] = next;
            if (next != 0) {
                wholePrev[next >>> blockShift] = pfn;
            }
        }
        heads[order] = pfn;
        counts[order]++;
    }

    private void unlink(int pfn, int order) {
        int next;
        int prev;
        if (order < blockShift) {
            int[] records = frames.array(pfn);
            int at = frames.offset(pfn);
            next = records[at + Frames.NEXT];
            prev = records[at + Frames.PREV];
            records[at] = 0;
            records[at + Frames.NEXT] = 0;
            records[at + Frames.PREV] = 0;
            if (next != 0) {
                frames.setPrev(next, prev);
            }
            if (prev != 0) {
                frames.setNext(prev, next);
            }
        } else {
            int block = pfn >>> blockShift;
            next = wholeNext[block];
            prev = wholePrev[block];
            wholeOrder[block] = 0;
            wholeNext[block] = 0;
            wholePrev[block] = 0;
            if (next != 0) {
                wholePrev[next >>> blockShift] = prev;
            }
            if (prev != 0) {
                wholeNext[prev >>> blockShift] = next;
            }
        }
        if (prev == 0) {
            heads[order] = next;
        }
        counts[order]--;
    }

    // ---- questions ----

    /** Frames that are free, those in the cache included. */
    public long freeFrames() {
        return buddyFrames + pcpCount;
    }

    /** Frames in the cache. */
    public int cachedFrames() {
        return pcpCount;
    }

    /** Free blocks of an order on the lists, as {@code /proc/buddyinfo} has them. */
    public int nrFree(int order) {
        return counts[order];
    }

    /** The first free block of an order on its list, or 0: to walk the lists, for checks. */
    public int firstFree(int order) {
        return heads[order];
    }

    /** The free block after one, or 0. */
    public int nextFree(int pfn, int order) {
        return order < blockShift ? frames.next(pfn) : wholeNext[pfn >>> blockShift];
    }

    /** A cached frame, for checks; {@code index} is 0 to {@link #cachedFrames()} less one. */
    public int cachedFrame(int index) {
        return pcp[pcpHot - index & pcpMask];
    }

    /** The line of {@code /proc/buddyinfo}. */
    public String buddyinfo() {
        StringBuilder text = new StringBuilder("Node 0, zone   Normal");
        for (int count : counts) {
            text.append(String.format("%7d", count));
        }
        return text.append(' ').toString();
    }

    // ---- failures on demand ----

    /** Which allocations fail, however much is free. */
    public AllocationFailures failures() {
        return failures;
    }

    /**
     * Makes coming allocations of an order fail, without reclaim, however much is free.
     *
     * @param times how many; 0 calls off what was asked for before
     */
    public void failNext(int order, int times) {
        failures.demand(order, order, 0, times);
    }

    // ---- state ----

    /** Saved lists, whole blocks and cache; the cache from its cold end on. */
    private record Saved(
            int[] heads,
            int[] counts,
            byte[] wholeOrder,
            int[] wholeNext,
            int[] wholePrev,
            int[] pcp,
            int pcpHot,
            long buddyFrames) {}

    @Override
    public String name() {
        return "buddy";
    }

    @Override
    public Object capture() {
        int[] cached = new int[pcpCount];
        for (int i = 0; i < pcpCount; i++) {
            cached[i] = pcp[pcpHot - pcpCount + 1 + i & pcpMask];
        }
        return new Saved(
                heads.clone(),
                counts.clone(),
                wholeOrder.clone(),
                wholeNext.clone(),
                wholePrev.clone(),
                cached,
                pcpHot,
                buddyFrames);
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        System.arraycopy(saved.heads, 0, heads, 0, heads.length);
        System.arraycopy(saved.counts, 0, counts, 0, counts.length);
        System.arraycopy(saved.wholeOrder, 0, wholeOrder, 0, wholeOrder.length);
        System.arraycopy(saved.wholeNext, 0, wholeNext, 0, wholeNext.length);
        System.arraycopy(saved.wholePrev, 0, wholePrev, 0, wholePrev.length);
        pcpHot = saved.pcpHot;
        pcpCount = saved.pcp.length;
        for (int i = 0; i < pcpCount; i++) {
            pcp[pcpHot - pcpCount + 1 + i & pcpMask] = saved.pcp[i];
        }
        buddyFrames = saved.buddyFrames;
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        int order = Arrays.mismatch(saved.counts, counts);
        if (order >= 0) {
            return "free blocks of order " + order + " were " + saved.counts[order] + ", are " + counts[order];
        }
        order = Arrays.mismatch(saved.heads, heads);
        if (order >= 0) {
            return "the first free block of order " + order + " was " + saved.heads[order] + ", is " + heads[order];
        }
        if (!Arrays.equals(saved.wholeOrder, wholeOrder)
                || !Arrays.equals(saved.wholeNext, wholeNext)
                || !Arrays.equals(saved.wholePrev, wholePrev)) {
            return "the lists of whole blocks differ";
        }
        if (saved.pcp.length != pcpCount || saved.pcpHot != pcpHot) {
            return "cached frames were " + saved.pcp.length + ", are " + pcpCount;
        }
        for (int i = 0; i < pcpCount; i++) {
            if (saved.pcp[i] != pcp[pcpHot - pcpCount + 1 + i & pcpMask]) {
                return "cached frames differ";
            }
        }
        return null;
    }
}
