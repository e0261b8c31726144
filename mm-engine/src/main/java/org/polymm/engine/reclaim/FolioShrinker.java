package org.polymm.engine.reclaim;

import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.ReclaimCause;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.DeferredSplits;
import org.polymm.engine.pagecache.CachedFolios;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.ReclaimFacts;
import org.polymm.engine.split.FolioSplit;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * Decides about isolated folios one after the other: {@code shrink_folio_list}, in the kernel's order. See the package description.
 */
final class FolioShrinker {

    /** What one call did, in base pages. */
    static final class Result {
        /** Looked at. */
        long scanned;
        /** Freed. */
        long reclaimed;
    }

    private enum Verdict {
        /** Back on its list. */
        KEEP,
        /** To the active list, or the unevictable one if it is mlocked. */
        ACTIVATE,
        FREE
    }

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final FolioSplit splitter;
    private final SwapCache swap;
    private final CachedFolios cached;
    private final DeferredSplits deferred;
    private final Decisions decisions;
    private final ReclaimFacts facts;
    private final References references;
    private final Unmapper unmapper;

    FolioShrinker(ReclaimParts parts) {
        sync = parts.sync();
        events = parts.events();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        lru = parts.memory().lru();
        vmstat = parts.memory().vmstat();
        mthp = parts.memory().mthp();
        splitter = parts.splitter();
        swap = parts.swap();
        cached = new CachedFolios(parts.files(), parts.memory());
        deferred = parts.mappings().deferred();
        decisions = parts.policies().decisions();
        facts = parts.policies().reclaim();
        LockedVmaWalk locked = new LockedVmaWalk(parts);
        references = new References(parts, locked);
        unmapper = new Unmapper(parts, locked);
    }

