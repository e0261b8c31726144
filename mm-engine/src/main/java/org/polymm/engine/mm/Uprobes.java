package org.polymm.engine.mm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.polymm.engine.collapse.Collapse;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.FaultFlags;
import org.polymm.engine.fault.FaultHandler;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagecache.Breakpoints;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.FileMappings;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Breakpoints in files: {@code uprobe_register}, {@code uprobe_unregister}, {@code uprobe_mmap}.
 *
 * <pre>
 *   set       in every private mapping of the page that may be executed (VM_MAYEXEC is enough) and is not writable:
 *             a forced write fault (anon_vma, copy, exclusive) | the entry goes, is flushed, and comes back dirty
 *   mapped    as above, in what is new; also where a VMA is split or merged, so that a copy that was dropped comes back
 *   removed   entry goes, is flushed | copy equal to the file's page, nobody else refers to it: it stays gone, and a huge folio
 *             behind it has its entries collapsed | else it comes back; perf then has all mappings looked through once
 *             more, and the file's page is faulted in
 * </pre>
 *
 * <p>What the breakpoint itself changes in the page is below the first word, which is all that is kept of contents. So a copy counts as equal
 * if it was not written, and the file's page neither.
 *
 * <p>The look at the page before all that marks it accessed. If that makes the folio active, or it was never put on an LRU list, a per-CPU batch
 * refers to it, and the copy of a breakpoint that is soon removed stays. Of the batch that activates, the references are kept until the call is
 * through with all mappings.
 */
public final class Uprobes {

    private static final int THE_MACHINE = 1;
    private static final int TRIES = 1_000;

    /** {@link #grab}: the look at the page has made its folio active, and a batch refers to it. */
    private static final long ACTIVATED = 1L << 40;

    private final Sync sync;
    private final EventLog log;
    private final Files files;
    private final FileMappings mappings;
    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final PageTables tables;
    private final PmdSplit pmdSplit;
    private final RmapAccounting rmap;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Contents contents;
    private final SwapCache swap;
    private final FaultHandler faults;
    private final Collapse collapse;
    private final Breakpoints breakpoints;
    private Changes changes = Changes.IGNORED;

    /** Told which pages became private copies, and which are the file's again. */
    public interface Changes {

        /** Is not interested. */
        Changes IGNORED = (mm, address, file, page, copied) -> {};

        /**
         * A page changed.
         *
         * @param mm the address space
         * @param address of the page, in bytes
         * @param file the file
         * @param page the page in it
         * @param copied whether it is a copy now; else it is not
         */
        void changed(int mm, long address, int file, long page, boolean copied);
    }

    /** What is done to all mappings of a page. */
    private enum Pass {
        SET,
        REMOVE,
        LOOK
    }

    /** A mapping of a page, as it was seen in the file's tree. */
    private record Place(int mm, long address) {}

    Uprobes(MmContext parts) {
        sync = parts.sync();
        log = parts.log();
        files = parts.files();
        mappings = files.mappings();
        spaces = parts.spaces();
        mms = spaces.mms();
        vmas = spaces.vmas();
        locks = spaces.locks();
        tables = parts.tables();
        pmdSplit = parts.mappings().pmdSplit();
        rmap = parts.mappings().rmap();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        lru = parts.memory().lru();
        contents = parts.memory().contents();
        swap = parts.swap();
        faults = parts.faults().handler();
        collapse = parts.collapse();
        breakpoints = new Breakpoints(parts.space(), sync);
    }

    /**
     * Connects a listener.
     *
     * @param listener told of every change at once
     */
    public void connect(Changes listener) {
        changes = listener;
    }

    /** {@return which pages have breakpoints} */
    public Breakpoints breakpoints() {
        return breakpoints;
    }

    /**
     * Sets a breakpoint. A page may have several.
     *
     * @param file the file
     * @param page the page in it
     * @return 0; -EINVAL beyond the end of the file; -EIO for a hugetlb file; -ENOMEM or -EFAULT if a page could not be replaced, and then
     *     there is no breakpoint
     */
    public int set(int file, long page) {
        if (files.is(file, Files.HUGETLB)) {
            return -Errno.EIO;
        }
        if (page < 0 || page >= files.readPages(file)) {
            return -Errno.EINVAL;
        }
        sync.writeLock(LockClass.DUP_MMAP, THE_MACHINE);
        log.record(EventKind.UPROBE, file, page, 0);
        breakpoints.add(file, page);
        int error = 0;
        for (Place place : places(file, page, true)) {
            error = error == 0 ? at(place, file, page, Pass.SET, List.of()) : error;
        }
        if (error != 0 && breakpoints.remove(file, page) == 0) {
            everywhere(file, page, Pass.REMOVE);
        }
        sync.unlock(LockClass.DUP_MMAP, THE_MACHINE);
        return error;
    }

