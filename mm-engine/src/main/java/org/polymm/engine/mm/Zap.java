package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Removes the entries of a range of one VMA: {@code unmap_page_range}, for munmap, exit, MADV_DONTNEED and truncation.
 *
 * <pre>
 *   VMA      |-----------------------------------------------|
 *   range            [##########################)
 *   PMDs     |  table   |  huge    |  huge    |  none    |
 *                    entries    whole:   cut: split to a   skipped
 *                    one by     one      table, then as a
 *                    one        entry    table
 * </pre>
 *
 * <p>Runs of consecutive pages of one folio are taken together. References are left with the {@link Gather}, which gives them back when the
 * caller has flushed.
 */
final class Zap {

    /** Markers go too: the addresses will not be mapped any more. */
    static final int DROP_MARKERS = 1;
    /** A page table that ends up empty is freed at once ({@code CONFIG_PT_RECLAIM}), as MADV_DONTNEED does. */
    static final int RECLAIM_TABLES = 1 << 1;

    /** Private copies of pages of a file stay, in memory and in swap, and so does poison: a hole was punched into the file. */
    static final int KEEP_COPIES = 1 << 3;

    /** Internal: write-protected entries leave a marker behind. */
    private static final int KEEP_UFFD_WP = 1 << 2;

    /** Bits in which the entries of a run may differ. */
    private static final long IGNORED = Pte.ACCESSED | Pte.DIRTY | Pte.WRITE | Pte.SOFT_DIRTY;

    private final Frames frames;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final RmapAccounting rmap;
    private final Boundaries boundaries;
    private final SwapCache swap;
    private final Sync sync;
    private final EventLog log;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmContext parts;
    private final GatherArrays arrays = new GatherArrays();

    Zap(MmContext parts, Boundaries boundaries) {
        this.parts = parts;
        this.frames = parts.memory().frames();
        this.lru = parts.memory().lru();
        this.vmstat = parts.memory().vmstat();
        this.tables = parts.tables();
        this.rmap = parts.mappings().rmap();
        this.boundaries = boundaries;
        this.swap = parts.swap();
        this.sync = parts.sync();
        this.log = parts.log();
        this.mms = parts.spaces().mms();
        this.vmas = parts.spaces().vmas();
    }

    /**
     * Begins an operation that removes entries.
     *
     * @param mm the address space
     * @return what takes the references, until its {@link Gather#finish}
     */
    Gather gather(int mm) {
        return new Gather(parts, arrays, mm);
    }

    /**
     * Removes entries.
     *
     * @param gather takes the references
     * @param vma the VMA
     * @param start first address, in bytes, page aligned
     * @param end where to stop, in bytes, not above the VMA's end
     * @param mode {@link #DROP_MARKERS}, {@link #RECLAIM_TABLES} and {@link #KEEP_COPIES}, or-ed
     * @param cause what a boundary policy is told
     */
    void range(Gather gather, int vma, long start, long end, int mode, BoundaryCause cause) {
        int root = mms.pgd(vmas.mm(vma));
        int how = mode | (keepsUffdWp(vma, mode) ? KEEP_UFFD_WP : 0);
        long at = tables.nextPopulated(root, start, end);
        while (at < end) {
            long next = tables.pmdEnd(at, end);
            pmd(gather, root, vma, at, next, how, cause);
            gather.relieve();
            at = tables.nextPopulated(root, next, end);
        }
        if (log.isOn()) {
            log.record(EventKind.ZAP, vmas.mm(vma), start, Pages.count(end - start));
        }
    }

    private boolean keepsUffdWp(int vma, int mode) {
        return (mode & DROP_MARKERS) == 0 && !vmas.isAnonymous(vma) && vmas.has(vma, VmFlags.VM_UFFD_WP);
    }

    private void pmd(Gather gather, int root, int vma, long at, long next, int mode, BoundaryCause cause) {
        long entry = tables.pmd(root, at);
        if (!Pte.isTable(entry) && !Pte.isNone(entry)) {
            if (next - at == tables.pmdSize()) {
                if (huge(gather, root, vma, at)) {
                    return;
                }
            } else {
                boundaries.pmdSplit(vma, at, cause);
            }
        }
        int leaf = tables.lockLeaf(root, at);
        if (leaf == 0) {
            return;
        }
        boolean all = entries(gather, vma, tables.row(leaf), leaf, at, next, mode, cause);
        gather.settleRss();
        tables.unlockLeaf(leaf);
        if (gather.hasPlans()) {
            boundaries.carryOut(gather, vma);
        }
        if (all && (mode & RECLAIM_TABLES) != 0 && next - at == tables.pmdSize()) {
            reclaimTable(root, at, leaf);
        }
    }

    /** Removes the entries of one table, whose lock is held. Returns whether none is left in the range. */
    private boolean entries(
            Gather gather, int vma, long[] row, int leaf, long from, long to, int mode, BoundaryCause cause) {
        boolean all = true;
        int zapped = 0;
        int index = tables.pteIndex(from);
        int end = index + (int) Pages.count(to - from);
        long address = from;
        while (index < end) {
            long entry = row[index];
            int run = 1;
            if (entry != Pte.NONE) {
                sync.point(Point.WRITE_PTE, (long) leaf << 16 | index);
                entry = row[index];
                if (Pte.isNormalPage(entry)) {
                    tables.touchEntries(leaf, index, Math.min(end, index + frames.pages(frames.head(Pte.pfn(entry)))));
                    run = present(gather, vma, row, index, end, entry, address, mode, cause);
                } else {
                    all &= other(gather, vma, row, index, entry, mode);
                }
                zapped += run;
            }
            index += run;
            address += (long) run << Geometry.PAGE_SHIFT;
        }
        vmstat.did(Work.ZAPPED_PTES, zapped);
        return all;
    }

    private int present(
            Gather gather,
            int vma,
            long[] row,
            int index,
            int end,
            long entry,
            long address,
            int mode,
            BoundaryCause cause) {
        int page = Pte.pfn(entry);
        if ((mode & KEEP_COPIES) != 0 && frames.test(frames.head(page), Frames.ANON)) {
            return 1;
        }
        gather.cleared();
        if ((frames.flags(page) & (Frames.ORDER_MASK | Frames.ANON)) == Frames.ANON && (mode & KEEP_UFFD_WP) == 0) {
            row[index] = Pte.NONE;
            gather.anon(1);
            rmap.remove(page, 1, vma, address);
            gather.add(page);
            return 1;
        }
        return run(gather, vma, row, index, end, page, address, mode, cause);
    }

    /** A page of a large folio, or of a file: takes all entries that go on with its next pages. */
    private int run(
            Gather gather,
            int vma,
            long[] row,
            int index,
            int end,
            int page,
            long address,
            int mode,
            BoundaryCause cause) {
        int head = frames.head(page);
        int most = Math.min(end - index, frames.pages(head) - (page - head));
        int count = Pte.run(row, index, most, IGNORED);
        boolean anon = frames.test(head, Frames.ANON);
        long bits = clear(row, index, count, mode);
        if (!anon) {
            touchFile(vma, head, bits);
        }
        count(gather, head, count);
        boolean partially = rmap.remove(page, count, vma, address);
        if (partially && anon) {
            gather.plan(head, boundaries.removed(vma, head, address, cause));
        }
        gather.add(head, count);
        return count;
    }

    /** Empties entries. Returns the bits that any of them had. */
    private static long clear(long[] row, int index, int count, int mode) {
        long any = 0;
        for (int i = index; i < index + count; i++) {
            long entry = row[i];
            any |= entry;
            boolean marked = (mode & KEEP_UFFD_WP) != 0 && (entry & Pte.UFFD_WP) != 0;
            row[i] = marked ? Pte.marker(Pte.MARKER_UFFD_WP) : Pte.NONE;
        }
        return any;
    }

    private void touchFile(int vma, int head, long bits) {
        if ((bits & Pte.DIRTY) != 0) {
            frames.setFlags(head, Frames.DIRTY);
        }
        if ((bits & Pte.ACCESSED) != 0 && !vmas.has(vma, VmFlags.VM_SEQ_READ | VmFlags.VM_RAND_READ)) {
            lru.markAccessed(head);
        }
    }

    /** An entry without a page of its own. Returns whether it is gone. */
    private boolean other(Gather gather, int vma, long[] row, int index, long entry, int mode) {
        if (Pte.isPresent(entry)) {
            gather.cleared();
        } else if ((mode & KEEP_COPIES) != 0 && isCopy(entry)) {
            return false;
        } else if (Pte.isSwap(entry)) {
            gather.swap(1);
            swap.free(Pte.swapOffset(entry));
            if ((mode & KEEP_UFFD_WP) != 0 && Pte.isUffdWp(entry)) {
                row[index] = Pte.marker(Pte.MARKER_UFFD_WP);
                return false;
            }
        } else if (Pte.isMigration(entry)) {
            count(gather, frames.head(Pte.pfn(entry)), 1);
        } else if (!isDropped(vma, Pte.markers(entry), mode)) {
            return false;
        }
        row[index] = Pte.NONE;
        return true;
    }

    /** Whether an entry without a page stands for a private page, or says that there is poison. */
    private boolean isCopy(long entry) {
        return Pte.isSwap(entry)
                || Pte.isMigration(entry) && frames.test(frames.head(Pte.pfn(entry)), Frames.ANON)
                || (Pte.markers(entry) & Pte.MARKER_POISON) != 0;
    }

    /** Guard regions outlive MADV_DONTNEED; so does write-protection of file pages; poison does not. */
    private boolean isDropped(int vma, int markers, int mode) {
        if ((mode & DROP_MARKERS) != 0 || (markers & Pte.MARKER_POISON) != 0) {
            return true;
        }
        return (markers & Pte.MARKER_GUARD) == 0 && vmas.isAnonymous(vma);
    }

    private void count(Gather gather, int head, int pages) {
        if (frames.test(head, Frames.ANON)) {
            gather.anon(pages);
        } else if (frames.test(head, Frames.SWAPBACKED)) {
            gather.shmem(pages);
        } else {
            gather.file(pages);
        }
    }

    // ---- huge entries

    /** Removes a huge entry as a whole. Returns false if it is none any more once the lock is held. */
    private boolean huge(Gather gather, int root, int vma, long address) {
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        int index = tables.pmdIndex(address);
        sync.point(Point.WRITE_PMD, (long) pmdTable << 16 | index);
        long entry = tables.row(pmdTable)[index];
        boolean isHuge = !Pte.isNone(entry) && !Pte.isTable(entry);
        if (isHuge) {
            tables.setPmd(root, pmdTable, address, Pte.NONE);
            if (Pte.isMigration(entry)) {
                hugeMigration(gather, root, Pte.pfn(entry));
            } else {
                gather.cleared();
                hugePresent(gather, root, vma, address, entry);
            }
            gather.settleRss();
        }
        tables.unlockPmd(pmdTable);
        return isHuge;
    }

    private void hugeMigration(Gather gather, int root, int head) {
        count(gather, head, frames.pages(head));
        if (frames.test(head, Frames.ANON)) {
            tables.dropDeposit(root);
        }
    }

    private void hugePresent(Gather gather, int root, int vma, long address, long entry) {
        if (Pte.isZeroPage(entry)) {
            tables.dropDeposit(root);
            return;
        }
        int head = Pte.pfn(entry);
        vmstat.did(Work.ZAPPED_PMDS, 1);
        count(gather, head, frames.pages(head));
        if (frames.test(head, Frames.ANON)) {
            tables.dropDeposit(root);
        } else {
            touchFile(vma, head, entry);
        }
        rmap.removePmd(head, vma, address);
        gather.add(head);
    }

    // ---- empty tables

    /** Frees a table that was left empty, unless something was faulted into it since its lock was dropped. */
    private void reclaimTable(int root, long address, int leaf) {
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        long entry = tables.row(pmdTable)[tables.pmdIndex(address)];
        boolean taken = false;
        if (Pte.isTable(entry) && PageTables.tableOf(entry) == leaf) {
            sync.lock(LockClass.PTL, leaf);
            taken = tables.isEmpty(leaf);
            if (taken) {
                sync.point(Point.WRITE_PMD, (long) pmdTable << 16 | tables.pmdIndex(address));
                tables.detachLeaf(root, pmdTable, address);
            }
            sync.unlock(LockClass.PTL, leaf);
        }
        tables.unlockPmd(pmdTable);
        if (taken) {
            tables.freeTable(root, leaf);
        }
    }
}
