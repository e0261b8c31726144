package org.polymm.api.relocation;

/** What mremap does about the index of the folios it moves. */
public enum RelocationPlan {
    /** Keep index and page offset, as mainline does. */
    KEEP_INDEX,
    /** Rewrite each folio as it is moved. */
    RELOCATE,
    /** Look at every entry first; rewrite only if none refuses, else keep the index. */
    PRESCAN_THEN_RELOCATE,
    /** Have mremap fail with EFAULT. */
    FAIL;

    /** The answer that is always safe. */
    public static final RelocationPlan SAFE = KEEP_INDEX;
}
