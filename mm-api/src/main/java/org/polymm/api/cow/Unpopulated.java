package org.polymm.api.cow;

/** Which page-table entries leave a range free for a large folio. */
public enum Unpopulated {
    /** Only empty entries. */
    NONE_ENTRIES,
    /** Empty entries and entries that map the shared zero page; those are replaced. */
    NONE_OR_ZERO_PAGE;

    /** The answer that is always safe. */
    public static final Unpopulated SAFE = NONE_ENTRIES;
}
