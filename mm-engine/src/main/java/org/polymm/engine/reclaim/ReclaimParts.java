package org.polymm.engine.reclaim;

import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.split.DeferredScan;
import org.polymm.engine.split.FolioSplit;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/**
 * The parts of a machine that reclaim works on.
 *
 * @param sync the locks
 * @param events the event log
 * @param memory the folios
 * @param tables the page tables
 * @param spaces the address spaces
 * @param files the page cache
 * @param mappings what counts mappings
 * @param policies who is asked
 * @param rmap finds mappings
 * @param splitter splits folios
 * @param deferred the shrinker of the deferred split queue
 * @param swap the swap device and its cache
 */
public record ReclaimParts(
        Sync sync,
        EventLog events,
        PhysicalMemory memory,
        PageTables tables,
        AddressSpaces spaces,
        Files files,
        Mappings mappings,
        PolicyGateway policies,
        RmapWalk rmap,
        FolioSplit splitter,
        DeferredScan deferred,
        SwapCache swap) {}
