package org.polymm.engine.split;

import org.polymm.api.split.SplitPlan;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Errno;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/** Carries out the steps of boundary plans. */
public final class PlannedSplits implements FolioSplitter {

    private final Sync sync;
    private final FolioSplit splitter;
    private final Unsharing unsharing;

    /**
     * Carries out plans.
     *
     * @param sync the locks
     * @param events the event log
     * @param memory the folios
     * @param tables the page tables
     * @param spaces the address spaces
     * @param mappings what counts mappings
     * @param policies who may refuse a dangerous plan
     * @param splitter splits folios
     */
    public PlannedSplits(
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Mappings mappings,
            PolicyGateway policies,
            FolioSplit splitter) {
        this.sync = sync;
        this.splitter = splitter;
        this.unsharing = new Unsharing(sync, events, memory, tables, spaces, mappings, policies);
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
    public int splitAt(int head, int page) {
        return splitter.splitAt(head, page);
    }

    @Override
    public int unshare(int vma, int head, long from, long to, int order, SplitPlan.UnshareCheck check) {
        return unsharing.unshare(vma, head, from, to, order, check);
    }
}