    /**
     * Removes a breakpoint.
     *
     * @param file the file
     * @param page the page in it
     * @return 0; -ENOENT if the page has none
     */
    public int remove(int file, long page) {
        sync.writeLock(LockClass.DUP_MMAP, THE_MACHINE);
        log.record(EventKind.UPROBE_REMOVED, file, page, 0);
        int left = breakpoints.remove(file, page);
        if (left == 0) {
            everywhere(file, page, Pass.REMOVE);
            everywhere(file, page, Pass.LOOK);
        }
        sync.unlock(LockClass.DUP_MMAP, THE_MACHINE);
        return left < 0 ? -Errno.ENOENT : 0;
    }

    private void everywhere(int file, long page, Pass pass) {
        List<Integer> activated = new ArrayList<>();
        for (Place place : places(file, page, false)) {
            at(place, file, page, pass, activated);
        }
        for (int head : activated) {
            sync.point(Point.WRITE_COUNT, head);
            folios.put(head, 1);
        }
    }

    /** A VMA shows its part of a file from now on. Its mmap lock is held for writing. */
    void shown(int vma) {
        int file = vmas.file(vma);
        if (file == 0 || !qualifies(vma, true)) {
            return;
        }
        long end = vmas.pgoff(vma) + vmas.pages(vma);
        for (long page = breakpoints.next(file, vmas.pgoff(vma), end);
                page < end;
                page = breakpoints.next(file, page + 1, end)) {
            insert(vmas.mm(vma), vma, addressOf(vma, page));
        }
    }

    /** {@code valid_vma}: whether breakpoints are for this VMA. One that is removed may have become writable meanwhile. */
    private boolean qualifies(int vma, boolean sets) {
        long decisive = VmFlags.VM_HUGETLB | VmFlags.VM_MAYEXEC | VmFlags.VM_MAYSHARE | (sets ? VmFlags.VM_WRITE : 0);
        return vmas.file(vma) != 0 && (vmas.flags(vma) & decisive) == VmFlags.VM_MAYEXEC;
    }

    private long addressOf(int vma, long page) {
        return vmas.start(vma) + (page - vmas.pgoff(vma) << Geometry.PAGE_SHIFT);
    }

    // ---- all mappings of a page

    /** {@code build_map_info}: where it is shown, the last of the file's tree first. */
    private Deque<Place> places(int file, long page, boolean sets) {
        Deque<Place> found = new ArrayDeque<>();
        sync.readLock(LockClass.I_MMAP, file);
        for (int vma = mappings.first(file, page, page); vma != 0; vma = mappings.next(vma, page, page)) {
            sync.touch(Point.READ_VMA, vma);
            if (qualifies(vma, sets)) {
                found.addFirst(new Place(vmas.mm(vma), addressOf(vma, page)));
            }
        }
        sync.unlock(LockClass.I_MMAP, file);
        return found;
    }

    /** What was seen is looked up again, under the mmap lock: it may be gone by now, and so may the process. */
    private int at(Place place, int file, long page, Pass pass, List<Integer> activated) {
        int mm = place.mm();
        sync.writeLock(LockClass.MMAP_LOCK, mm);
        if (!mms.isLive(mm) || (mms.stateFlags(mm) & MmTable.EXITING) != 0) {
            sync.unlock(LockClass.MMAP_LOCK, mm);
            return 0;
        }
        boolean concerned = pass == Pass.SET || (mms.stateFlags(mm) & MmTable.HAS_UPROBES) != 0;
        int vma = concerned ? spaces.find(mm, place.address()) : 0;
        int error = 0;
        if (vma != 0
                && qualifies(vma, pass == Pass.SET)
                && vmas.file(vma) == file
                && vmas.pgoffAt(vma, place.address()) == page) {
            error = switch (pass) {
                case SET -> insert(mm, vma, place.address());
                case REMOVE -> drop(mm, vma, place.address(), activated);
                case LOOK -> look(mm, vma, place.address());
            };
        }
        locks.writeUnlock(mm);
        return error;
    }

