package org.polymm.engine.mm;

import org.polymm.engine.collapse.Collapse;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.Faults;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.reclaim.Reclaim;
import org.polymm.engine.split.FolioSplitter;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/**
 * The parts of one machine that the memory system calls work with: what the kernel reaches through globals.
 *
 * @param space where state is registered
 * @param geometry the shape of page tables
 * @param sync locks and scheduling points
 * @param log what happened
 * @param memory frames, folios, LRU lists, counters
 * @param tables page tables
 * @param spaces address spaces, VMAs and anon_vmas
 * @param files the page cache
 * @param mappings what counts mappings and splits PMD mappings
 * @param faults page faults
 * @param policies the policies
 * @param swap the swap device and its cache
 * @param splitter splits folios where a boundary policy says so
 * @param reclaim reclaims folios
 * @param collapse collapses ranges into huge folios
 * @param mechanisms what kernels do in more than one way
 * @param changes told of changes of registered memory
 */
public record MmContext(
        StateSpace space,
        Geometry geometry,
        Sync sync,
        EventLog log,
        PhysicalMemory memory,
        PageTables tables,
        AddressSpaces spaces,
        Files files,
        Mappings mappings,
        Faults faults,
        PolicyGateway policies,
        SwapCache swap,
        FolioSplitter splitter,
        Reclaim reclaim,
        Collapse collapse,
        Mechanisms mechanisms,
        MappingChanges changes) {}
