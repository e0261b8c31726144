package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.RetractionSteps;

/**
 * What a retraction does about a mapping with an anon_vma: one that has, or once had, pages of its own. The huge folio will seldom stay
 * mapped whole there.
 */
enum AnonVmaRule {
    /** Skips it, as not worth the trouble: a heuristic, which costs those that had a breakpoint once their huge mapping. */
    SKIP,
    /** Looks under the page-table lock whether the table is empty, which costs a look at every entry of such a table. */
    IF_EMPTY;

    /** Whether the mapping is worth taking locks for; what is seen here may change at once. */
    boolean seemsFine(RetractionSteps steps) {
        return this == IF_EMPTY || !steps.readHasAnonVma();
    }

    /** Whether the table may go, as far as pages of the mapping's own are concerned. The page-table lock is held, which keeps others out. */
    boolean isFine(RetractionSteps steps) {
        return !steps.readHasAnonVma() || this == IF_EMPTY && steps.isTableEmpty();
    }
}
