package org.polymm.api.split;

import org.polymm.api.Policy;

/** When large folios are mlocked, and when they are split. */
public interface FolioSplitPolicy extends Policy {

    /**
     * Slot {@code folio-split.mlock}: which folios carry PG_mlocked.
     *
     * <p>RLIMIT_MEMLOCK accounting and the refusal to unmap from a VM_LOCKED VMA are mechanism and do not depend on the answers: a policy
     * decides only whether reclaim may skip a folio altogether.
     */
    interface Mlock extends FolioSplitPolicy {

        /**
         * mlock or munlock walks the page tables and met a batch of entries of one folio. Hot: answer with a constant.
         *
         * @param walk the batch
         * @return whether the folio is mlocked (or munlocked) for it
         */
        MlockDecision onWalk(MlockWalk walk);

        /**
         * Pages of a folio were mapped into a VM_LOCKED VMA. Hot: answer with a constant.
         *
         * @param change the batch of entries
         * @return whether the folio is mlocked for it
         */
        MlockDecision onRmapAdd(RmapChange change);

        /**
         * Pages of a folio were unmapped from a VM_LOCKED VMA. Hot: answer with a constant.
         *
         * @param change the batch of entries
         * @return whether the folio is munlocked for it
         */
        MlockDecision onRmapRemove(RmapChange change);

        /**
         * Reclaim's reference walk is in a VM_LOCKED VMA: called at each entry that maps the folio and once at the end.
         *
         * @param walk how far the walk is
         * @return whether the folio is mlocked now
         */
        MlockDecision onReferencedWalk(LockedWalk walk);

        /**
         * Whether accessed bits that the reference walk finds through a VM_LOCKED VMA keep a folio young that was not mlocked. Asked at each
         * entry after {@link #onReferencedWalk} did not act.
         *
         * @param walk how far the walk is
         * @return whether the entry's accessed bit counts; false is what mainline does since 6.7
         */
        default boolean countsReference(LockedWalk walk) {
            return false;
        }

        /**
         * Reclaim's unmap walk met a VM_LOCKED VMA and will refuse: called at each entry that maps the folio and once at the end.
         *
         * @param walk how far the walk is
         * @return whether the folio is mlocked now
         */
        MlockDecision onUnmapWalk(LockedWalk walk);
    }

    /** Slot {@code folio-split.boundary}: what happens to a folio that a change of mappings cuts. */
    interface Boundary extends FolioSplitPolicy {

        /**
         * A folio now crosses the edge of a VMA, its PMD mapping was split, or an rmap removal left it partially mapped.
         *
         * @param event what happened
         * @return what to do about the folio
         */
        SplitPlan onBoundary(BoundaryEvent event);
    }

    /** Slot {@code folio-split.reclaim}: whether reclaim splits a large folio before it looks for swap space. */
    interface Reclaim extends FolioSplitPolicy {

        /**
         * Reclaim is about to give swap space to a large anonymous folio.
         *
         * @param pick the folio
         * @return keep, or split now; a failed split activates the folio
         */
        SplitPlan onPick(ReclaimPick pick);
    }

    /** Slot {@code folio-split.deferred}: what is queued for a deferred split, and what the queue's scan does. */
    interface Deferred extends FolioSplitPolicy {

        /**
         * A folio could be queued.
         *
         * @param candidate the folio and why
         * @return whether it is queued
         */
        QueueDecision onCandidate(DeferredCandidate candidate);

        /**
         * The shrinker's scan took a folio off the queue.
         *
         * @param scan the folio, with facts that cost a walk
         * @return what to do with it
         */
        ScanDecision onScan(DeferredScan scan);
    }

    /** Slot {@code folio-split.pin}: whether a long-term pin splits a large folio first. */
    interface Pin extends FolioSplitPolicy {

        /**
         * Pages of a large folio are about to be pinned with FOLL_LONGTERM.
         *
         * @param pin the pin
         * @return what to do first; if the whole plan fails, the pin proceeds on the folio as it is
         */
        SplitPlan onLongTermPin(LongTermPin pin);
    }
}
