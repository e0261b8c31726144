package org.polymm.engine.frame;

import java.util.Locale;

/**
 * Work that costs the kernel time and that no file of {@code /proc} counts: what a comparison of policies multiplies with
 * unit costs. Counts of events, never levels.
 */
public enum Work {
    /** Base pages filled with zeroes. */
    ZEROED_PAGES,
    /** Base pages copied: by a write fault, by fork of a pinned page, by collapse, by migration. */
    COPIED_PAGES,
    /** Faults (traps) that were taken, whatever came of them; populating a range takes none. */
    TRAPS,
    /** First touches of anonymous memory that were answered with a new folio of any order. */
    ANON_FOLIOS,
    /** First reads that were answered with the shared zero page, small or huge. */
    ZERO_PAGES_MAPPED,
    /** Write faults that copied, each once however far it copied. */
    COW_COPIES,
    /** Faults on file mappings that mapped at least one page. */
    FILE_FAULTS,
    /** Page-table entries copied by fork. */
    FORKED_PTES,
    /** PMD entries that map a folio, copied by fork. */
    FORKED_PMDS,
    /** Page-table entries cleared by munmap, madvise, exec and exit. */
    ZAPPED_PTES,
    /** PMD entries that map a folio, cleared by munmap, madvise, exec and exit. */
    ZAPPED_PMDS,
    /** Folios of any order whose last reference went. */
    FREED_FOLIOS,
    /** Page-table entries whose protection mprotect changed. */
    PROTECTED_PTES,
    /** Page-table entries that mremap moved one by one. */
    MOVED_PTES,
    /** Whole tables or PMD entries that mremap moved. */
    MOVED_PMDS,
    /** Entries that mlock and munlock walked over. */
    MLOCK_WALKED,
    /** VMA and address pairs that reverse-map walks visited. */
    RMAP_VISITS,
    /** Folios of any order that reclaim isolated and looked at. */
    SCANNED_FOLIOS,
    /** Folios of any order that were written to swap. */
    SWAPPED_FOLIOS,
    /** Large folios that were split. */
    SPLIT_FOLIOS,
    /** System calls that failed because a policy would rather have that than a large folio as it is. */
    FAILED_FOR_FOLIOS,
    /** Pages beside a moved range of a locked VMA that MREMAP_DONTUNMAP left unlocked, their folios mlocked. */
    LOCKS_LOST,
    /** Entries of page tables and slots of the page cache that a collapse looked at one by one, or a retraction did. */
    SCANNED_ENTRIES,
    /** Entries that were in page tables which a retraction took away. */
    RETRACTED_ENTRIES,
    /** PMD entries that a retraction or a move took for a page table and that were none. */
    MISTAKEN_TABLES,
    /** Page tables that retractions freed. */
    RETRACTED_TABLES,
    /** Page tables that a retraction left for khugepaged to come back to. */
    DEFERRED_RETRACTIONS;

    private final String id = name().toLowerCase(Locale.ROOT);

    /** Its name in reports, such as {@code zeroed_pages}. */
    public String id() {
        return id;
    }
}
