package org.polymm.engine.machine;

import org.polymm.api.StateScope;
import org.polymm.engine.collapse.Collapse;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.Faults;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.gup.GupParts;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.mm.MmCalls;
import org.polymm.engine.mm.MmContext;
import org.polymm.engine.mm.SplitPlans;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.reclaim.Reclaim;
import org.polymm.engine.reclaim.ReclaimParts;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.split.DeferredScan;
import org.polymm.engine.split.FolioSplit;
import org.polymm.engine.split.FolioSplitter;
import org.polymm.engine.split.PlannedSplits;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.uffd.UserfaultContexts;
import org.polymm.engine.uffd.UserfaultParts;
import org.polymm.engine.uffd.Userfaults;
import org.polymm.engine.vma.AddressSpaces;

/** Connects the upper floors of a machine: policies, faults, system calls. */
final class Wiring {

    private final RmapWalk rmap;
    private final PolicyGateway policies;
    private final Faults faults;
    private final Collapse collapse;
    private final MmCalls calls;
    private final DeferredScan deferredScan;
    private final Pins pins;
    private final Reclaim reclaim;
    private final Userfaults userfaults;

    Wiring(
            MachineBlueprint blueprint,
            StateSpace space,
            EventLog events,
            Sync sync,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Files files,
            SwapCache swap) {
        Geometry geometry = blueprint.geometry();
        Mechanisms mechanisms = blueprint.mechanisms();
        rmap = new RmapWalk(memory.frames(), spaces, sync);
        policies = new PolicyGateway(
                space,
                geometry,
                sync,
                memory.frames(),
                memory.folios(),
                memory.contents(),
                spaces.vmas(),
                memory.thp(),
                blueprint.policies(),
                blueprint.safety(),
                blueprint.onPolicyFailure(),
                new Sharers(memory.frames(), tables, spaces));
        memory.folios().connect(policies.mapcounts()::released);
        if (policies.memories().keeps(StateScope.FOLIO)) {
            memory.folios().connect(head -> policies.memories().clear(StateScope.FOLIO, head));
        }
        Mappings mappings = new Mappings(sync, events, memory, tables, spaces, policies);
        FolioSplit splitter =
                new FolioSplit(sync, events, memory, tables, spaces, mappings, rmap, swap, files, mechanisms);
        deferredScan = new DeferredScan(sync, memory, tables, spaces, policies, splitter, rmap);
        reclaim = new Reclaim(new ReclaimParts(
                sync, events, memory, tables, spaces, files, mappings, policies, rmap, splitter, deferredScan, swap));
        memory.buddy().connect(reclaim::direct);
        UserfaultContexts contexts = new UserfaultContexts(space, sync, events, tables, spaces);
        faults = new Faults(
                geometry, sync, events, memory, tables, spaces, files, policies, mappings, swap, mechanisms, contexts);
        collapse = new Collapse(
                space,
                geometry,
                sync,
                events,
                memory,
                tables,
                spaces,
                files,
                policies,
                mappings,
                rmap,
                faults.handler(),
                swap,
                mechanisms);
        FolioSplitter plannedSplits =
                new PlannedSplits(sync, events, memory, tables, spaces, mappings, policies, splitter);
        calls = new MmCalls(new MmContext(
                space,
                geometry,
                sync,
                events,
                memory,
                tables,
                spaces,
                files,
                mappings,
                faults,
                policies,
                swap,
                plannedSplits,
                reclaim,
                collapse,
                mechanisms,
                contexts));
        userfaults = new Userfaults(
                new UserfaultParts(geometry, sync, events, memory, tables, spaces, files, mappings, contexts));
        pins = new Pins(new GupParts(
                space,
                sync,
                memory,
                tables,
                spaces,
                files,
                faults.handler(),
                policies,
                new SplitPlans(mappings.deferred(), plannedSplits, memory.vmstat())));
    }

    Userfaults userfaults() {
        return userfaults;
    }

    Pins pins() {
        return pins;
    }

    RmapWalk rmap() {
        return rmap;
    }

    PolicyGateway policies() {
        return policies;
    }

    Faults faults() {
        return faults;
    }

    MmCalls calls() {
        return calls;
    }

    Reclaim reclaim() {
        return reclaim;
    }

    DeferredScan deferredScan() {
        return deferredScan;
    }

    Collapse collapse() {
        return collapse;
    }
}
