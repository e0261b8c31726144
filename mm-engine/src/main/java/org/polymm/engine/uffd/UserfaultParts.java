package org.polymm.engine.uffd;

import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/**
 * The parts of a machine that userfaultfd works on.
 *
 * @param geometry the shape of page tables
 * @param sync the locks
 * @param events the event log
 * @param memory the folios
 * @param tables the page tables
 * @param spaces the address spaces
 * @param files the page cache
 * @param mappings accounts for what is mapped
 * @param contexts the userfaultfds and their faults
 */
public record UserfaultParts(
        Geometry geometry,
        Sync sync,
        EventLog events,
        PhysicalMemory memory,
        PageTables tables,
        AddressSpaces spaces,
        Files files,
        Mappings mappings,
        UserfaultContexts contexts) {}
