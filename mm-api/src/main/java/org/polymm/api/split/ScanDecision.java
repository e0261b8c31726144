package org.polymm.api.split;

/** What the deferred split queue's scan does with a folio. */
public enum ScanDecision {
    /** Split it; if that fails it stays queued while it is partially mapped. */
    SPLIT,
    /** Put it back on the queue untouched. */
    KEEP_QUEUED,
    /** Take it off the queue untouched. */
    DROP;

    /** The answer that is always safe. */
    public static final ScanDecision SAFE = KEEP_QUEUED;
}
