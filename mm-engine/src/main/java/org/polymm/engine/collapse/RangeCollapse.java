package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.FaultHandler;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.ThpTunable;
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
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * Scans one PMD-sized range of anonymous memory and collapses it, or pieces of it, if the policy says so: {@code hpage_collapse_scan_pmd}
 * and on.
 *
 * <p>A piece is an aligned part of a smaller order. Its folio is mapped by entries of the table that was there, which is out of its PMD entry
 * meanwhile, as for a whole range.
 */
final class RangeCollapse {

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
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
    private final FaultHandler faults;
    private final LruLists lru;
    private final ThpSettings settings;
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
            FaultHandler faults,
            SwapCache swap,
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
        this.faults = faults;
        this.lru = memory.lru();
        this.settings = memory.thp();
        this.collapsible = collapsible;
        this.oldPages = new OldPages(sync, memory, mappings.rmap(), swap);
        this.frames = memory.frames();
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
        Piece range = new Piece(mm, address, forced, 0, pmdOrder);
        Scan scan = scan(range, vma);
        ScanResult result = reason(scan.decision);
        if (scan.decision instanceof CollapseDecision.Collapse to) {
            if (to.order() < pmdOrder) {
                result = collapsePieces(range, to.order());
            } else {
                locks.readUnlock(mm);
                result = allocateAndReplace(range, scan.absent);
            }
        }
        vmstat.scanned(result);
        if (result != ScanResult.SUCCEED) {
            events.record(EventKind.COLLAPSE_SCAN, mm, address, result.ordinal());
        }
        return result;
    }

    /**
     * What is to become one folio.
     *
     * @param address where the range of the table begins, in bytes
     * @param first the first entry of the piece; 0 if it is the whole range
     * @param order of the folio
     */
    private record Piece(int mm, long address, boolean forced, int first, int order) {

        Piece of(int index, int smaller) {
            return new Piece(mm, address, forced, index, smaller);
        }

        int end() {
            return first + (1 << order);
        }

        long start() {
            return address + ((long) first << Geometry.PAGE_SHIFT);
        }
    }

    /**
     * What a look at the table gave.
     *
     * @param absent whether entries are not present that are not none: to be brought back before a collapse
     */
    private record Scan(CollapseDecision decision, boolean absent) {

        static Scan skip(ScanResult reason) {
            return new Scan(new CollapseDecision.Skip(reason), false);
        }
    }

    private Scan scan(Piece piece, int vma) {
        int root = mms.pgd(piece.mm);
        ScanResult table = tableAt(tables.peekPmd(root, piece.address));
        if (table != ScanResult.SUCCEED) {
            return Scan.skip(table);
        }
        int leaf = tables.lockLeaf(root, piece.address);
        if (leaf == 0) {
            return Scan.skip(ScanResult.NO_PTE_TABLE);
        }
        CollapseDecision decision = choose(describe(piece, vma, leaf), piece.order);
        boolean absent = isAnyAbsent(tables.row(leaf), piece);
        tables.unlockLeaf(leaf);
        return new Scan(decision, absent);
    }

    private static boolean isAnyAbsent(long[] row, Piece piece) {
        for (int index = piece.first; index < piece.end(); index++) {
            if (isAbsent(row[index])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAbsent(long entry) {
        return entry != Pte.NONE && !Pte.isPresent(entry);
    }

    private static ScanResult reason(CollapseDecision decision) {
        return decision instanceof CollapseDecision.Skip skip ? skip.reason() : ScanResult.SUCCEED;
    }

    private static ScanResult tableAt(long pmd) {
        if (Pte.isTable(pmd)) {
            return ScanResult.SUCCEED;
        }
        return Pte.isPresent(pmd) ? ScanResult.PMD_MAPPED : ScanResult.NO_PTE_TABLE;
    }

    private CollapseFacts describe(Piece piece, int vma, int leaf) {
        facts.at(piece.mm, vma, piece.address >>> Geometry.PAGE_SHIFT, tables.row(leaf), piece.forced);
        return piece.order < pmdOrder ? facts.piece(piece.first, piece.order) : facts;
    }

    /** Asks the policy; the table is locked. */
    private CollapseDecision choose(CollapseFacts described, int order) {
        CollapseDecision decision = decisions.chooseCollapse(described);
        if (order == pmdOrder && decision instanceof CollapseDecision.Skip skip) {
            counted(skip.reason());
        }
        return decision;
    }

    private void counted(ScanResult reason) {
        switch (reason) {
            case EXCEED_NONE_PTE -> vmstat.increment(VmstatItem.THP_SCAN_EXCEED_NONE_PTE);
            case EXCEED_SWAP_PTE -> vmstat.increment(VmstatItem.THP_SCAN_EXCEED_SWAP_PTE);
            case EXCEED_SHARED_PTE -> vmstat.increment(VmstatItem.THP_SCAN_EXCEED_SHARE_PTE);
            default -> {}
        }
    }

    // ---- pieces

    /**
     * Collapses what the policy wants of the pieces of a range, the largest order first, then asks about the range again.
     *
     * <p>The mmap lock is held for reading, and may not be when this returns.
     *
     * @return why the range is not huge
     */
    private ScanResult collapsePieces(Piece range, int largest) {
        int order = largest;
        ScanResult last = ScanResult.FAIL;
        while (true) {
            for (int index = 0; index < range.end(); index += 1 << order) {
                ScanResult found = lockAgain(range);
                if (found != ScanResult.SUCCEED) {
                    return found;
                }
                Piece piece = range.of(index, order);
                Scan scan = scan(piece, spaces.find(range.mm, range.address));
                last = reason(scan.decision);
                if (scan.decision instanceof CollapseDecision.Collapse) {
                    locks.readUnlock(range.mm);
                    last = allocateAndReplace(piece, scan.absent);
                }
            }
            ScanResult found = lockAgain(range);
            if (found != ScanResult.SUCCEED) {
                return found;
            }
            CollapseDecision next = scan(range, spaces.find(range.mm, range.address)).decision;
            if (!(next instanceof CollapseDecision.Collapse to) || to.order() >= order) {
                return next instanceof CollapseDecision.Skip skip ? skip.reason() : notHuge(last);
            }
            order = to.order();
        }
    }

    private static ScanResult notHuge(ScanResult last) {
        return last == ScanResult.SUCCEED ? ScanResult.FAIL : last;
    }

    /** Takes the mmap lock for reading if it is not held, and looks the range up again. Without success it is not held. */
    private ScanResult lockAgain(Piece range) {
        if (sync.isHeld(LockClass.MMAP_LOCK, range.mm)) {
            return ScanResult.SUCCEED;
        }
        locks.readLock(range.mm);
        ScanResult found = collapsible.revalidate(range.mm, range.address, range.forced, true);
        if (found != ScanResult.SUCCEED) {
            locks.readUnlock(range.mm);
        }
        return found;
    }

    // ---- collapse_huge_page

    private ScanResult allocateAndReplace(Piece piece, boolean absent) {
        int folio = piece.forced || settings.isOn(ThpTunable.KHUGEPAGED_DEFRAG)
                ? folios.allocAnon(piece.order)
                : folios.tryAllocAnon(piece.order);
        if (piece.order == pmdOrder) {
            vmstat.increment(folio == 0 ? VmstatItem.THP_COLLAPSE_ALLOC_FAILED : VmstatItem.THP_COLLAPSE_ALLOC);
        }
        if (folio == 0) {
            return ScanResult.ALLOC_HUGE_PAGE_FAIL;
        }
        ScanResult result = absent ? bringBack(piece) : ScanResult.SUCCEED;
        if (result == ScanResult.SUCCEED) {
            locks.writeLock(piece.mm);
            result = collapsible.revalidate(piece.mm, piece.address, piece.forced, true);
            if (result == ScanResult.SUCCEED) {
                result = replace(piece, spaces.find(piece.mm, piece.address), folio);
            }
            locks.writeUnlock(piece.mm);
        }
        if (result != ScanResult.SUCCEED) {
            folios.put(folio, 1);
        }
        return result;
    }

    /** Brings back what the entries of a piece have swapped out: {@code __collapse_huge_page_swapin}. No lock is held before and after. */
    private ScanResult bringBack(Piece piece) {
        int mm = piece.mm;
        locks.readLock(mm);
        ScanResult result = collapsible.revalidate(mm, piece.address, piece.forced, true);
        if (result == ScanResult.SUCCEED) {
            result = tableAt(tables.peekPmd(mms.pgd(mm), piece.address));
        }
        if (result == ScanResult.SUCCEED) {
            result = bringBackEach(piece, spaces.find(mm, piece.address));
        }
        if (sync.isHeld(LockClass.MMAP_LOCK, mm)) {
            locks.readUnlock(mm);
        }
        return result;
    }

    private ScanResult bringBackEach(Piece piece, int vma) {
        int root = mms.pgd(piece.mm);
        boolean any = false;
        for (int index = piece.first; index < piece.end(); index++) {
            long address = piece.address + ((long) index << Geometry.PAGE_SHIFT);
            if (tables.peekLeaf(root, address) == 0) {
                return ScanResult.NO_PTE_TABLE;
            }
            long entry = tables.peek(root, address);
            if (!isAbsent(entry)) {
                continue;
            }
            int result = faults.bringBack(piece.mm, vma, address, entry);
            if (result == FaultResult.RETRY) {
                return ScanResult.PAGE_LOCK;
            }
            if (result != FaultResult.DONE) {
                return ScanResult.FAIL;
            }
            any = true;
        }
        if (any) {
            lru.drain();
        }
        return ScanResult.SUCCEED;
    }

    /** With the mmap lock held for writing, so that no fault and no other system call is in the way. */
    private ScanResult replace(Piece piece, int vma, int folio) {
        int root = mms.pgd(piece.mm);
        long address = piece.address;
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

        ScanResult result = isolate(piece, vma, leaf);
        if (result != ScanResult.SUCCEED) {
            putBack(root, pmdTable, address, leaf);
        } else if (piece.order < pmdOrder) {
            // The table still maps other pages, which walks must not look for while it is away.
            takeAndMap(piece, vma, leaf, folio);
            putBack(root, pmdTable, address, leaf);
        }
        anonVmas.unlock(anonVma);
        if (result == ScanResult.SUCCEED && piece.order == pmdOrder) {
            take(piece, vma, leaf, folio);
            map(piece.mm, vma, address, pmdTable, leaf, folio);
        }
        return result;
    }

    private void putBack(int root, int pmdTable, long address, int leaf) {
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        tables.installLeaf(root, pmdTable, address, leaf);
        tables.unlockPmd(pmdTable);
    }

    private ScanResult isolate(Piece piece, int vma, int leaf) {
        sync.lock(LockClass.PTL, leaf);
        CollapseDecision decision = choose(describe(piece, vma, leaf).lastLook(), piece.order);
        boolean wanted = decision instanceof CollapseDecision.Collapse to && to.order() == piece.order;
        ScanResult result =
                wanted ? oldPages.isolate(tables.row(leaf), piece.first, piece.end()) : notHuge(reason(decision));
        sync.unlock(LockClass.PTL, leaf);
        return result;
    }

    private void take(Piece piece, int vma, int leaf, int folio) {
        long[] row = tables.row(leaf);
        oldPages.copy(row, piece.first, piece.end(), folio);
        sync.lock(LockClass.PTL, leaf);
        unmap(piece, vma, leaf);
        sync.unlock(LockClass.PTL, leaf);
    }

    private void unmap(Piece piece, int vma, int leaf) {
        tables.touchEntries(leaf, piece.first, piece.end());
        int filled = oldPages.unmap(tables.row(leaf), piece.first, piece.end(), vma, piece.start());
        mms.addRssAnon(piece.mm, filled);
    }

    /** Replaces the pages of a piece, and maps the folio by entries of the same table. */
    private void takeAndMap(Piece piece, int vma, int leaf, int folio) {
        long[] row = tables.row(leaf);
        oldPages.copy(row, piece.first, piece.end(), folio);
        sync.lock(LockClass.PTL, leaf);
        unmap(piece, vma, leaf);
        frames.addRefs(folio, (1 << piece.order) - 1);
        rmap.addNewAnon(folio, vma, piece.start());
        rmap.addNewToLru(folio, vma, piece.start(), MappingLevel.PTE);
        long entry = Pte.present(folio, bits(vma));
        for (int index = piece.first; index < piece.end(); index++) {
            row[index] = entry;
            entry += Pte.NEXT_PAGE;
        }
        sync.unlock(LockClass.PTL, leaf);
        events.record(EventKind.COLLAPSE, piece.mm, piece.start(), folio);
    }

    private long bits(int vma) {
        long flags = vmas.flags(vma);
        return PageProtection.ofPrivate(flags) | PageProtection.writeBit(flags) | Pte.ACCESSED | Pte.DIRTY;
    }

    private void map(int mm, int vma, long address, int pmdTable, int leaf, int huge) {
        int root = mms.pgd(mm);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        rmap.addNewAnonPmd(huge, vma, address);
        rmap.addNewToLru(huge, vma, address, MappingLevel.PMD);
        tables.depositLeaf(root, leaf);
        tables.setPmd(root, pmdTable, address, Pte.present(huge, bits(vma) | Pte.HUGE));
        deferred.maybeUnderused(huge);
        tables.unlockPmd(pmdTable);
        events.record(EventKind.COLLAPSE, mm, address, huge);
    }
}