    /**
     * Reclaims what can be, and puts the rest back: the first that was isolated first. What a split leaves comes before the rest, its last page
     * first.
     *
     * @param isolated the folios, gone afterwards
     * @param cause who reclaims
     * @param ignoreReferences whether folios go although they were used
     * @return what came of it
     */
    Result shrink(FolioStack isolated, ReclaimCause cause, boolean ignoreReferences) {
        Result result = new Result();
        isolated.reverse();
        while (!isolated.isEmpty()) {
            int head = isolated.pop();
            vmstat.did(Work.SCANNED_FOLIOS, 1);
            if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
                lru.putback(head);
                continue;
            }
            Verdict verdict = look(head, isolated, cause, ignoreReferences);
            int pages = frames.pages(head);
            result.scanned += pages;
            events.record(EventKind.RECLAIM, head, verdict.ordinal(), 0);
            if (verdict == Verdict.ACTIVATE) {
                activate(head);
            }
            sync.unlock(LockClass.FOLIO_LOCK, head);
            if (verdict == Verdict.FREE) {
                result.reclaimed += pages;
                folios.deferred().unqueue(head);
                folios.put(head, 1);
            } else {
                lru.putback(head);
            }
        }
        return result;
    }

    private Verdict look(int head, FolioStack isolated, ReclaimCause cause, boolean ignoreReferences) {
        frames.looksAtFlags(head);
        int flags = frames.flags(head);
        if ((flags & Frames.MLOCKED) != 0) {
            return Verdict.ACTIVATE;
        }
        if ((flags & (Frames.ANON | Frames.SWAPCACHE)) == Frames.SWAPCACHE) {
            return outOfCache(head);
        }
        if (!ignoreReferences) {
            Verdict young = checkReferences(head);
            if (young != Verdict.FREE) {
                return young;
            }
        }
        return frames.test(head, Frames.ANON) ? anonymous(head, isolated, cause) : ofFile(head);
    }

    private Verdict anonymous(int head, FolioStack isolated, ReclaimCause cause) {
        if (frames.test(head, Frames.SWAPBACKED) && !frames.test(head, Frames.SWAPCACHE)) {
            Verdict denied = giveSlots(head, isolated, cause);
            if (denied != Verdict.FREE) {
                return denied;
            }
        }
        if (frames.mapcount(head) != 0) {
            unmapper.unmap(head);
            if (frames.mapcount(head) != 0) {
                return Verdict.ACTIVATE;
            }
        }
        if (folios.maybePinned(head)) {
            return Verdict.ACTIVATE;
        }
        return frames.test(head, Frames.SWAPBACKED) ? outOfCache(head) : lazilyFreed(head);
    }

    /**
     * A folio of the page cache loses its mappings first. What was written stays in the cache: shmem goes to swap as processes' own memory
     * only, and files are written by nobody. What is clean leaves it.
     */
    private Verdict ofFile(int head) {
        if (frames.mapping(head) == 0) {
            return frames.refcount(head) == 1 ? Verdict.FREE : Verdict.KEEP;
        }
        if (frames.mapcount(head) != 0) {
            unmapper.unmap(head);
            if (frames.mapcount(head) != 0) {
                return Verdict.ACTIVATE;
            }
        }
        if (folios.maybePinned(head) || frames.test(head, Frames.DIRTY)) {
            return Verdict.ACTIVATE;
        }
        int pages = frames.pages(head);
        if (frames.refcount(head) != 1 + pages) {
            return Verdict.KEEP;
        }
        cached.remove(head);
        return Verdict.FREE;
    }

    /** {@code folio_check_references}: FREE means to go on. */
    private Verdict checkReferences(int head) {
        int referenced = references.of(head);
        if (referenced == References.KEEP) {
            return Verdict.KEEP;
        }
        if (referenced == References.LOCKED) {
            return Verdict.ACTIVATE;
        }
        frames.looksAtFlags(head);
        int flags = frames.flags(head);
        boolean was = (flags & Frames.REFERENCED) != 0;
        boolean ofFile = (flags & Frames.SWAPBACKED) == 0;
        if (referenced == 0) {
            frames.clearFlags(head, Frames.REFERENCED);
            return was && ofFile && (flags & Frames.DIRTY) != 0 ? Verdict.KEEP : Verdict.FREE;
        }
        frames.setFlags(head, Frames.REFERENCED);
        boolean code = ofFile && (referenced & References.CODE) != 0;
        return was || (referenced & ~References.CODE) > 1 || code ? Verdict.ACTIVATE : Verdict.KEEP;
    }

    /** Splits a large folio if the policy says so, and puts what is left of it into the swap cache. FREE means to go on. */
    private Verdict giveSlots(int head, FolioStack isolated, ReclaimCause cause) {
        if (folios.maybePinned(head)) {
            return Verdict.KEEP;
        }
        if (frames.isLarge(head)) {
            if (frames.refcount(head) != folios.expectedRefs(head) + 1) {
                return Verdict.ACTIVATE;
            }
            if (!carryOut(decisions.onReclaimPick(facts.at(head, cause, swap.isOn())), head, isolated)) {
                return Verdict.ACTIVATE;
            }
        }
        if (swap.add(head)) {
            return Verdict.FREE;
        }
        if (!frames.isLarge(head)) {
            return Verdict.ACTIVATE;
        }
        int order = frames.order(head);
        if (splitter.split(head, 0, isolated::push) != 0) {
            return Verdict.ACTIVATE;
        }
        if (order == frames.blockShift()) {
            vmstat.increment(VmstatItem.THP_SWPOUT_FALLBACK);
        }
        mthp.increment(MthpStat.SWPOUT_FALLBACK, order);
        return swap.add(head) ? Verdict.FREE : Verdict.ACTIVATE;
    }

    /** Tries the steps of a plan until one succeeds. Returns false if none did: the folio is left alone for now. */
    private boolean carryOut(SplitPlan plan, int head, FolioStack isolated) {
        for (SplitPlan.Step step : plan.steps()) {
            switch (step.action()) {
                case KEEP -> {
                    return true;
                }
                case DEFER -> {
                    deferred.offer(head, DeferredReason.POLICY);
                    return true;
                }
                case SPLIT -> {
                    for (int attempt = 0; attempt < step.attempts(); attempt++) {
                        if (splitter.split(head, 0, isolated::push) == 0) {
                            return true;
                        }
                    }
                }
                case UNSHARE, FAIL -> {
                    // Nobody's call can fail here, and no process is at hand to get a copy.
                }
            }
        }
        return false;
    }

    /** Writes an unmapped folio out of the swap cache, if nobody else has a reference. */
    private Verdict outOfCache(int head) {
        if (frames.refcount(head) != 1 + frames.pages(head)) {
            return Verdict.KEEP;
        }
        if (frames.test(head, Frames.DIRTY)) {
            swap.write(head);
        }
        swap.remove(head);
        return Verdict.FREE;
    }

    private Verdict lazilyFreed(int head) {
        if (frames.refcount(head) != 1) {
            return Verdict.KEEP;
        }
        vmstat.add(VmstatItem.PGLAZYFREED, frames.pages(head));
        return Verdict.FREE;
    }

    private void activate(int head) {
        boolean mlocked = frames.test(head, Frames.MLOCKED);
        if (frames.test(head, Frames.SWAPCACHE) && (mlocked || swap.isFull())) {
            swap.tryFreeSwap(head);
        }
        if (!mlocked && !frames.test(head, Frames.MLOCKED)) {
            frames.setFlags(head, Frames.ACTIVE);
            vmstat.add(VmstatItem.PGACTIVATE, frames.pages(head));
        }
    }
}
