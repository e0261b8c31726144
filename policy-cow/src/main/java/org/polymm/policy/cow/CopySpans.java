package org.polymm.policy.cow;

import org.polymm.api.PageSpan;
import org.polymm.api.cow.WriteFault;

/** Spans around a faulting page that a copy may take. */
final class CopySpans {

    private CopySpans() {}

    /** Tells whether the naturally aligned span of an order lies within the run of pages mapped around the fault. */
    static boolean isMapped(WriteFault fault, int order) {
        int before = pagesBefore(fault, order);
        return before <= fault.runBefore() && (1 << order) - 1 - before <= fault.runAfter();
    }

    /**
     * Tells whether a page of the naturally aligned span of an order has the exclusive flag. The span must be mapped.
     */
    static boolean hasExclusivePage(WriteFault fault, int order) {
        int first = -pagesBefore(fault, order);
        for (int offset = first; offset < first + (1 << order); offset++) {
            if (fault.isExclusive(offset)) {
                return true;
            }
        }
        return false;
    }

    /** The naturally aligned span of an order around the faulting page. */
    static long aligned(WriteFault fault, int order) {
        return PageSpan.of(-pagesBefore(fault, order), 1 << order);
    }

    private static int pagesBefore(WriteFault fault, int order) {
        return (int) (fault.page() & (1L << order) - 1);
    }
}
