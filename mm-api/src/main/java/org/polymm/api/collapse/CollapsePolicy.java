package org.polymm.api.collapse;

import org.polymm.api.Policy;

/** What to collapse, and how page tables are retracted and moved. */
public interface CollapsePolicy extends Policy {

    /** Slot {@code collapse.choice}: whether a range is collapsed, and to which order. */
    interface Choice extends CollapsePolicy {

        /**
         * khugepaged or MADV_COLLAPSE looks at a range.
         *
         * @param candidate the range with its entries
         * @return collapse, or skip with a reason
         */
        CollapseDecision choose(CollapseCandidate candidate);
    }

    /**
     * Slot {@code collapse.retraction}: how page tables that a collapse of file memory left empty are removed from every mapping.
     *
     * <p>The only role whose calls reach scheduling points. The procedure must be re-entrant (several tasks may be inside at once), hold
     * no monitor, {@code java.util.concurrent} lock or thread-local across a step, and release every lock it took.
     */
    interface Retraction extends CollapsePolicy {

        /**
         * A collapse of a file range was committed; the huge folio is locked, holes are blocked.
         *
         * @param steps what can be done, and the mappings to visit
         */
        void retract(RetractionSteps steps);

        /**
         * khugepaged came back to an address space for which {@link RetractionSteps#deferRetry()} was called: visits those ranges, with
         * the mmap write lock held.
         *
         * @param steps what can be done, and the deferred ranges to visit
         */
        default void retryDeferred(RetractionSteps steps) {}
    }

    /** Slot {@code collapse.table-move}: whether mremap may move a whole page table. */
    interface TableMove extends CollapsePolicy {

        /**
         * mremap is about to move a whole page table.
         *
         * @param move the table
         * @return what to do
         */
        TableMoveDecision onTableMove(TableMove.Facts move);

        /** What is known about the move. Valid during the call. Open: methods may be added. */
        interface Facts {

            /** {@return whether the moved VMA maps a file} */
            boolean isFileMapping();

            /** {@return whether the reverse-map locks are held for the move} */
            boolean holdsRmapLocks();

            /** {@return the page number where the table's range begins} */
            long page();
        }
    }

    /** Slot {@code collapse.when-full}: what happens when the last hole of a high-granularity hugetlb range is filled. */
    interface WhenFull extends CollapsePolicy {

        /**
         * A range of small entries now maps a whole larger entry's reach.
         *
         * @param range the range
         * @return collapse it at once, or leave that to user space
         */
        WhenFullDecision onFull(FullRange range);
    }
}
