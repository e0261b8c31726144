package org.polymm.api.relocation;

/** How a relocation that failed half way ends. */
public enum FailureDecision {
    /** Undo what was relocated, then move with the old index. If undoing fails too, mremap fails with EFAULT. */
    UNDO,
    /** Split the new VMA at the failure: what was relocated keeps the new page offset, the rest the old one. */
    SPLIT_VMA,
    /** Undo what was relocated and have mremap fail with EFAULT. */
    FAIL;

    /** The answer that is always safe. */
    public static final FailureDecision SAFE = SPLIT_VMA;
}
