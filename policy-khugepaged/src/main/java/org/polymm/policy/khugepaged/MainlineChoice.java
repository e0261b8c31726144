package org.polymm.policy.khugepaged;

import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.collapse.CollapseCandidate.EntryKind;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;

/**
 * {@code choice/mainline}: collapses to the PMD order, or by option to smaller ones, what passes mainline's scan, entry by entry, first failure first.
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
 * The limits and the count of young entries bind khugepaged, not MADV_COLLAPSE. The last look, with the page table out of its PMD entry, takes the
 * same order but for this: what is not present still is in the way (PTE_NON_PRESENT); folios are locked, looked at for references, then taken off
 * the LRU (DEL_PAGE_LRU); and one young entry is enough. Of file memory, each slot of the page
 * cache: swapped out (counted), already huge, off the LRU, referenced by others; at the end khugepaged wants as many
 * present as {@code max_ptes_none} demands.
 *
 * <p>Option {@code orders}: {@code pmd}, as mainline to 6.18; or {@code enabled}, which tries pieces where the range as a whole cannot be
 * collapsed, of the largest order of which a piece passes, then of smaller ones. For a piece the limits are scaled down to its size, and what is
 * not present, a page of a folio that is as large already, or nothing but holes forbids it. khugepaged takes the orders that are enabled for the VMA; MADV_COLLAPSE any, and still answers
 * with the errno of what kept the range from becoming huge. From: the series "khugepaged: mTHP support", Nico Pache, 2025.
 *
 * <p>From: mainline Linux 6.9 to 6.18. Asked by khugepaged and MADV_COLLAPSE before a huge folio is allocated.
 */
final class MainlineChoice implements CollapsePolicy.Choice {

    private static final CollapseDecision WHOLE_VMA = new CollapseDecision.Skip(ScanResult.VMA_CHECK);

    private final boolean smaller;

    /**
     * A choice.
     *
     * @param smaller whether pieces of a range are collapsed where the range as a whole cannot be
     */
    MainlineChoice(boolean smaller) {
        this.smaller = smaller;
    }

    @Override
    public CollapseDecision choose(CollapseCandidate candidate) {
        int whole = Integer.numberOfTrailingZeros(candidate.entries());
        if (!candidate.allowedOrders().contains(whole)) {
            return WHOLE_VMA;
        }
        if (!candidate.vma().isAnonymous()) {
            return decision(scanPageCache(candidate), whole);
        }
        ScanResult result = scanEntries(candidate, 0, whole);
        if (result == ScanResult.SUCCEED || !smaller || result == ScanResult.PMD_MAPPED) {
            return decision(result, whole);
        }
        for (int order = whole - 1; order >= 2; order--) {
            if (candidate.allowedOrders().contains(order) && hasPiece(candidate, order)) {
                return new CollapseDecision.Collapse(order);
            }
        }
        return new CollapseDecision.Skip(result);
    }

    private static CollapseDecision decision(ScanResult result, int order) {
        return result == ScanResult.SUCCEED ? new CollapseDecision.Collapse(order) : new CollapseDecision.Skip(result);
    }

    private static boolean hasPiece(CollapseCandidate candidate, int order) {
        for (int first = 0; first < candidate.entries(); first += 1 << order) {
            if (scanEntries(candidate, first, order) == ScanResult.SUCCEED) {
                return true;
            }
        }
        return false;
    }

    /** Scans the entries from one on that a folio of an order would replace. */
    private static ScanResult scanEntries(CollapseCandidate candidate, int first, int order) {
        boolean forced = candidate.isForced();
        int less = candidate.thp().pmdOrder() - order;
        int pages = 1 << order;
        int none = 0;
        int swapped = 0;
        int shared = 0;
        int young = 0;
        for (int i = first; i < first + pages; i++) {
            EntryKind kind = candidate.kind(i);
            if (kind == EntryKind.HUGE) {
                return ScanResult.PMD_MAPPED;
            }
            if (kind == EntryKind.NONE || kind == EntryKind.ZERO_PAGE) {
                none++;
                boolean allowed = !candidate.vma().isUffdArmed()
                        && (forced || none <= candidate.thp().maxPtesNone() >> less);
                if (!allowed) {
                    return ScanResult.EXCEED_NONE_PTE;
                }
                continue;
            }
            if (!isPresent(kind)) {
                if (candidate.isLastLook()) {
                    return ScanResult.PTE_NON_PRESENT;
                }
                swapped++;
                if (less > 0) {
                    return ScanResult.EXCEED_SWAP_PTE;
                }
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
            if (less > 0 && candidate.folioOrder(i) >= order) {
                return ScanResult.PTE_MAPPED_HUGEPAGE;
            }
            if (candidate.isMaybeShared(i)) {
                shared++;
                if (!forced && shared > candidate.thp().maxPtesShared() >> less) {
                    return ScanResult.EXCEED_SHARED_PTE;
                }
            }
            ScanResult folio = folio(candidate, i);
            if (folio != ScanResult.SUCCEED) {
                return folio;
            }
            if (candidate.isYoung(i)) {
                young++;
            }
        }
        if (less > 0 && none == pages) {
            return ScanResult.EXCEED_NONE_PTE;
        }
        boolean cold = young == 0 || (swapped > 0 && young < pages / 2);
        return !forced && cold ? ScanResult.LACK_REFERENCED_PAGE : ScanResult.SUCCEED;
    }

    /** Whether the folio of an entry is at hand. */
    private static ScanResult folio(CollapseCandidate candidate, int index) {
        if (!candidate.isLastLook() && !candidate.isOnLru(index)) {
            return ScanResult.PAGE_LRU;
        }
        if (candidate.isLocked(index)) {
            return ScanResult.PAGE_LOCK;
        }
        if (candidate.hasUnexpectedReferences(index)) {
            return ScanResult.PAGE_COUNT;
        }
        return candidate.isOnLru(index) ? ScanResult.SUCCEED : ScanResult.DEL_PAGE_LRU;
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
