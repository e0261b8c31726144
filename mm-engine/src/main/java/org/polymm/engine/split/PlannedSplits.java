package org.polymm.engine.split;

import org.polymm.api.split.SplitPlan;
import org.polymm.engine.state.Errno;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/** Carries out the steps of boundary plans. */
public final class PlannedSplits implements FolioSplitter {

    private final Sync sync;
    private final FolioSplit splitter;

    /**
     * Carries out plans.
     *
     * @param sync the locks
     * @param splitter splits folios
     */
    public PlannedSplits(Sync sync, FolioSplit splitter) {
        this.sync = sync;
        this.splitter = splitter;
    }

    @Override
    public int split(int head) {
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            return -Errno.EBUSY;
        }
        int error = splitter.split(head, 0, null);
        sync.unlock(LockClass.FOLIO_LOCK, head);
        return error;
    }

    @Override
    public int unshare(int vma, int head, int order, SplitPlan.UnshareCheck check) {
        return -Errno.EAGAIN;
    }
}
