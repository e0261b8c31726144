package org.polymm.api.relocation;

import org.polymm.api.Policy;

/** Slot {@code relocation}: what mremap does to the index of faulted anonymous folios. */
public interface RelocationPolicy extends Policy {

    /** MREMAP_RELOCATE_ANON of the series of June 2025. */
    int MREMAP_RELOCATE_ANON = 8;

    /** MREMAP_MUST_RELOCATE_ANON of the series of June 2025. */
    int MREMAP_MUST_RELOCATE_ANON = 16;

    /**
     * Which mremap flags beyond those of Linux 6.18 (MAYMOVE 1, FIXED 2, DONTUNMAP 4) the policy understands; all others make mremap fail
     * with EINVAL. {@link #MREMAP_RELOCATE_ANON} and {@link #MREMAP_MUST_RELOCATE_ANON} demand MREMAP_MAYMOVE.
     *
     * @return the flags, or-ed
     */
    default int acceptedFlags() {
        return 0;
    }

    /**
     * A faulted anonymous range is about to move and did not merge at its destination with its old index.
     *
     * @param request the move
     * @return what to do about the index
     */
    RelocationPlan onMove(RelocationRequest request);

    /**
     * The pre-scan, or the move itself, met an entry.
     *
     * @param entry the entry
     * @return what to do with it
     */
    default EntryDecision onEntry(RelocationEntry entry) {
        return EntryDecision.REFUSE;
    }

    /**
     * An entry refused, or its split failed, when others had been relocated already.
     *
     * @param failure where and why
     * @return how to end up in a consistent state
     */
    default FailureDecision onFailure(RelocationFailure failure) {
        return FailureDecision.UNDO;
    }
}
