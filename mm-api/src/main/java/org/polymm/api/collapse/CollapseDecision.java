package org.polymm.api.collapse;

import org.polymm.api.ScanResult;

/** The answer of {@link CollapsePolicy.Choice}. */
public sealed interface CollapseDecision {

    /** The answer that is always safe. */
    CollapseDecision SAFE = new Skip(ScanResult.FAIL);

    /**
     * Collapse: a range or piece as a whole if this is its order, else each piece of this order that the policy then wants.
     *
     * @param order the order of the new folio, one of those that are allowed
     */
    record Collapse(int order) implements CollapseDecision {}

    /**
     * Leave the range.
     *
     * @param reason why, as counted and as turned into MADV_COLLAPSE's errno
     */
    record Skip(ScanResult reason) implements CollapseDecision {}
}
