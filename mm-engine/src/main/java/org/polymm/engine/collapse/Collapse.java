package org.polymm.engine.collapse;

import java.util.function.IntConsumer;
import org.polymm.api.ScanResult;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.FaultHandler;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.split.FilePageUnmap;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/** Who collapses: MADV_COLLAPSE a range that it is given, khugepaged what it comes across. Not thread-safe, like the machine. */
public final class Collapse {

    private final Sync sync;
    private final AddressSpaces spaces;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final LruLists lru;
    private final EventLog events;
    private final Vmstat vmstat;
    private final CollapsibleVmas collapsible;
    private final RangeCollapse ranges;
    private final FileCollapse fileBlocks;
    private final PteMappedCollapse ptes;
    private final Retractions retractions;
    private final Files files;
    private final Khugepaged khugepaged;
    private final long pmdSize;
    private IntConsumer fileEnd = file -> {};

    /**
     * Collapses the memory of one machine.
     *
     * @param space where khugepaged's place is kept
     * @param geometry the shape of page tables
     * @param sync the locks
     * @param events the event log
     * @param memory the folios
     * @param tables the page tables
     * @param spaces the address spaces
     * @param files the page cache
     * @param policies the gateway to policies
     * @param mappings what counts mappings
     * @param rmap finds mappings
     * @param faults brings swapped pages back
     * @param swap the swap cache
     * @param mechanisms whether a page table that is out of use is kept until GUP-fast has left it
     */
    public Collapse(
            StateSpace space,
            Geometry geometry,
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Files files,
            PolicyGateway policies,
            Mappings mappings,
            RmapWalk rmap,
            FaultHandler faults,
            SwapCache swap,
            Mechanisms mechanisms) {
        this.sync = sync;
        this.spaces = spaces;
        this.tables = tables;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.lru = memory.lru();
        this.events = events;
        this.vmstat = memory.vmstat();
        this.collapsible = new CollapsibleVmas(spaces, files, memory.thp(), geometry);
        boolean waits = mechanisms.is(Mechanism.TLB_FLUSH, "interrupt") || mechanisms.is(Mechanism.COLLAPSE_SYNC, "on");
        this.ranges = new RangeCollapse(
                geometry, sync, events, memory, tables, spaces, policies, mappings, faults, swap, collapsible, waits);
        this.files = files;
        this.ptes = new PteMappedCollapse(sync, events, memory, tables, spaces, files, mappings, collapsible);
        this.retractions = new Retractions(
                space,
                new RetractionParts(sync, events, memory, tables, spaces, files, mappings, policies.decisions(), ptes),
                policies.decisions());
        this.fileBlocks = new FileCollapse(
                geometry,
                sync,
                events,
                memory,
                spaces,
                files,
                policies,
                new FilePageUnmap(sync, memory, tables, spaces, mappings, rmap),
                retractions);
        this.khugepaged =
                new Khugepaged(space, geometry, sync, spaces, memory, collapsible, retractions, this::collapse);
        this.pmdSize = geometry.pmdSize();
    }

    // ---- MADV_COLLAPSE

    /**
     * MADV_COLLAPSE of the part of a range that lies in one VMA: {@code madvise_collapse}. The mmap lock is held for reading; it may be
     * dropped and taken again meanwhile, so that nothing found under it before counts any more.
     *
     * @param vma the VMA
     * @param start in bytes, inside the VMA
     * @param end in bytes, not above the VMA's end
     * @return 0 if every whole PMD range in it is huge now; -ENOMEM, -EBUSY, -EAGAIN or -EINVAL for the last failure
     */
    public int advised(int vma, long start, long end) {
        if (!collapsible.isAllowed(vma, true)) {
            return -Errno.EINVAL;
        }
        lru.drain();
        int mm = vmas.mm(vma);
        long first = start + pmdSize - 1 & -pmdSize;
        long last = end & -pmdSize;
        long huge = 0;
        ScanResult failure = ScanResult.FAIL;
        boolean goesOn = true;
        for (long at = first; at < last && goesOn; at += pmdSize) {
            if (!sync.isHeld(LockClass.MMAP_LOCK, mm)) {
                locks.readLock(mm);
                ScanResult found = collapsible.revalidate(mm, at, true, false);
                if (found != ScanResult.SUCCEED) {
                    failure = found;
                    break;
                }
                last = Math.min(last, collapsible.endOfBlocks(spaces.find(mm, at)));
            }
            ScanResult result = collapse(mm, spaces.find(mm, at), at, true);
            if (result == ScanResult.SUCCEED || result == ScanResult.PMD_MAPPED) {
                huge++;
            } else {
                failure = result;
                goesOn = isLocal(result) && !isEmptyEntry(result, mms.pgd(mm), at);
            }
        }
        if (!sync.isHeld(LockClass.MMAP_LOCK, mm)) {
            locks.readLock(mm);
        }
        return huge == (last - first) / pmdSize && first <= last ? 0 : -errno(failure);
    }

