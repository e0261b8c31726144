package org.polymm.api.split;

/** Why a folio could be queued for a deferred split. Open: constants may be added. */
public enum DeferredReason {
    /** The mapcount scheme found it partially mapped. */
    PARTIALLY_MAPPED,
    /** A new PMD-sized folio, of which much may stay zero (shrink_underused). */
    MAYBE_UNDERUSED,
    /** Its PMD mapping was split although every page is still mapped. */
    PTE_MAPPED,
    /** A boundary plan said {@link SplitPlan.Action#DEFER}. */
    POLICY
}
