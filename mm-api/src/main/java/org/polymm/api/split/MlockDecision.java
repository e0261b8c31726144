package org.polymm.api.split;

/** Whether a folio is mlocked (or, where munlocking is the question, munlocked). */
public enum MlockDecision {
    /** Do nothing. */
    LEAVE,
    /** Act at once, with the page-table lock still held. */
    ACT,
    /** Act when the walk has dropped the page-table lock: others may run in between. */
    ACT_AFTER_UNLOCK;

    /** The answer that is always safe where something is locked: a folio in a VM_LOCKED VMA stays in memory without the flag too. */
    public static final MlockDecision SAFE = LEAVE;
}
