package org.polymm.api.collapse;

/** What happens to a hugetlb range whose last hole was filled. */
public enum WhenFullDecision {
    /** Leave it; user space may call MADV_COLLAPSE. */
    LEAVE,
    /** Replace the small entries by the larger one now. */
    COLLAPSE;

    /** The answer that is always safe. */
    public static final WhenFullDecision SAFE = LEAVE;
}
