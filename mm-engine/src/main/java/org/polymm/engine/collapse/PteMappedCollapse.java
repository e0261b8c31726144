package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Replaces the entries that map the pages of a huge folio of the page cache by nothing, or by one PMD entry: {@code try_collapse_pte_mapped_thp}.
 *
 * <p>Two passes under the page-table lock, which is dropped in between: the first only looks, so that most refusals change nothing. What the
 * second has cleared when it meets something new stays cleared; faults bring it back.
 */
final class PteMappedCollapse {

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Folios folios;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Files files;
    private final RmapAccounting rmap;
    private final RssAccounting rss;
    private final CollapsibleVmas collapsible;

    PteMappedCollapse(
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Files files,
            Mappings mappings,
            CollapsibleVmas collapsible) {
        this.sync = sync;
        this.events = events;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.vmstat = memory.vmstat();
        this.tables = tables;
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.files = files;
        this.rmap = mappings.rmap();
        this.rss = mappings.rss();
        this.collapsible = collapsible;
    }

    /**
     * Collapses the entries of a block and maps it huge. The mmap lock is held for reading.
     *
     * @param address where the block is shown, in bytes
     * @param install whether it is mapped huge at once, rather than by the next fault
     * @return SUCCEED or PMD_MAPPED if that was done, or was so already; else why not
     */
    ScanResult collapse(int mm, long address, boolean install) {
        ScanResult result = attempt(mm, address, install);
        vmstat.collapsedEntries(result);
        events.record(EventKind.COLLAPSE_SCAN, mm, address, result.ordinal());
        return result;
    }

    private ScanResult attempt(int mm, long address, boolean install) {
        int root = mms.pgd(mm);
        if (Pte.isHuge(tables.peekPmd(root, address))) {
            return ScanResult.PMD_MAPPED;
        }
        int vma = spaces.find(mm, address);
        if (vma == 0
                || vmas.file(vma) == 0
                || collapsible.firstBlock(vma) > address
                || collapsible.endOfBlocks(vma) < address + tables.pmdSize()
                || !collapsible.isAllowed(vma, true)) {
            return ScanResult.VMA_CHECK;
        }
        if (vmas.has(vma, VmFlags.VM_UFFD_WP)) {
            return ScanResult.PTE_UFFD_WP;
        }
        int file = vmas.file(vma);
        long first = vmas.pgoffAt(vma, address);
        int huge = lockedHuge(file, first);
        if (huge == 0) {
            return files.page(file, first) == 0 ? ScanResult.PAGE_NULL : ScanResult.PAGE_COMPOUND;
        }
        ScanResult result = replace(mm, root, vma, address, huge, install);
        sync.unlock(LockClass.FOLIO_LOCK, huge);
        folios.put(huge, 1);
        return result;
    }

    /**
     * The huge folio that begins at a page of a file, locked and with a reference for the caller.
     *
     * @return 0 if there is none
     */
    int lockedHuge(int file, long first) {
        int page = files.page(file, first);
        if (page == 0 || frames.head(page) != page || frames.pages(page) != tables.entries()) {
            return 0;
        }
        frames.get(page);
        sync.lock(LockClass.FOLIO_LOCK, page);
        if (files.peek(file, first) == page && frames.pages(page) == tables.entries()) {
            return page;
        }
        sync.unlock(LockClass.FOLIO_LOCK, page);
        folios.put(page, 1);
        return 0;
    }

    private ScanResult replace(int mm, int root, int vma, long address, int huge, boolean install) {
        int pmdTable = tables.pmdTableAlloc(root, address);
        if (tables.peekPmd(root, address) != Pte.NONE) {
            ScanResult result = clearEntries(mm, root, vma, address, huge);
            if (result != ScanResult.SUCCEED) {
                return result;
            }
            int gone = detach(root, pmdTable, address);
            if (gone < 0) {
                return ScanResult.FAIL;
            }
            sync.point(Point.TLB_FLUSH, mm);
            tables.freeTable(root, gone);
        }
        return !install || install(mm, root, pmdTable, vma, address, huge) ? ScanResult.SUCCEED : ScanResult.FAIL;
    }

