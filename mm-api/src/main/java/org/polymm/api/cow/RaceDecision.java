package org.polymm.api.cow;

/** What a fault does when its range was populated by somebody else before the page-table lock was taken. */
public enum RaceDecision {
    /** Free the folio and return; the access faults again if it still must. What mainline does since 6.8. */
    RELEASE,
    /** If the faulting entry itself is still empty, free the folio and try the next smaller order. */
    RETRY_SMALLER,
    /** If the faulting entry itself is still empty, free the folio and try a base page. */
    RETRY_BASE_PAGE;

    /** The answer that is always safe. */
    public static final RaceDecision SAFE = RELEASE;
}
