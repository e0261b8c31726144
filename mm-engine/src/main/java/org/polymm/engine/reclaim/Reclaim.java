package org.polymm.engine.reclaim;

import org.polymm.api.split.ReclaimCause;
import org.polymm.engine.frame.BuddyAllocator;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruList;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.split.DeferredScan;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * Makes memory free: {@code mm/vmscan.c}. See the package description.
 *
 * <p>Counts are in base pages. Not thread-safe; any number of simulated tasks may reclaim.
 */
public final class Reclaim {

    /** {@code SWAP_CLUSTER_MAX}. */
    private static final int CLUSTER = 32;

    /** {@code DEF_PRIORITY}: the first round looks at one folio in 4096, the last at all. */
    private static final int DEFAULT_PRIORITY = 12;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final BuddyAllocator buddy;
    private final SwapCache swap;
    private final DeferredScan deferred;
    private final References references;
    private final FolioShrinker shrinker;

    /**
     * Reclaims memory of one machine.
     *
     * @param parts its parts
     */
    public Reclaim(ReclaimParts parts) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        lru = parts.memory().lru();
        vmstat = parts.memory().vmstat();
        buddy = parts.memory().buddy();
        swap = parts.swap();
        deferred = parts.deferred();
        references = new References(parts, new LockedVmaWalk(parts));
        shrinker = new FolioShrinker(parts);
    }

    // ---- folios that somebody names

    /** Folios that an operation wants to have reclaimed: {@code reclaim_pages}. */
    public final class Batch {

        private final FolioStack isolated = new FolioStack();

        private Batch() {}

        /**
         * Isolates a folio, if it is on an evictable list. Page-table locks may be held.
         *
         * @param head the folio
         */
        public void add(int head) {
            if (!lru.isolate(head)) {
                return;
            }
            if (frames.test(head, Frames.UNEVICTABLE)) {
                lru.putback(head);
            } else {
                isolated.push(head);
            }
        }

        /**
         * Reclaims what was added, used or not. No spinning lock may be held.
         *
         * @return pages freed
         */
        public long reclaim() {
            long freed = isolated.isEmpty() ? 0 : shrinker.shrink(isolated, ReclaimCause.MADV_PAGEOUT, true).reclaimed;
            lru.drain();
            return freed;
        }
    }

    /** {@return a new batch} */
    public Batch batch() {
        return new Batch();
    }

    // ---- whatever is oldest

    /**
     * Reclaims at least so many pages if it can: {@code memory.reclaim}.
     *
     * @param pages how many
     * @return how many were freed
     */
    public long proactive(long pages) {
        return reclaim(pages, ReclaimCause.PROACTIVE);
    }

    /**
     * An allocation found nothing: {@code try_to_free_pages}.
     *
     * @param order of the allocation
     * @return whether anything was freed
     */
    public boolean direct(int order) {
        if (!canReclaim() || !sync.mayWait(LockClass.I_MMAP)) {
            return false;
        }
        return reclaim(Math.max(CLUSTER, 1L << order), ReclaimCause.DIRECT) > 0;
    }

    /**
     * kswapd wakes up: it reclaims until the high watermark is reached or nothing more can be had.
     *
     * @return pages freed
     */
    public long kswapd() {
        long want = buddy.highWatermark() - buddy.freeFrames();
        if (want <= 0 || !canReclaim()) {
            return 0;
        }
        vmstat.increment(VmstatItem.PAGEOUTRUN);
        return reclaim(want, ReclaimCause.KSWAPD);
    }

    private boolean canReclaim() {
        return swap.isOn() && swap.slots().used() < swap.slots().total()
                || folios.deferred().length() != 0
                || lru.pages(LruList.INACTIVE_FILE) != 0;
    }

    private long reclaim(long pages, ReclaimCause cause) {
        lru.drain();
        long freed = 0;
        for (int priority = DEFAULT_PRIORITY; priority >= 0 && freed < pages; priority--) {
            long before = buddy.freeFrames();
            age(LruList.ACTIVE_FILE, LruList.INACTIVE_FILE, priority);
            freed += shrinkList(LruList.INACTIVE_FILE, priority, pages - freed, cause);
            if (swap.isOn()) {
                age(LruList.ACTIVE_ANON, LruList.INACTIVE_ANON, priority);
                freed += shrinkList(LruList.INACTIVE_ANON, priority, pages - freed, cause);
            }
            if (freed < pages && deferred.shrink(priority) != 0) {
                freed += Math.max(0, buddy.freeFrames() - before - freed);
            }
        }
        lru.drain();
        return freed;
    }

    /** Moves folios from the active to the inactive list if that has become the shorter: {@code shrink_active_list}. */
    private void age(LruList active, LruList inactive, int priority) {
        if (lru.pages(inactive) >= lru.pages(active)) {
            return;
        }
        int[] batch = new int[CLUSTER];
        long left = Math.max(CLUSTER, lru.pages(active) >> priority);
        while (left > 0) {
            int count = lru.isolateOldest(active, batch, CLUSTER);
            if (count == 0) {
                return;
            }
            for (int i = 0; i < count; i++) {
                int head = batch[i];
                left -= frames.pages(head);
                vmstat.add(VmstatItem.PGREFILL, frames.pages(head));
                deactivate(head);
            }
        }
    }

    /** A folio leaves the active list whether it was used or not, unless it is a file's code in use; its accessed bits start anew. */
    private void deactivate(int head) {
        if (sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            int used = references.of(head);
            sync.unlock(LockClass.FOLIO_LOCK, head);
            boolean code = used > 0 && (used & References.CODE) != 0;
            if (code && !frames.test(head, Frames.SWAPBACKED)) {
                lru.putback(head);
                return;
            }
        }
        frames.changeFlags(head, Frames.ACTIVE, Frames.WORKINGSET);
        vmstat.add(VmstatItem.PGDEACTIVATE, frames.pages(head));
        lru.putback(head);
    }

    /** {@code shrink_inactive_list}, as often as the priority says. */
    private long shrinkList(LruList list, int priority, long wanted, ReclaimCause cause) {
        int[] batch = new int[CLUSTER];
        long left = Math.max(CLUSTER, lru.pages(list) >> priority);
        left = Math.min(left, lru.pages(list));
        long freed = 0;
        FolioStack isolated = new FolioStack();
        while (left > 0 && freed < wanted) {
            int count = lru.isolateOldest(list, batch, CLUSTER);
            if (count == 0) {
                break;
            }
            for (int i = count - 1; i >= 0; i--) {
                isolated.push(batch[i]);
            }
            FolioShrinker.Result result = shrinker.shrink(isolated, cause, false);
            lru.drain();
            count(list, cause, result);
            freed += result.reclaimed;
            left -= Math.max(1, result.scanned);
        }
        return freed;
    }

    private void count(LruList list, ReclaimCause cause, FolioShrinker.Result result) {
        vmstat.add(list.isAnon() ? VmstatItem.PGSCAN_ANON : VmstatItem.PGSCAN_FILE, result.scanned);
        vmstat.add(list.isAnon() ? VmstatItem.PGSTEAL_ANON : VmstatItem.PGSTEAL_FILE, result.reclaimed);
        switch (cause) {
            case KSWAPD -> count(VmstatItem.PGSCAN_KSWAPD, VmstatItem.PGSTEAL_KSWAPD, result);
            case PROACTIVE -> count(VmstatItem.PGSCAN_PROACTIVE, VmstatItem.PGSTEAL_PROACTIVE, result);
            default -> count(VmstatItem.PGSCAN_DIRECT, VmstatItem.PGSTEAL_DIRECT, result);
        }
    }

    private void count(VmstatItem scan, VmstatItem steal, FolioShrinker.Result result) {
        vmstat.add(scan, result.scanned);
        vmstat.add(steal, result.reclaimed);
    }
}