    /** Takes an empty table out of its PMD entry; -1 if there is none, or something was put into it meanwhile. */
    private int detach(int root, int pmdTable, long address) {
        tables.lockPmd(pmdTable);
        int leaf = tables.leaf(root, address);
        int gone = -1;
        if (leaf != 0) {
            sync.lock(LockClass.PTL, leaf);
            if (tables.isEmpty(leaf)) {
                tables.writePmdPoint(pmdTable, address);
                gone = tables.detachLeaf(root, pmdTable, address);
            }
            tables.unlockLeaf(leaf);
        }
        tables.unlockPmd(pmdTable);
        return gone;
    }

    /**
     * Clears the entries of a block that map the pages of a huge folio: both passes.
     *
     * @param huge the folio, locked
     * @return SUCCEED if the table is empty; else what is in the way
     */
    ScanResult clearEntries(int mm, int root, int vma, long address, int huge) {
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            return ScanResult.NO_PTE_TABLE;
        }
        ScanResult result = look(tables.row(leaf), huge);
        tables.unlockLeaf(leaf);
        if (result != ScanResult.SUCCEED) {
            return result;
        }
        int again = tables.lockLeaf(root, address);
        if (again != leaf) {
            if (again != 0) {
                tables.unlockLeaf(again);
            }
            return ScanResult.FAIL;
        }
        result = clear(mm, vma, leaf, address, huge);
        tables.unlockLeaf(leaf);
        return result;
    }

    private ScanResult look(long[] row, int huge) {
        for (int index = 0; index < tables.entries(); index++) {
            ScanResult result = look(row[index], huge + index);
            if (result != ScanResult.SUCCEED) {
                return result;
            }
        }
        return ScanResult.SUCCEED;
    }

    private static ScanResult look(long entry, int page) {
        if (entry == Pte.NONE) {
            return ScanResult.SUCCEED;
        }
        if (!Pte.isPresent(entry)) {
            return ScanResult.PTE_NON_PRESENT;
        }
        return Pte.isNormalPage(entry) && Pte.pfn(entry) == page ? ScanResult.SUCCEED : ScanResult.FAIL;
    }

    private ScanResult clear(int mm, int vma, int leaf, long address, int huge) {
        long[] row = tables.row(leaf);
        int cleared = 0;
        ScanResult result = ScanResult.SUCCEED;
        for (int index = 0; index < tables.entries() && result == ScanResult.SUCCEED; index++) {
            if (row[index] == Pte.NONE) {
                continue;
            }
            long at = address + index * PAGE;
            tables.writePoints(leaf, at, 1);
            long entry = row[index];
            result = look(entry, huge + index) == ScanResult.SUCCEED ? ScanResult.SUCCEED : ScanResult.FAIL;
            if (result == ScanResult.SUCCEED) {
                row[index] = Pte.NONE;
                if ((entry & Pte.DIRTY) != 0) {
                    frames.setFlags(huge, Frames.DIRTY);
                }
                rmap.remove(huge + index, 1, vma, at);
                cleared++;
            }
        }
        if (cleared > 0) {
            rss.add(mm, huge, -cleared);
            folios.put(huge, cleared);
            sync.point(Point.TLB_FLUSH, mm);
        }
        return result;
    }

    /** Maps the folio by a PMD entry, unless somebody else has put something there. */
    private boolean install(int mm, int root, int pmdTable, int vma, long address, int huge) {
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        boolean empty = tables.pmd(root, address) == Pte.NONE;
        if (empty) {
            installLocked(mm, root, pmdTable, vma, address, huge);
        }
        tables.unlockPmd(pmdTable);
        return empty;
    }

    /** Maps the folio by a PMD entry that is none, with a reference of its own. The PMD lock is held. */
    void installLocked(int mm, int root, int pmdTable, int vma, long address, int huge) {
        frames.get(huge);
        rss.add(mm, huge, frames.pages(huge));
        rmap.addFilePmd(huge, vma, address);
        long bits = PageProtection.of(vmas.flags(vma), !files.is(vmas.file(vma), Files.SHMEM));
        tables.setPmd(root, pmdTable, address, Pte.present(huge, bits | Pte.ACCESSED | Pte.HUGE));
        vmstat.increment(VmstatItem.THP_FILE_MAPPED);
        vmstat.did(Work.FILE_FAULTS, 1);
        events.record(EventKind.FILE_PMD_MAPPED, mm, address, huge);
    }
}
