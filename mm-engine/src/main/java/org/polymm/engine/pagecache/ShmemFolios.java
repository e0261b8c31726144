package org.polymm.engine.pagecache;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Finds folios of shared memory in the page cache, and makes them: {@code shmem_get_folio_gfp}.
 *
 * <pre>
 *   orders    what the settings allow for this mapping or call
 *             less those of which the aligned range leaves the VMA         (a mapping only)
 *             less those of which the aligned range is not empty in the page cache
 *   then      the largest that can be had, else one page; locked before it is in the page cache
 *   at last   a fault looks at the size once more: its new folio goes again if the file was cut meanwhile
 * </pre>
 *
 * <p>A folio that was found is not held against the size again: whoever cut the file waits for its lock, and unmaps it then.
 */
public final class ShmemFolios {

    /** Somebody else was faster. */
    private static final int LOST = 0;

    private final Sync sync;
    private final Files files;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final ThpSettings settings;
    private final VmaTable vmas;
    private final CachedFolios cached;
    private final LockedFolios locked;
    private final int pmdOrder;

    /**
     * Of one machine.
     *
     * @param geometry sizes
     * @param sync the locks
     * @param files the page cache
     * @param memory the folios
     * @param vmas the VMAs
     */
    public ShmemFolios(Geometry geometry, Sync sync, Files files, PhysicalMemory memory, VmaTable vmas) {
        this.sync = sync;
        this.files = files;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.lru = memory.lru();
        this.vmstat = memory.vmstat();
        this.mthp = memory.mthp();
        this.settings = memory.thp();
        this.vmas = vmas;
        this.cached = new CachedFolios(files, memory);
        this.locked = new LockedFolios(sync, files, frames, folios);
        this.pmdOrder = geometry.pmdOrder();
    }

    /**
     * The page that a VMA shows, brought into the page cache if it is not there.
     *
     * @param vma the VMA, of a shmem file
     * @param address in bytes
     * @return the page, its folio locked and with a reference; -ENOMEM; or -EINVAL if the file was cut meanwhile
     */
    public int forFault(int vma, long address) {
        int file = vmas.file(vma);
        long index = vmas.pgoffAt(vma, address);
        while (true) {
            int page = locked.find(file, index);
            if (page > 0) {
                fill(frames.head(page));
                return page;
            }
            page = make(file, index, vma, ordersFor(vma, address));
            if (page > 0) {
                fill(frames.head(page));
            }
            if (page > 0 && index >= files.readPages(file)) {
                cached.remove(frames.head(page));
                release(frames.head(page));
                return -Errno.EINVAL;
            }
            if (page != LOST) {
                return page;
            }
        }
    }

    /**
     * The page at an index for a call that gives the file pages, or writes to it. What is new is not filled with zeroes yet, and cannot be
     * mapped by fault-around.
     *
     * @param end the page behind the last of the call
     * @param writes whether the call will write to it; else what was given before is filled now
     * @return the page, its folio locked and with a reference; or -ENOMEM
     */
    public int forCall(int file, long index, long end, boolean writes) {
        while (true) {
            int page = locked.find(file, index);
            if (page > 0) {
                if (!writes) {
                    fill(frames.head(page));
                }
                return page;
            }
            int orders = settings.shmem().ordersOfCall(index, Math.max(end, files.readPages(file)));
            page = make(file, index, 0, orders);
            if (page != LOST) {
                return page;
            }
        }
    }

    /**
     * Takes folios away again that a call gave the file and nobody has used since, because the call fails. What was given before it was
     * filled on the way.
     *
     * @param first the first page that the call asked for
     * @param end the page that it could not have
     */
    public void takeBack(int file, long first, long end) {
        for (long index = files.nextOccupied(file, first, end); index >= 0; ) {
            long next = index + 1;
            int page = locked.find(file, index);
            if (page > 0) {
                int head = frames.head(page);
                next = frames.index(head) + frames.pages(head);
                if (!frames.test(head, Frames.UPTODATE)) {
                    cached.remove(head);
                }
                release(head);
            }
            index = next < end ? files.nextOccupied(file, next, end) : -1;
        }
    }

