package org.polymm.api.mapcount;

import org.polymm.api.view.MappingLevel;

/**
 * An entry in the tables that map a hugetlb page changes its kind.
 *
 * <p>Where one operation changes several entries, what adds mappings comes first, so that a count does not dip to zero on the way: a split
 * tells of the new small leaves, then of the large leaf that becomes a table; a collapse tells of the table that becomes a leaf, then of
 * the small leaves that go. An unmap tells of the leaves, then of the tables, lowest level first.
 *
 * <p>Valid during the call. Open: methods may be added.
 */
public interface HugetlbTransition extends FolioCounters {

    /** What an entry is. Open: constants may be added. */
    enum EntryKind {
        NONE,
        TABLE,
        LEAF
    }

    /** {@return the level of the entry} */
    MappingLevel level();

    /** {@return whether the entry is at the level that would map the hugetlb page as a whole} */
    boolean isTopLevel();

    /** {@return what it was} */
    EntryKind from();

    /** {@return what it is now} */
    EntryKind to();

    /** {@return the first base page that the entry covers, from 0} */
    int firstPage();

    /** {@return how many base pages it covers} */
    int pageCount();

    /** {@return the id of the address space} */
    int mmId();

    /**
     * Writes a counter of the page.
     *
     * @param counter from 0 to {@code longsPerFolio - 1}
     * @param value the new value
     */
    void set(int counter, long value);

    /**
     * Adds to the counters of every base page that the entry covers.
     *
     * @param delta what to add to each
     */
    void addToPages(int delta);

    /**
     * Reads a counter of the subtree that the top entry of this mapping begins.
     *
     * @param counter from 0 to {@code longsPerSubtree - 1}
     * @return its value, 0 while the top entry is none
     */
    long getSubtree(int counter);

    /**
     * Writes a counter of the subtree that the top entry of this mapping begins.
     *
     * @param counter from 0 to {@code longsPerSubtree - 1}
     * @param value the new value
     */
    void setSubtree(int counter, long value);
}
