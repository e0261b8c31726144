package org.polymm.engine.fault;

import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/** The parts of this package, put together for one machine. */
public final class Faults {

    private final FaultHandler handler;
    private final MemoryAccess access;

    /**
     * Handles the faults of a machine.
     *
     * @param geometry the shape of page tables
     * @param sync the locks
     * @param events the event log
     * @param memory the folios
     * @param tables the page tables
     * @param spaces the address spaces
     * @param files the page cache
     * @param policies the gateway to policies
     * @param mappings accounts for what is mapped
     * @param swap the swap device and its cache
     * @param mechanisms which faults run under the lock of their VMA
     * @param userfault reports faults, {@link UserfaultEvents#NONE} on a machine without userfaultfd
     */
    public Faults(
            Geometry geometry,
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Files files,
            PolicyGateway policies,
            Mappings mappings,
            SwapCache swap,
            Mechanisms mechanisms,
            UserfaultEvents userfault) {
        FaultParts parts = new FaultParts(
                geometry, sync, events, memory, tables, spaces, files, policies, mappings, swap, mechanisms, userfault);
        FaultLocks locks = new FaultLocks(parts);
        LargeFolioAllocation large = new LargeFolioAllocation(parts);
        HugeAnonymousFault huge = new HugeAnonymousFault(parts, locks, large);
        AnonymousFault anonymous = new AnonymousFault(parts, locks, large, huge);
        FileFault file = new FileFault(parts, locks, new CachePages(parts), new HugeFileMapping(parts));
        WriteProtectFault writeProtect =
                new WriteProtectFault(parts, locks, new ReuseProof(parts), new WideCopy(parts, large), anonymous, file);
        handler = new FaultHandler(parts, anonymous, file, writeProtect, new HugeWriteProtectFault(parts, huge));
        access = new MemoryAccess(parts, handler);
    }

    /** {@return what handles faults} */
    public FaultHandler handler() {
        return handler;
    }

    /** {@return the memory accesses of programs} */
    public MemoryAccess access() {
        return access;
    }
}
