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

/** The parts of a machine that faults work on. */
record FaultParts(
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
        UserfaultEvents userfault) {}
