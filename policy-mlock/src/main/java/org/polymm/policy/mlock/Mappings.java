package org.polymm.policy.mlock;

import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;

/** Questions about one batch of entries that several of the policies ask. */
final class Mappings {

    private Mappings() {}

    /** Tells whether one entry maps the whole folio: a small folio, or one mapped at PMD level. */
    static boolean isOneEntry(FolioView folio, MappingLevel level) {
        return !folio.isLarge() || level == MappingLevel.PMD;
    }

    /** Tells whether a batch met by mlock's walk maps the whole folio, from its first page to its last. */
    static boolean isWholeFolio(MlockWalk walk) {
        return walk.isFolioInsideSegment() && walk.batchPages() == walk.folio().pages();
    }

    /** Tells whether a batch that was just mapped or unmapped is the whole folio. */
    static boolean isWholeFolio(RmapChange change) {
        return change.batchPages() == change.folio().pages();
    }

    /**
     * Tells whether a reclaim walk has just seen the last page of the folio, all under one page-table lock that it
     * still holds.
     */
    static boolean isWholeFolioUnderLock(LockedWalk walk) {
        return !walk.isAtEnd()
                && (walk.level() == MappingLevel.PMD
                        || (walk.pagesSeen() == walk.folio().pages() && !walk.hasCrossedPageTable()));
    }
}
