package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.mapping.DeferredSplits;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.CollapseFacts;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/** Scans one PMD-sized range of anonymous memory and collapses it if the policy says so: {@code hpage_collapse_scan_pmd} and on. */
final class RangeCollapse {

    private final Sync sync;
    private final EventLog events;
    private final Folios folios;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final AnonVmas anonVmas;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final RmapAccounting rmap;
    private final DeferredSplits deferred;
    private final Decisions decisions;
    private final CollapseFacts facts;
    private final CollapsibleVmas collapsible;
    private final OldPages oldPages;
    private final int pmdOrder;
    private final boolean waitsForGup;

    RangeCollapse(
            Geometry geometry,
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            PolicyGateway policies,
            Mappings mappings,
            CollapsibleVmas collapsible,
            boolean waitsForGup) {
        this.sync = sync;
        this.events = events;
        this.folios = memory.folios();
        this.vmstat = memory.vmstat();
        this.tables = tables;
        this.spaces = spaces;
        this.anonVmas = spaces.anonVmas();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.rmap = mappings.rmap();
        this.deferred = mappings.deferred();
        this.decisions = policies.decisions();
        this.facts = policies.collapse();
        this.collapsible = collapsible;
        this.oldPages = new OldPages(sync, memory, mappings.rmap(), geometry.entries());
        this.pmdOrder = geometry.pmdOrder();
        this.waitsForGup = waitsForGup;
    }

    /**
     * Scans a range, and collapses it if the policy wants it.
     *
     * <p>Called with the mmap lock held for reading. It is still held if the scan said no, and dropped if a collapse was tried: ask {@link
     * Sync#isHeld}.
     *
     * @param vma the VMA, which has room for a huge folio there
     * @param address where the range begins, in bytes
     * @param forced whether MADV_COLLAPSE asks
     * @return SUCCEED, or why not
     */
    ScanResult collapse(int mm, int vma, long address, boolean forced) {
        ScanResult result = scan(mm, vma, address, forced);
        if (result == ScanResult.SUCCEED) {
            locks.readUnlock(mm);
            result = allocateAndReplace(mm, address, forced);
        }
        if (result != ScanResult.SUCCEED) {
            events.record(EventKind.COLLAPSE_SCAN, mm, address, result.ordinal());
        }
        return result;
    }

