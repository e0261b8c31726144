package org.polymm.api.cow;

/** Why an anonymous folio is about to be allocated. Open: constants may be added. */
public enum AnonFaultKind {
    /** A write to an address without an entry. */
    FIRST_TOUCH,
    /** A write to an entry that maps the shared zero page. */
    ZERO_PAGE_WRITE
}