    /** A range that lacks even the table above is passed over; one that lacks only its entry there ends the call (6.18's SCAN_PMD_NONE). */
    private boolean isEmptyEntry(ScanResult result, int root, long address) {
        return result == ScanResult.NO_PTE_TABLE && tables.pmdTable(root, address) != 0;
    }

    /** Collapses one block, of whatever kind. The mmap lock is held for reading, and may not be when this returns. */
    private ScanResult collapse(int mm, int vma, long address, boolean forced) {
        return vmas.isAnonymous(vma)
                ? ranges.collapse(mm, vma, address, forced)
                : collapseFile(mm, vma, address, forced);
    }

    private ScanResult collapseFile(int mm, int vma, long address, boolean forced) {
        ScanResult result = fileBlocks.scan(mm, vma, address, forced);
        if (result == ScanResult.SUCCEED) {
            int file = vmas.file(vma);
            long first = vmas.pgoffAt(vma, address);
            files.get(file);
            locks.readUnlock(mm);
            result = fileBlocks.collapse(mm, address, forced, file, first);
            files.put(file);
            fileEnd.accept(file);
        } else {
            events.record(EventKind.COLLAPSE_SCAN, mm, address, result.ordinal());
        }
        vmstat.scanned(result);
        if (result == ScanResult.PTE_MAPPED_HUGEPAGE) {
            result = collapseEntries(mm, address, forced);
        }
        return result;
    }

    /** The huge folio is there, and the entries of this mapping are yet to be collapsed. */
    private ScanResult collapseEntries(int mm, long address, boolean forced) {
        if (!sync.isHeld(LockClass.MMAP_LOCK, mm)) {
            locks.readLock(mm);
        }
        if (!mms.isLive(mm)) {
            return ScanResult.ANY_PROCESS;
        }
        ScanResult result = ptes.collapse(mm, address, forced);
        return result == ScanResult.PMD_MAPPED && !forced ? ScanResult.SUCCEED : result;
    }

    /**
     * Has the entries of a block give way to the huge folio that they map: {@code collapse_pte_mapped_thp} after a breakpoint is gone. The next
     * fault maps it huge.
     *
     * @param mm the address space, whose mmap lock is held
     * @param address any address in the block, in bytes
     */
    public void afterBreakpoint(int mm, long address) {
        ptes.collapse(mm, tables.pmdStart(address), false);
    }

    /**
     * Connects what ends a file that nobody uses any more: a collapse keeps the file while no lock is held, and its last mapping may go meanwhile.
     *
     * @param end told of a file that is no longer kept
     */
    public void connect(IntConsumer end) {
        fileEnd = end;
    }

    /** Whether a failure says nothing about the ranges that follow. */
    private static boolean isLocal(ScanResult result) {
        return switch (result) {
            case NO_PTE_TABLE,
                    PTE_NON_PRESENT,
                    PTE_UFFD_WP,
                    LACK_REFERENCED_PAGE,
                    PAGE_NULL,
                    PAGE_COUNT,
                    PAGE_LOCK,
                    PAGE_COMPOUND,
                    PAGE_LRU,
                    DEL_PAGE_LRU -> true;
            default -> false;
        };
    }

    private static int errno(ScanResult result) {
        return switch (result) {
            case ALLOC_HUGE_PAGE_FAIL -> Errno.ENOMEM;
            case CGROUP_CHARGE_FAIL, EXCEED_NONE_PTE -> Errno.EBUSY;
            case PAGE_COUNT, PAGE_LOCK, PAGE_LRU, DEL_PAGE_LRU, PAGE_FILLED, PAGE_DIRTY_OR_WRITEBACK -> Errno.EAGAIN;
            default -> Errno.EINVAL;
        };
    }

    /** An address space ends: nothing is to be done in it any more. */
    public void forget(int mm) {
        retractions.forget(mm);
        khugepaged.forget(mm);
    }

    // ---- khugepaged

    /**
     * One wake-up of khugepaged; see {@link Khugepaged#wake}.
     *
     * @param pages how much to scan; {@code khugepaged/pages_to_scan} is what the kernel takes
     * @return how many ranges were collapsed
     */
    public int wake(int pages) {
        return khugepaged.wake(pages);
    }

    /**
     * The part of a wake-up that khugepaged spends in one address space; see {@link Khugepaged#wakeIn}.
     *
     * @param mm the address space
     * @param pages how much to scan
     * @return how many ranges were collapsed
     */
    public int wakeIn(int mm, int pages) {
        return khugepaged.wakeIn(mm, pages);
    }
}
