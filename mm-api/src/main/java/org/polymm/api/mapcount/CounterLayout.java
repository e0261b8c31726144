package org.polymm.api.mapcount;

/**
 * The counters a scheme wants stored with each large folio. All are 0 when a folio is new.
 *
 * @param longsPerFolio 64-bit counters per folio, from 0 to 64
 * @param intsPerPage 32-bit counters per base page, 0 or 1
 * @param longsPerSubtree 64-bit counters per page-table subtree that maps a part of a hugetlb page, from 0 to 8; 0 for large folios
 */
public record CounterLayout(int longsPerFolio, int intsPerPage, int longsPerSubtree) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a count is out of range
     */
    public CounterLayout {
        if (longsPerFolio < 0 || longsPerFolio > 64) {
            throw new IllegalArgumentException("longsPerFolio " + longsPerFolio + " is not from 0 to 64");
        }
        if (intsPerPage < 0 || intsPerPage > 1) {
            throw new IllegalArgumentException("intsPerPage " + intsPerPage + " is not 0 or 1");
        }
        if (longsPerSubtree < 0 || longsPerSubtree > 8) {
            throw new IllegalArgumentException("longsPerSubtree " + longsPerSubtree + " is not from 0 to 8");
        }
    }

    /**
     * Counters per folio and per page.
     *
     * @param longsPerFolio 64-bit counters per folio, from 0 to 64
     * @param intsPerPage 32-bit counters per base page, 0 or 1
     * @return the layout
     */
    public static CounterLayout of(int longsPerFolio, int intsPerPage) {
        return new CounterLayout(longsPerFolio, intsPerPage, 0);
    }
}