    // ---- one mapping

    private int insert(int mm, int vma, long address) {
        mms.stateFlags(mm, mms.stateFlags(mm) | MmTable.HAS_UPROBES);
        for (int tries = 0; tries < TRIES; tries++) {
            long grabbed = grab(mm, vma, address, true);
            if (grabbed < 0) {
                return (int) grabbed;
            }
            int page = (int) grabbed;
            int leaf = lockIfStill(mm, vma, address, page, true);
            if (leaf != 0) {
                long entry = takeOut(mm, leaf, address);
                putBack(leaf, address, entry);
                tables.unlockLeaf(leaf);
            }
            folios.put(frames.head(page), 1);
            if (leaf != 0) {
                changes.changed(mm, address, vmas.file(vma), vmas.pgoffAt(vma, address), true);
                return 0;
            }
        }
        throw noEnd(mm, address);
    }

    private int drop(int mm, int vma, long address, List<Integer> activated) {
        boolean write = false;
        for (int tries = 0; tries < TRIES; tries++) {
            long grabbed = grab(mm, vma, address, write);
            if (grabbed < 0) {
                return (int) grabbed;
            }
            if ((grabbed & ACTIVATED) != 0) {
                frames.get(frames.head((int) grabbed));
                activated.add(frames.head((int) grabbed));
            }
            int result = tryDrop(mm, vma, address, (int) grabbed);
            if (result == 0) {
                return 0;
            }
            write |= result == -Errno.EMLINK;
        }
        throw noEnd(mm, address);
    }

    /** Gives the reference up. Returns -EAGAIN if the page changed meanwhile, -EMLINK if it must be made exclusive first. */
    private int tryDrop(int mm, int vma, long address, int page) {
        int head = frames.head(page);
        int leaf = frames.test(head, Frames.ANON) ? lockIfStill(mm, vma, address, page, false) : 0;
        if (leaf != 0 && isOurs(vma, tables.row(leaf)[tables.pteIndex(address)])) {
            dropLocked(mm, vma, leaf, address, page);
            return 0;
        }
        if (leaf != 0) {
            tables.unlockLeaf(leaf);
        }
        boolean ofFile = !frames.test(head, Frames.ANON);
        folios.put(head, 1);
        return ofFile ? 0 : leaf == 0 ? -Errno.EAGAIN : -Errno.EMLINK;
    }

    /** Finds no breakpoint any more; but to look, the page is faulted in. */
    private int look(int mm, int vma, long address) {
        long grabbed = grab(mm, vma, address, false);
        if (grabbed < 0) {
            return (int) grabbed;
        }
        folios.put(frames.head((int) grabbed), 1);
        return 0;
    }

    /** The page-table lock is held, and a reference; both are given up. */
    private void dropLocked(int mm, int vma, int leaf, long address, int page) {
        long entry = takeOut(mm, leaf, address);
        boolean stays =
                vmas.has(vma, VmFlags.VM_UFFD_MISSING) || isHeldByOthers(page) || !isAsInFile(vma, address, page);
        if (stays) {
            putBack(leaf, address, entry);
            tables.unlockLeaf(leaf);
            folios.put(frames.head(page), 1);
            return;
        }
        mms.addRssAnon(mm, -1);
        rmap.remove(page, 1, vma, address);
        tables.unlockLeaf(leaf);
        if (frames.test(page, Frames.SWAPCACHE) && sync.tryLock(LockClass.FOLIO_LOCK, page)) {
            swap.tryFreeSwap(page);
            sync.unlock(LockClass.FOLIO_LOCK, page);
        }
        changes.changed(mm, address, vmas.file(vma), vmas.pgoffAt(vma, address), false);
        sync.point(Point.WRITE_COUNT, page);
        folios.put(page, 2);
        collapse.afterBreakpoint(mm, address);
    }

    /** Whether there are more references than the entry's, ours and the swap cache's. */
    private boolean isHeldByOthers(int page) {
        sync.point(Point.READ_COUNT, page);
        return frames.isLarge(frames.head(page))
                || frames.refcount(page) != 2 + (frames.test(page, Frames.SWAPCACHE) ? 1 : 0);
    }

    /** {@code orig_page_is_identical}. */
    private boolean isAsInFile(int vma, long address, int page) {
        int original = files.page(vmas.file(vma), vmas.pgoffAt(vma, address));
        return original != 0 && contents.read(original) == contents.read(page);
    }

