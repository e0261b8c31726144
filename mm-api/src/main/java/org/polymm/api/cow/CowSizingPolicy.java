package org.polymm.api.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.Policy;

/**
 * How large an anonymous folio is when memory is first touched, and how far a write fault reaches.
 *
 * <p>All calls are hot: answer with constants, primitives and {@link OrderSet}s, allocate nothing.
 */
public interface CowSizingPolicy extends Policy {

    /** Slot {@code cow-sizing.orders}: the order of a new anonymous folio. */
    interface Orders extends CowSizingPolicy {

        /**
         * Which orders to try for a fault, highest first.
         *
         * <p>The engine intersects the answer with {@link AnonFault#fittingOrders()} and drops orders whose naturally aligned range
         * is populated, as {@link #unpopulated(AnonFault)} defines it. Order 0 is always tried last, whether in the set or not.
         *
         * @param fault the fault
         * @return the orders; empty means a base page
         */
        OrderSet candidates(AnonFault fault);

        /**
         * What to try after the allocator had no folio of an order.
         *
         * @param fault the fault
         * @param failedOrder the order that could not be had, at least 1
         * @param remaining the candidates below it that would fit
         * @return a subset of {@code remaining}; empty means a base page
         */
        default OrderSet afterAllocationFailure(AnonFault fault, int failedOrder, OrderSet remaining) {
            return remaining;
        }

        /**
         * What to do when the range turned out populated under the page-table lock: another thread was faster.
         *
         * @param fault the fault
         * @param order the order that was about to be mapped, at least 1
         * @return the answer
         */
        default RaceDecision afterLostRace(AnonFault fault, int order) {
            return RaceDecision.RELEASE;
        }

        /**
         * Which entries of a range count as not populated.
         *
         * @param fault the fault
         * @return the answer
         */
        default Unpopulated unpopulated(AnonFault fault) {
            return Unpopulated.NONE_ENTRIES;
        }
    }

    /** Slot {@code cow-sizing.reuse}: when a write-protected page is the faulting process's own, and how many with it. */
    interface Reuse extends CowSizingPolicy {

        /**
         * What may prove that a page without the exclusive flag belongs to the faulting process alone. Not asked for a page that has
         * the flag: that is always reused.
         *
         * @param fault the fault
         * @return the proof to attempt; if it fails, the page is copied
         */
        ExclusivityProof proof(WriteFault fault);

        /**
         * How many pages around a reused page become writable (at an unshare fault: exclusive) with it.
         *
         * <p>The span must contain page 0 and lie within {@link WriteFault#runBefore()} and {@link WriteFault#runAfter()}. Each page of
         * it must have the exclusive flag, or be covered by the proof that was just given for the whole folio; pages that are neither
         * are a dangerous decision. Not asked at PMD level.
         *
         * @param fault the fault
         * @return a {@link PageSpan}
         */
        default long reuseExtent(WriteFault fault) {
            return PageSpan.ONE_PAGE;
        }
    }

    /** Slot {@code cow-sizing.copy}: how much a write fault copies. */
    interface Copy extends CowSizingPolicy {

        /**
         * How many pages to copy into one new folio.
         *
         * <p>A span of more than one page must be a power of two, naturally aligned in virtual address space, contain page 0 and lie
         * within {@link WriteFault#runBefore()} and {@link WriteFault#runAfter()}; its order must not be 1. Copying over a page that has
         * the exclusive flag is a dangerous decision: a pin taken through the page tables would keep seeing the old page.
         *
         * @param fault the fault
         * @return a {@link PageSpan}
         */
        long copyExtent(WriteFault fault);

        /**
         * What to copy when no folio of the wanted size could be had.
         *
         * @param fault the fault
         * @param failed the span that could not be had, longer than one page
         * @return a shorter {@link PageSpan} that obeys the rules of {@link #copyExtent}
         */
        default long afterAllocationFailure(WriteFault fault, long failed) {
            return PageSpan.ONE_PAGE;
        }
    }
}