    private ScanResult scan(int mm, int vma, long address, boolean forced) {
        int root = mms.pgd(mm);
        ScanResult table = tableAt(tables.peekPmd(root, address));
        if (table != ScanResult.SUCCEED) {
            return table;
        }
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            return ScanResult.NO_PTE_TABLE;
        }
        ScanResult result = choose(mm, vma, address, leaf, forced);
        tables.unlockLeaf(leaf);
        return result;
    }

    private static ScanResult tableAt(long pmd) {
        if (Pte.isTable(pmd)) {
            return ScanResult.SUCCEED;
        }
        return Pte.isPresent(pmd) ? ScanResult.PMD_MAPPED : ScanResult.NO_PTE_TABLE;
    }

    /** Asks the policy; the table is locked. */
    private ScanResult choose(int mm, int vma, long address, int leaf, boolean forced) {
        facts.at(mm, vma, address >>> Geometry.PAGE_SHIFT, tables.row(leaf), forced);
        return switch (decisions.chooseCollapse(facts)) {
            case CollapseDecision.Collapse collapse -> ScanResult.SUCCEED;
            case CollapseDecision.Skip skip -> counted(skip.reason());
        };
    }

    private ScanResult counted(ScanResult reason) {
        switch (reason) {
            case EXCEED_NONE_PTE -> vmstat.increment(VmstatItem.THP_SCAN_EXCEED_NONE_PTE);
            case EXCEED_SWAP_PTE -> vmstat.increment(VmstatItem.THP_SCAN_EXCEED_SWAP_PTE);
            case EXCEED_SHARED_PTE -> vmstat.increment(VmstatItem.THP_SCAN_EXCEED_SHARE_PTE);
            default -> {}
        }
        return reason;
    }

    // ---- collapse_huge_page

    private ScanResult allocateAndReplace(int mm, long address, boolean forced) {
        int huge = folios.allocAnon(pmdOrder);
        vmstat.increment(huge == 0 ? VmstatItem.THP_COLLAPSE_ALLOC_FAILED : VmstatItem.THP_COLLAPSE_ALLOC);
        if (huge == 0) {
            return ScanResult.ALLOC_HUGE_PAGE_FAIL;
        }
        locks.writeLock(mm);
        ScanResult result = collapsible.revalidate(mm, address, forced);
        if (result == ScanResult.SUCCEED) {
            result = replace(mm, spaces.find(mm, address), address, forced, huge);
        }
        locks.writeUnlock(mm);
        if (result != ScanResult.SUCCEED) {
            folios.put(huge, 1);
        }
        return result;
    }

    /** With the mmap lock held for writing, so that no fault and no other system call is in the way. */
    private ScanResult replace(int mm, int vma, long address, boolean forced, int huge) {
        int root = mms.pgd(mm);
        ScanResult table = tableAt(tables.peekPmd(root, address));
        if (table != ScanResult.SUCCEED) {
            return table;
        }
        locks.startWrite(vma);
        int anonVma = vmas.anonVma(vma);
        anonVmas.writeLock(anonVma);
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        int leaf = tables.detachLeaf(root, pmdTable, address);
        tables.unlockPmd(pmdTable);
        if (waitsForGup) {
            sync.waitForSections(LockClass.IRQS_OFF);
        }

        ScanResult result = isolate(mm, vma, address, leaf, forced);
        if (result != ScanResult.SUCCEED) {
            tables.lockPmd(pmdTable);
            tables.writePmdPoint(pmdTable, address);
            tables.installLeaf(root, pmdTable, address, leaf);
            tables.unlockPmd(pmdTable);
            anonVmas.unlock(anonVma);
            return result;
        }
        anonVmas.unlock(anonVma);
        take(mm, vma, address, leaf, huge);
        map(mm, vma, address, pmdTable, leaf, huge);
        return ScanResult.SUCCEED;
    }

    private ScanResult isolate(int mm, int vma, long address, int leaf, boolean forced) {
        sync.lock(LockClass.PTL, leaf);
        ScanResult result = choose(mm, vma, address, leaf, forced);
        if (result == ScanResult.SUCCEED) {
            result = oldPages.isolate(tables.row(leaf));
        }
        sync.unlock(LockClass.PTL, leaf);
        return result;
    }

    private void take(int mm, int vma, long address, int leaf, int huge) {
        long[] row = tables.row(leaf);
        oldPages.copy(row, huge);
        sync.lock(LockClass.PTL, leaf);
        tables.touchEntries(leaf, 0, tables.entries());
        int filled = oldPages.unmap(row, vma, address);
        sync.unlock(LockClass.PTL, leaf);
        mms.addRssAnon(mm, filled);
    }

    private void map(int mm, int vma, long address, int pmdTable, int leaf, int huge) {
        int root = mms.pgd(mm);
        long flags = vmas.flags(vma);
        long bits =
                PageProtection.ofPrivate(flags) | PageProtection.writeBit(flags) | Pte.ACCESSED | Pte.DIRTY | Pte.HUGE;
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        rmap.addNewAnonPmd(huge, vma, address);
        rmap.addNewToLru(huge, vma, address, MappingLevel.PMD);
        tables.depositLeaf(root, leaf);
        tables.setPmd(root, pmdTable, address, Pte.present(huge, bits));
        deferred.maybeUnderused(huge);
        tables.unlockPmd(pmdTable);
        events.record(EventKind.COLLAPSE, mm, address, huge);
    }
}
