package org.polymm.api.mapcount;

import org.polymm.api.view.MappingLevel;

/**
 * A run of consecutive pages of a large folio that one address space has just mapped or unmapped, with the counters to update. The folio's
 * mapcount lock is held. Valid during the call. Open: methods may be added.
 */
public interface MappingRun extends FolioCounters {

    /** {@return the id of the address space: at least 1, below 2<sup>31</sup>, unique while it lives} */
    int mmId();

    /** {@return PMD if one entry maps the folio as a whole, else PTE} */
    MappingLevel level();

    /** {@return the first page of the run within the folio, from 0} */
    int firstPage();

    /** {@return how many pages the run has; all of the folio's at PMD level} */
    int pageCount();

    /**
     * Writes a counter of the folio.
     *
     * @param counter from 0 to {@code longsPerFolio - 1}
     * @param value the new value
     */
    void set(int counter, long value);

    /**
     * Adds to the counters of every base page of the run.
     *
     * @param delta what to add to each
     * @return how many of them became 0, or were 0 before
     */
    int addToPages(int delta);

    /**
     * How many base pages of the folio have a per-page counter of 0. Costs a look at each.
     *
     * @return from 0 to {@code pages()}
     */
    int pagesAtZero();
}
