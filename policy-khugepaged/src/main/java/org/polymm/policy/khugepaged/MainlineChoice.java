package org.polymm.policy.khugepaged;

import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.collapse.CollapseCandidate.EntryKind;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;

/**
 * {@code choice/mainline}: collapses to the PMD order what passes mainline's scan, entry by entry, first failure first.
 *
 * <p>Of anonymous memory, each entry in this order:
 *
 * <pre>
 *   none or zero page     counted; not where userfaultfd is armed   EXCEED_NONE_PTE     limit max_ptes_none
 *   not present           counted                                   EXCEED_SWAP_PTE     limit max_ptes_swap
 *                         and write-protected by userfaultfd        PTE_UFFD_WP
 *   present, write-protected by userfaultfd                         PTE_UFFD_WP
 *   no ordinary page                                                PAGE_NULL
 *   not anonymous                                                   PAGE_ANON
 *   maybe shared          counted                                   EXCEED_SHARED_PTE   limit max_ptes_shared
 *   off the LRU, locked, referenced by others                       PAGE_LRU, PAGE_LOCK, PAGE_COUNT
 *   young                 counted; at the end at least one, and     LACK_REFERENCED_PAGE
 *                         half the entries if any was swapped
 * </pre>
 *
 * The limits and the count of young entries bind khugepaged, not MADV_COLLAPSE. Of file memory, each slot of the page
 * cache: swapped out (counted), already huge, off the LRU, referenced by others; at the end khugepaged wants as many
 * present as {@code max_ptes_none} demands.
 *
 * <p>From: mainline Linux 6.9 to 6.18. Asked by khugepaged and MADV_COLLAPSE before a huge folio is allocated.
 */
final class MainlineChoice implements CollapsePolicy.Choice {

    @Override
    public CollapseDecision choose(CollapseCandidate candidate) {
        int order = candidate.thp().pmdOrder();
        if (!candidate.allowedOrders().contains(order)) {
            return new CollapseDecision.Skip(ScanResult.VMA_CHECK);
        }
        ScanResult result = candidate.vma().isAnonymous() ? scanEntries(candidate) : scanPageCache(candidate);
        return result == ScanResult.SUCCEED ? new CollapseDecision.Collapse(order) : new CollapseDecision.Skip(result);
    }

    private static ScanResult scanEntries(CollapseCandidate candidate) {
        boolean forced = candidate.isForced();
        int none = 0;
        int swapped = 0;
        int shared = 0;
        int young = 0;
        for (int i = 0; i < candidate.entries(); i++) {
            EntryKind kind = candidate.kind(i);
            if (kind == EntryKind.HUGE) {
                return ScanResult.PMD_MAPPED;
            }
            if (kind == EntryKind.NONE || kind == EntryKind.ZERO_PAGE) {
                none++;
                boolean allowed = !candidate.vma().isUffdArmed()
                        && (forced || none <= candidate.thp().maxPtesNone());
                if (!allowed) {
                    return ScanResult.EXCEED_NONE_PTE;
                }
                continue;
            }
            if (!isPresent(kind)) {
                swapped++;
                if (!forced && swapped > candidate.thp().maxPtesSwap()) {
                    return ScanResult.EXCEED_SWAP_PTE;
                }
                if (candidate.isUffdWriteProtected(i)) {
                    return ScanResult.PTE_UFFD_WP;
                }
                continue;
            }
            if (candidate.isUffdWriteProtected(i)) {
                return ScanResult.PTE_UFFD_WP;
            }
            if (kind == EntryKind.NO_PAGE) {
                return ScanResult.PAGE_NULL;
            }
            if (kind == EntryKind.FILE) {
                return ScanResult.PAGE_ANON;
            }
            if (candidate.isMaybeShared(i)) {
                shared++;
                if (!forced && shared > candidate.thp().maxPtesShared()) {
                    return ScanResult.EXCEED_SHARED_PTE;
                }
            }
            if (!candidate.isOnLru(i)) {
                return ScanResult.PAGE_LRU;
            }
            if (candidate.isLocked(i)) {
                return ScanResult.PAGE_LOCK;
            }
            if (candidate.hasUnexpectedReferences(i)) {
                return ScanResult.PAGE_COUNT;
            }
            if (candidate.isYoung(i)) {
                young++;
            }
        }
        boolean cold = young == 0 || (swapped > 0 && young < candidate.entries() / 2);
        return !forced && cold ? ScanResult.LACK_REFERENCED_PAGE : ScanResult.SUCCEED;
    }

    private static ScanResult scanPageCache(CollapseCandidate candidate) {
        boolean forced = candidate.isForced();
        int swapped = 0;
        int present = 0;
        for (int i = 0; i < candidate.entries(); i++) {
            EntryKind kind = candidate.kind(i);
            if (kind == EntryKind.NONE) {
                continue;
            }
            if (!isPresent(kind)) {
                swapped++;
                if (!forced && swapped > candidate.thp().maxPtesSwap()) {
                    return ScanResult.EXCEED_SWAP_PTE;
                }
                continue;
            }
            if (kind == EntryKind.HUGE) {
                return ScanResult.PTE_MAPPED_HUGEPAGE;
            }
            if (!candidate.isOnLru(i)) {
                return ScanResult.PAGE_LRU;
            }
            if (candidate.hasUnexpectedReferences(i)) {
                return ScanResult.PAGE_COUNT;
            }
            present++;
        }
        boolean sparse = present < candidate.entries() - candidate.thp().maxPtesNone();
        return !forced && sparse ? ScanResult.EXCEED_NONE_PTE : ScanResult.SUCCEED;
    }

    private static boolean isPresent(EntryKind kind) {
        return kind != EntryKind.SWAP && kind != EntryKind.MIGRATION && kind != EntryKind.MARKER;
    }
}
