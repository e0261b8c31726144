package org.polymm.api.mapcount;

import org.polymm.api.Policy;

/**
 * How the mappings of folios with more than one page are counted.
 *
 * <p>All calls are hot. The engine's invariants hold a scheme to one promise: {@code maybeMappedShared} is never false for a folio that two
 * address spaces map.
 */
public interface MapcountScheme extends Policy {

    /** {@return the counters the scheme needs; asked once per composition} */
    CounterLayout counters();

    /** Slot {@code mapcount.folio}: large folios of anonymous and file memory. */
    interface Folio extends MapcountScheme {

        /**
         * A run of pages was mapped.
         *
         * @param run the run, with the counters to update
         */
        void onMap(MappingRun run);

        /**
         * A run of pages was unmapped.
         *
         * @param run the run, with the counters to update
         */
        void onUnmap(MappingRun run);

        /**
         * Whether the folio may be mapped by more than one address space.
         *
         * @param folio the folio's counters
         * @return false only if that is certain
         */
        boolean maybeMappedShared(FolioCounters folio);

        /**
         * Whether all mappings of the folio belong to one address space. The engine combines the answer with the reference count before it
         * lets a write fault reuse a page.
         *
         * @param folio the folio's counters
         * @param mmId the address space
         * @return true only if that is certain
         */
        boolean isExclusiveTo(FolioCounters folio, int mmId);

        /**
         * Asked after an unmap that left some mapping: whether a page of the folio is now mapped by nobody.
         *
         * @param run the run that was unmapped
         * @return whether the folio counts as partially mapped
         */
        boolean isPartiallyMapped(MappingRun run);

        /**
         * What {@code /proc/kpagecount} shows for a page.
         *
         * @param folio the folio's counters
         * @param page which page of the folio, from 0
         * @return a number of mappings
         */
        int reportedMapcount(FolioCounters folio, int page);

        /**
         * What pagemap's "exclusively mapped" bit shows for a page.
         *
         * @param folio the folio's counters
         * @param page which page of the folio, from 0
         * @return the bit
         */
        boolean reportedExclusive(FolioCounters folio, int page);

        /**
         * By how many mappings smaps divides a page for PSS.
         *
         * @param folio the folio's counters
         * @param page which page of the folio, from 0
         * @return at least 1
         */
        int pssDivisor(FolioCounters folio, int page);
    }

    /** Slot {@code mapcount.hugetlb}: hugetlb pages, mapped whole or at high granularity. */
    interface Hugetlb extends MapcountScheme {

        /**
         * An entry of a hugetlb mapping changed.
         *
         * @param change the entry, with the counters to update
         */
        void onTransition(HugetlbTransition change);

        /**
         * The mapcount of the page as a whole.
         *
         * @param page the page's counters
         * @return a number of mappings as the scheme defines them
         */
        int mapcount(FolioCounters page);

        /**
         * Whether more than one address space may map the page.
         *
         * @param page the page's counters
         * @return false only if that is certain
         */
        boolean maybeMappedShared(FolioCounters page);

        /**
         * By how much a transition changes the page's reference count. Asked before {@link #onTransition}, so that a reference that would
         * overflow can be refused; must not write.
         *
         * @param change the entry, with the counters as they are before the transition
         * @return references taken, or negative if they are dropped; 1 for each leaf that appears unless the scheme says otherwise
         */
        default int referenceDelta(HugetlbTransition change) {
            return (change.to() == HugetlbTransition.EntryKind.LEAF ? 1 : 0)
                    - (change.from() == HugetlbTransition.EntryKind.LEAF ? 1 : 0);
        }

        /** {@return whether parts of a page may be mapped by smaller entries; if not, UFFDIO_CONTINUE demands whole pages} */
        default boolean supportsHighGranularity() {
            return true;
        }

        /**
         * What {@code /proc/kpagecount} shows for a base page.
         *
         * @param page the page's counters
         * @param basePage which base page, from 0
         * @return a number of mappings
         */
        int reportedMapcount(FolioCounters page, int basePage);

        /** {@return whether the scheme writes to the descriptor of every base page, and so cannot live with the vmemmap optimisation} */
        boolean needsPerPageDescriptors();
    }
}
