package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.vma.MmTable;

/**
 * Has the policy retract page tables, and remembers what it left for khugepaged to come back to: {@code retract_page_tables}, and
 * {@code khugepaged_collapse_pte_mapped_thps} as it was until 6.5.
 */
final class Retractions {

    /** How many ranges of one address space are remembered at most: {@code MAX_PTE_MAPPED_THP}. */
    private static final int MOST_DEFERRED = 8;

    private final RetractionParts parts;
    private final Decisions decisions;
    private final MmTable mms;

    /** Pairs of an address space and an address in bytes; an address space of 0 is a free pair. */
    private final LongVector deferred;

    Retractions(StateSpace space, RetractionParts parts, Decisions decisions) {
        this.parts = parts;
        this.decisions = decisions;
        this.mms = parts.spaces().mms();
        this.deferred = LongVector.sized(space, "deferred retractions", 2 * MOST_DEFERRED);
    }

    /**
     * Retracts the page tables of all mappings of a block. The huge folio is in the page cache and locked.
     *
     * @param huge the folio
     * @param forced whether MADV_COLLAPSE asked
     * @param mm on whose behalf
     * @param address where that shows the block, in bytes
     * @return SUCCEED for khugepaged; for MADV_COLLAPSE what the policy reported of its own mapping, else PTE_MAPPED_HUGEPAGE
     */
    ScanResult run(int huge, int file, long first, boolean forced, int mm, long address) {
        Retraction steps = Retraction.of(parts, this, huge, file, first, forced, mm, address);
        decisions.retract(steps, false);
        ScanResult reported = steps.reported();
        if (!forced) {
            return ScanResult.SUCCEED;
        }
        return reported == null ? ScanResult.PTE_MAPPED_HUGEPAGE : reported;
    }

    /**
     * Remembers a range, unless it is remembered or too many are.
     *
     * @return whether it was added
     */
    boolean defer(int mm, long address) {
        int free = -1;
        int count = 0;
        for (int i = 0; i < deferred.size(); i += 2) {
            count += deferred.get(i) == mm ? 1 : 0;
            if (deferred.get(i) == mm && deferred.get(i + 1) == address || count == MOST_DEFERRED) {
                return false;
            }
            free = free < 0 && deferred.get(i) == 0 ? i : free;
        }
        if (free < 0) {
            free = deferred.size();
            deferred.ensureSize(free + 2);
        }
        deferred.set(free, mm);
        deferred.set(free + 1, address);
        return true;
    }

    /** How many ranges of an address space are remembered. */
    int deferred(int mm) {
        int count = 0;
        for (int i = 0; i < deferred.size(); i += 2) {
            count += deferred.get(i) == mm ? 1 : 0;
        }
        return count;
    }

    /** Comes back to what was deferred of an address space, if its mmap lock can be had for writing without waiting. */
    void retry(int mm) {
        int count = deferred(mm);
        if (count == 0) {
            return;
        }
        if (!mms.isLive(mm)) {
            forget(mm);
            return;
        }
        if (!parts.spaces().locks().tryWriteLock(mm)) {
            return;
        }
        long[] addresses = new long[count];
        int next = 0;
        for (int i = 0; i < deferred.size(); i += 2) {
            if (deferred.get(i) == mm) {
                addresses[next++] = deferred.get(i + 1);
            }
        }
        forget(mm);
        Retraction steps = Retraction.ofDeferred(parts, this, mm, addresses);
        decisions.retract(steps, true);
        if (parts.sync().isHeld(LockClass.MMAP_LOCK, mm)) {
            parts.spaces().locks().writeUnlock(mm);
        }
    }

    /** Forgets what was deferred of an address space. */
    void forget(int mm) {
        for (int i = 0; i < deferred.size(); i += 2) {
            if (deferred.get(i) == mm) {
                deferred.set(i, 0);
                deferred.set(i + 1, 0);
            }
        }
    }
}