    // ---- an entry

    /**
     * The page of an address with a reference, faulted in if need be: {@code get_user_pages_remote} with {@code FOLL_FORCE}. The mmap lock is held
     * for writing, and never dropped.
     *
     * @param write whether it must be an exclusive anonymous one
     * @return its frame, and {@link #ACTIVATED}; or a negated errno
     */
    private long grab(int mm, int vma, long address, boolean write) {
        int root = mms.pgd(mm);
        for (int tries = 0; tries < TRIES; tries++) {
            if (write && Pte.isHuge(tables.peekPmd(root, address))) {
                pmdSplit.split(vma, address);
            }
            long grabbed = tryGrab(vma, root, address, write);
            if (grabbed != 0) {
                return grabbed;
            }
            int result = faults.handle(mm, vma, address, (write ? FaultFlags.WRITE : 0) | FaultFlags.NO_WAIT);
            if (result != FaultResult.DONE) {
                return result == FaultResult.OOM ? result : -Errno.EFAULT;
            }
        }
        throw noEnd(mm, address);
    }

    /** Returns 0 if there is no such page. */
    private long tryGrab(int vma, int root, long address, boolean write) {
        if (!write && Pte.isHuge(tables.peekPmd(root, address))) {
            int pmdTable = tables.pmdTable(root, address);
            tables.lockPmd(pmdTable);
            long entry = tables.pmd(root, address);
            long grabbed = Pte.isHuge(entry) ? take(Pte.pfn(entry) + tables.pteIndex(address), false) : 0;
            tables.unlockPmd(pmdTable);
            return grabbed;
        }
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            return 0;
        }
        long entry = tables.row(leaf)[tables.pteIndex(address)];
        boolean usable = Pte.isNormalPage(entry) && (!write || isOurs(vma, entry));
        long grabbed = usable ? take(Pte.pfn(entry), write && (entry & Pte.DIRTY) == 0) : 0;
        tables.unlockLeaf(leaf);
        return grabbed;
    }

    private long take(int page, boolean dirties) {
        int head = frames.head(page);
        frames.get(head);
        if (dirties) {
            frames.setFlags(head, Frames.DIRTY);
        }
        boolean waits = frames.test(head, Frames.LRU) && !frames.test(head, Frames.ACTIVE);
        lru.markAccessed(head);
        return page | (waits && frames.test(head, Frames.ACTIVE) ? ACTIVATED : 0);
    }

    /** Whether a page may be written although its entry does not say so: {@code can_follow_write_pte}. */
    private boolean isOurs(int vma, long entry) {
        if (!Pte.isNormalPage(entry)) {
            return false;
        }
        return Pte.isWritable(entry)
                || frames.test(frames.head(Pte.pfn(entry)), Frames.ANON)
                        && frames.test(Pte.pfn(entry), Frames.ANON_EXCLUSIVE)
                        && !(Pte.isUffdWp(entry) && vmas.has(vma, VmFlags.VM_UFFD_WP));
    }

    /** Locks the page table if it maps a page still, and as it has to; else returns 0. */
    private int lockIfStill(int mm, int vma, long address, int page, boolean write) {
        int leaf = tables.lockLeaf(mms.pgd(mm), address);
        if (leaf == 0) {
            return 0;
        }
        long entry = tables.row(leaf)[tables.pteIndex(address)];
        if (Pte.isNormalPage(entry) && Pte.pfn(entry) == page && (!write || isOurs(vma, entry))) {
            return leaf;
        }
        tables.unlockLeaf(leaf);
        return 0;
    }

    /** {@code ptep_clear_flush}: until it is put back, who looks without the lock sees nothing there. */
    private long takeOut(int mm, int leaf, long address) {
        tables.writePoints(leaf, address, 1);
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        long entry = row[index];
        row[index] = Pte.NONE;
        sync.point(Point.TLB_FLUSH, mm);
        return entry;
    }

    private void putBack(int leaf, long address, long entry) {
        tables.writePoints(leaf, address, 1);
        tables.row(leaf)[tables.pteIndex(address)] = entry | Pte.DIRTY;
    }

    private static IllegalStateException noEnd(int mm, long address) {
        return new IllegalStateException("mm " + mm + " cannot replace the page at 0x" + Long.toHexString(address)
                + " after " + TRIES + " tries");
    }
}