    /** Unlocks a folio, and drops the reference that came with it. */
    public void release(int head) {
        locked.release(head);
    }

    /** Fills a folio with zeroes that was given to the file and never written. It is locked. */
    public void fill(int head) {
        if (!frames.test(head, Frames.UPTODATE)) {
            frames.setFlags(head, Frames.UPTODATE);
            vmstat.did(Work.ZEROED_PAGES, frames.pages(head));
        }
    }

    // ---- new folios

    private int ordersFor(int vma, long address) {
        if (vmas.has(vma, VmFlags.VM_NOHUGEPAGE)) {
            return 0;
        }
        int file = vmas.file(vma);
        int orders = settings.shmem()
                .ordersOfMapping(
                        vmas.has(vma, VmFlags.VM_HUGEPAGE), false, vmas.pgoffAt(vma, address), files.pages(file));
        while (orders != 0 && !isSuitable(vma, address, highest(orders))) {
            orders &= ~(1 << highest(orders));
        }
        return orders;
    }

    /** {@code thp_vma_suitable_order}: the VMA shows files in steps of that size, and all of the range around the address. */
    private boolean isSuitable(int vma, long address, int order) {
        long size = Geometry.bytes(order);
        long start = address & -size;
        return ((vmas.start(vma) >>> Geometry.PAGE_SHIFT) - vmas.pgoff(vma) & (1L << order) - 1) == 0
                && start >= vmas.start(vma)
                && start + size <= vmas.end(vma);
    }

    private static int highest(int orders) {
        return 31 - Integer.numberOfLeadingZeros(orders);
    }

    /** A new folio around an index, of the largest order there is room for; {@link #LOST}; or -ENOMEM. */
    private int make(int file, long index, int vma, int allowed) {
        int orders = allowed;
        while (orders != 0 && !isEmpty(file, index, highest(orders))) {
            orders &= ~(1 << highest(orders));
        }
        boolean reclaims = settings.defrag().reclaimsDirectly(vma != 0 && vmas.has(vma, VmFlags.VM_HUGEPAGE));
        while (orders != 0) {
            int order = highest(orders);
            int head = reclaims ? folios.allocFile(order, true) : folios.tryAllocFile(order, true);
            if (head != 0) {
                return add(file, index, head, order);
            }
            if (order == pmdOrder) {
                vmstat.increment(VmstatItem.THP_FILE_FALLBACK);
            }
            mthp.increment(MthpStat.SHMEM_FALLBACK, order);
            orders &= ~(1 << order);
        }
        int head = folios.allocFile(0, true);
        return head == 0 ? -Errno.ENOMEM : add(file, index, head, 0);
    }

    private boolean isEmpty(int file, long index, int order) {
        long first = index & -(1L << order);
        if (sync.isScheduled()) {
            for (int i = 0; i < 1 << order; i++) {
                sync.touch(Point.READ_CACHE, Files.pointOf(file, first + i));
            }
        }
        return files.nextOccupied(file, first, first + (1L << order)) < 0;
    }

    private int add(int file, long index, int head, int order) {
        long first = index & -(1L << order);
        int pages = 1 << order;
        frames.clearFlags(head, Frames.UPTODATE);
        sync.tryLock(LockClass.FOLIO_LOCK, head);
        if (files.add(file, first, head, pages) != 0) {
            release(head);
            return LOST;
        }
        frames.addRefs(head, pages);
        frames.setMapping(head, file, first);
        vmstat.add(VmstatItem.NR_FILE_PAGES, pages);
        vmstat.add(VmstatItem.NR_SHMEM, pages);
        if (order == pmdOrder) {
            vmstat.increment(VmstatItem.NR_SHMEM_HUGEPAGES);
            vmstat.increment(VmstatItem.THP_FILE_ALLOC);
        }
        mthp.increment(MthpStat.SHMEM_ALLOC, order);
        lru.add(head);
        return head + (int) (index - first);
    }
}
