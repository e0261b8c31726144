package org.polymm.engine.mapping;

import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/** The parts of this package, put together for one machine. */
public final class Mappings {

    private final RmapAccounting rmap;
    private final RssAccounting rss;
    private final DeferredSplits deferred;
    private final FolioCuts cuts;
    private final PmdSplit pmdSplit;

    /**
     * Accounts for mappings of a machine's memory in its address spaces.
     *
     * @param sync the locks
     * @param events the event log
     * @param memory the folios
     * @param tables the page tables
     * @param spaces the address spaces
     * @param policies the gateway to policies
     */
    public Mappings(
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            PolicyGateway policies) {
        deferred = new DeferredSplits(memory.frames(), memory.deferred(), policies, events);
        rmap = new RmapAccounting(sync, events, memory, spaces, policies, deferred);
        rss = new RssAccounting(memory.frames(), spaces.mms());
        cuts = new FolioCuts(tables, spaces, memory.frames(), policies, deferred);
        pmdSplit = new PmdSplit(events, memory, tables, spaces, rmap, rss, deferred);
    }

    /** {@return what counts mappings} */
    public RmapAccounting rmap() {
        return rmap;
    }

    /** {@return what counts resident pages} */
    public RssAccounting rss() {
        return rss;
    }

    /** {@return what queues folios for a deferred split} */
    public DeferredSplits deferred() {
        return deferred;
    }

    /** {@return what asks about folios that were cut} */
    public FolioCuts cuts() {
        return cuts;
    }

    /** {@return what splits PMD mappings} */
    public PmdSplit pmdSplit() {
        return pmdSplit;
    }
}
