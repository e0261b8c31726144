package org.polymm.lab.program;

import java.util.Locale;

/** What only the simulator can tell of a page: no kernel shows it. */
public enum EngineFact {
    /** PG_anon_exclusive. */
    EXCLUSIVE,
    /** The page-table entry permits stores. */
    WRITABLE,
    /** The page-table entry says that the page was stored to. */
    DIRTY,
    /** The page-table entry says that the page was used. */
    ACCESSED,
    /** A PMD entry maps the page. */
    PMD_MAPPED,
    /** The folio waits on the deferred split queue. */
    DEFERRED,
    /** The folio is marked as partially mapped. */
    PARTIALLY_MAPPED,
    /** The folio is on the unevictable list, or on its way there. */
    UNEVICTABLE,
    /** The folio is in the swap cache. */
    SWAPCACHE,
    /** How many references the folio has. */
    REFCOUNT;

    /** {@return the word for it, such as {@code pmd-mapped}} */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return whether its value is a number, and not yes or no} */
    public boolean isNumber() {
        return this == REFCOUNT;
    }
}
