package org.polymm.engine.collapse;

import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/**
 * What the steps of a retraction act on.
 *
 * @param ptes takes the entries of a huge folio out of a table
 */
record RetractionParts(
        Sync sync,
        EventLog events,
        PhysicalMemory memory,
        PageTables tables,
        AddressSpaces spaces,
        Files files,
        Mappings mappings,
        Decisions decisions,
        PteMappedCollapse ptes) {}
