package org.polymm.engine.check;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.polymm.engine.frame.DeferredSplitQueue;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruList;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.PhysicalMemory;

/** Whether the LRU lists and the deferred split queue hold what the flags of folios say. */
final class ListCheck {

    private static final int QUEUED = Frames.ON_DEFERRED | Frames.PARTIALLY_MAPPED;

    private final Frames frames;
    private final LruLists lru;
    private final DeferredSplitQueue deferred;
    private final List<Violation> found;

    ListCheck(PhysicalMemory memory, List<Violation> found) {
        this.frames = memory.frames();
        this.lru = memory.lru();
        this.deferred = memory.deferred();
        this.found = found;
    }

    void check(BitSet reachable) {
        Set<Integer> listed = new HashSet<>();
        for (LruList list : LruList.values()) {
            if (list != LruList.UNEVICTABLE) {
                checkList(list, listed);
            }
        }
        Set<Integer> queued = checkQueue();
        for (int head = reachable.nextSetBit(0); head >= 0; head = reachable.nextSetBit(head + 1)) {
            boolean evictable = frames.test(head, Frames.LRU) && !frames.test(head, Frames.UNEVICTABLE);
            if (evictable != listed.contains(head)) {
                report(
                        Invariant.FOLIO_IS_ON_ONE_LIST,
                        (evictable ? "on no list: " : "on a list: ") + frames.describe(head));
            }
            if (frames.test(head, Frames.ON_DEFERRED) != queued.contains(head)
                    || frames.test(head, QUEUED) && (!frames.isLarge(head) || !frames.test(head, Frames.ANON))) {
                report(Invariant.DEFERRED_QUEUE_IS_CONSISTENT, frames.describe(head));
            }
        }
    }

    private void checkList(LruList list, Set<Integer> listed) {
        long pages = 0;
        for (int head = lru.newest(list); head != 0; head = lru.older(head)) {
            boolean anon = frames.test(head, Frames.SWAPBACKED);
            if (!listed.add(head)
                    || !frames.test(head, Frames.LRU)
                    || anon != list.isAnon()
                    || frames.test(head, Frames.ACTIVE) != list.isActive()) {
                report(Invariant.FOLIO_IS_ON_ONE_LIST, "on " + list + ": " + frames.describe(head));
                return;
            }
            pages += frames.pages(head);
        }
        if (pages != lru.pages(list)) {
            report(Invariant.FOLIO_IS_ON_ONE_LIST, pages + " pages are on " + list + ", counted " + lru.pages(list));
        }
    }

    private Set<Integer> checkQueue() {
        Set<Integer> queued = new HashSet<>();
        for (int head = deferred.first(); head != 0; head = deferred.next(head)) {
            if (!queued.add(head) || !frames.test(head, Frames.ON_DEFERRED)) {
                report(Invariant.DEFERRED_QUEUE_IS_CONSISTENT, "queued: " + frames.describe(head));
                return queued;
            }
        }
        if (queued.size() != deferred.length()) {
            report(
                    Invariant.DEFERRED_QUEUE_IS_CONSISTENT,
                    queued.size() + " folios are queued, counted " + deferred.length());
        }
        return queued;
    }

    private void report(Invariant invariant, String detail) {
        found.add(new Violation(invariant, detail));
    }
}
