package org.polymm.api.view;

/** The level of a page-table entry, smallest reach first. Open: constants may be added. */
public enum MappingLevel {
    /** An entry of a last-level table: one base page. */
    PTE,
    /** A leaf entry of a PMD table: 2 MiB on x86-64. */
    PMD,
    /** A leaf entry of a PUD table: 1 GiB on x86-64; hugetlb only. */
    PUD
}
