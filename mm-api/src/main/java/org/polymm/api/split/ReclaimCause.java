package org.polymm.api.split;

/** Who reclaims. Open: constants may be added. */
public enum ReclaimCause {
    KSWAPD,
    DIRECT,
    PROACTIVE,
    MADV_PAGEOUT
}
