package org.polymm.api.split;

/** Whether a folio goes on the deferred split queue. */
public enum QueueDecision {
    /** Queue it. */
    QUEUE,
    /** Leave it off. */
    IGNORE;

    /** The answer that is always safe. */
    public static final QueueDecision SAFE = IGNORE;
}
