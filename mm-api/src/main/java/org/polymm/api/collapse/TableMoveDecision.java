package org.polymm.api.collapse;

/** How mremap treats a whole page table. */
public enum TableMoveDecision {
    /** Take the PMD locks, look at the old entry again, and move the table only if it still is one. */
    RECHECK_UNDER_LOCKS,
    /** Move what was seen before the locks were taken: a dangerous decision. */
    UNCHECKED,
    /** Move the entries one by one. */
    MOVE_ENTRIES;

    /** The answer that is always safe. */
    public static final TableMoveDecision SAFE = MOVE_ENTRIES;
}
