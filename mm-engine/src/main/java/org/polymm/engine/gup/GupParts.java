package org.polymm.engine.gup;

import org.polymm.engine.fault.FaultHandler;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mm.SplitPlans;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/**
 * The parts of a machine that pins work with.
 *
 * @param space where state is registered
 * @param sync locks and scheduling points
 * @param memory frames and folios
 * @param tables page tables
 * @param spaces address spaces
 * @param files the page cache
 * @param faults faults pages in
 * @param policies asked about long-term pins
 * @param plans carries out what they answer
 */
public record GupParts(
        StateSpace space,
        Sync sync,
        PhysicalMemory memory,
        PageTables tables,
        AddressSpaces spaces,
        Files files,
        FaultHandler faults,
        PolicyGateway policies,
        SplitPlans plans) {}
