package org.polymm.engine.frame;

import org.polymm.engine.state.IntVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * Large anonymous folios that are to be split when memory is short, oldest first: those of which pages were unmapped,
 * and whole ones that may turn out to be mostly zeroes. Only the list; the scan is elsewhere.
 *
 * <p>Whether a folio is partially mapped is remembered in it, once and until it is split or freed.
 */
public final class DeferredSplitQueue {

    private static final int FIRST = 0;
    private static final int LAST = 1;
    private static final int LENGTH = 2;

    private final Frames frames;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final ThpSettings thp;
    private final Sync sync;
    private final IntVector ends;

    DeferredSplitQueue(StateSpace space, Frames frames, Vmstat vmstat, MthpStats mthp, ThpSettings thp, Sync sync) {
        this.frames = frames;
        this.vmstat = vmstat;
        this.mthp = mthp;
        this.thp = thp;
        this.sync = sync;
        this.ends = IntVector.sized(space, "deferred-split", 3);
    }

    /**
     * Puts a folio on the queue if it is not there; does nothing with one of order 0 or 1 or in the swap cache, and with
     * a whole one unless {@code shrink_underused} is on.
     *
     * @param partiallyMapped whether a page of it was unmapped while others stayed
     */
    public void queue(int head, boolean partiallyMapped) {
        frames.looksAtFlags(head);
        int flags = frames.flags(head);
        int order = flags & Frames.ORDER_MASK;
        if (order < 2
                || (flags & Frames.SWAPCACHE) != 0
                || !partiallyMapped && !thp.isOn(ThpTunable.SHRINK_UNDERUSED)) {
            return;
        }
        sync.tally(LockClass.DEFERRED_QUEUE);
        if (partiallyMapped && (flags & Frames.PARTIALLY_MAPPED) == 0) {
            frames.setFlags(head, Frames.PARTIALLY_MAPPED);
            if (order == frames.blockShift()) {
                vmstat.increment(VmstatItem.THP_DEFERRED_SPLIT_PAGE);
            }
            mthp.increment(MthpStat.SPLIT_DEFERRED, order);
            mthp.increment(MthpStat.NR_ANON_PARTIALLY_MAPPED, order);
        }
        append(head);
    }

    /** Puts a folio that {@link #takeFirst} took back at the end, unless somebody else has meanwhile. */
    public void requeue(int head) {
        sync.tally(LockClass.DEFERRED_QUEUE);
        append(head);
    }

    private void append(int head) {
        if (frames.testAndSet(head, Frames.ON_DEFERRED)) {
            return;
        }
        sync.touch(Point.READ_FLAGS, LruLists.DEFERRED);
        int last = ends.get(LAST);
        frames.setDeferredPrev(head, last);
        if (last != 0) {
            frames.setDeferredNext(last, head);
        } else {
            ends.set(FIRST, head);
        }
        ends.set(LAST, head);
        ends.increment(LENGTH, 1);
    }

    /**
     * Takes the oldest folio off the queue with a reference. Whether it is partially mapped stays remembered.
     *
     * @return 0 if the queue is empty
     */
    public int takeFirst() {
        sync.touch(Point.WRITE_FLAGS, LruLists.DEFERRED);
        int head = ends.get(FIRST);
        if (head != 0) {
            sync.tally(LockClass.DEFERRED_QUEUE);
            remove(head);
            frames.get(head);
        }
        return head;
    }

    /** Takes a folio that is freed, split or swapped out off the queue, and forgets that it is partially mapped. */
    public void unqueue(int head) {
        frames.looksAtFlags(head);
        int flags = frames.flags(head);
        if ((flags & (Frames.ON_DEFERRED | Frames.PARTIALLY_MAPPED)) == 0) {
            return;
        }
        sync.tally(LockClass.DEFERRED_QUEUE);
        if ((flags & Frames.PARTIALLY_MAPPED) != 0) {
            frames.clearFlags(head, Frames.PARTIALLY_MAPPED);
            mthp.add(MthpStat.NR_ANON_PARTIALLY_MAPPED, flags & Frames.ORDER_MASK, -1);
        }
        if ((flags & Frames.ON_DEFERRED) != 0) {
            remove(head);
        }
    }

    private void remove(int head) {
        sync.touch(Point.READ_FLAGS, LruLists.DEFERRED);
        int next = frames.deferredNext(head);
        int prev = frames.deferredPrev(head);
        frames.clearFlags(head, Frames.ON_DEFERRED);
        frames.setDeferredNext(head, 0);
        frames.setDeferredPrev(head, 0);
        if (next != 0) {
            frames.setDeferredPrev(next, prev);
        } else {
            ends.set(LAST, prev);
        }
        if (prev != 0) {
            frames.setDeferredNext(prev, next);
        } else {
            ends.set(FIRST, next);
        }
        ends.increment(LENGTH, -1);
    }

    /** Remembers why a large folio was queued, as a number from 0 to 15; what was remembered before is forgotten. */
    public void reason(int head, int number) {
        frames.setDeferredReason(head, number);
    }

    /** Why a large folio was queued last. */
    public int reason(int head) {
        return frames.deferredReason(head);
    }

    /** The oldest folio, or 0. */
    public int first() {
        return ends.get(FIRST);
    }

    /** The folio after one that is queued, or 0. */
    public int next(int head) {
        return frames.deferredNext(head);
    }

    /** Folios on the queue. */
    public int length() {
        sync.touch(Point.WRITE_FLAGS, LruLists.DEFERRED);
        return ends.get(LENGTH);
    }

    /** Whether a folio is on the queue. */
    public boolean contains(int head) {
        return frames.test(head, Frames.ON_DEFERRED);
    }
}
