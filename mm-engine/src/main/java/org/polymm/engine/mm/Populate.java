package org.polymm.engine.mm;

import org.polymm.engine.fault.FaultFlags;
import org.polymm.engine.fault.FaultHandler;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Faults a range in without an access of the program: for mlock, MAP_POPULATE, MADV_POPULATE_READ and MADV_POPULATE_WRITE.
 *
 * <p>Private writable memory is populated by write faults, so that the first write need not copy; what is shared is only read, lest it
 * become dirty for nothing.
 *
 * <pre>
 *   range     [-----VMA rw-----)  hole  [---VMA r---)[--VMA none--)
 *   range()    write faults       skip   read faults   -EFAULT, or passed over
 *   exactly()  as asked           -ENOMEM
 * </pre>
 */
final class Populate {

    private static final long UNPOPULATED = VmFlags.VM_IO | VmFlags.VM_PFNMAP;

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final PageTables tables;
    private final Frames frames;
    private final LruLists lru;
    private final FaultHandler faults;

    Populate(MmContext parts) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.tables = parts.tables();
        this.frames = parts.memory().frames();
        this.lru = parts.memory().lru();
        this.faults = parts.faults().handler();
    }

    /**
     * Populates what is mapped of a range: {@code __mm_populate}. Takes the mmap lock for reading.
     *
     * @param mm the address space
     * @param start in bytes, page aligned
     * @param length in bytes
     * @param ignoreErrors whether to go on with the next VMA after an error
     * @return 0, or with errors not ignored -EFAULT, -ENOMEM or -ERESTARTSYS
     */
    int range(int mm, long start, long length, boolean ignoreErrors) {
        long end = start + length;
        long at = start;
        locks.readLock(mm);
        while (at < end) {
            int vma = spaces.findIntersection(mm, at, end);
            if (vma == 0) {
                break;
            }
            at = Math.max(at, vmas.start(vma));
            long vmaEnd = Math.min(end, vmas.end(vma));
            if (!vmas.has(vma, UNPOPULATED)) {
                long reached = vma(mm, vma, at, vmaEnd, 0);
                if (reached < 0 && !ignoreErrors) {
                    locks.readUnlock(mm);
                    return (int) reached;
                }
                vmaEnd = reached < 0 ? vmaEnd : reached;
            }
            at = vmaEnd;
        }
        locks.readUnlock(mm);
        return 0;
    }

    /**
     * Populates a part of a VMA as its kind demands: {@code populate_vma_page_range}. The mmap lock is held.
     *
     * @return where it stopped, in bytes, because the lock was dropped and the VMA may have changed; or a negated errno
     */
    private long vma(int mm, int vma, long start, long end, int how) {
        long flags = vmas.flags(vma);
        if (VmFlags.any(flags, VmFlags.VM_LOCKONFAULT)) {
            return end;
        }
        if (!VmFlags.isAccessible(flags)) {
            return -Errno.EFAULT;
        }
        boolean write = (flags & (VmFlags.VM_WRITE | VmFlags.VM_SHARED)) == VmFlags.VM_WRITE;
        return pages(mm, vma, start, end, how | (write ? FaultFlags.WRITE : 0));
    }

    /**
     * Populates a part of a VMA while the mmap lock is held for writing, which a fault must not drop: after mprotect made locked memory
     * writable.
     *
     * @param mm the address space
     * @param vma the VMA
     * @param start in bytes
     * @param end in bytes
     */
    void underWriteLock(int mm, int vma, long start, long end) {
        long reached = vma(mm, vma, start, end, FaultFlags.NO_WAIT);
        if (reached >= 0 && reached < end) {
            throw new IllegalStateException(
                    "a fault gave up the mmap lock of mm " + mm + ", which is held for writing");
        }
    }

    /**
     * Populates a range for reading or for writing, without regard to what the VMAs are for: {@code faultin_page_range}.
     *
     * @param mm the address space, whose mmap lock is taken for reading
     * @param start in bytes, page aligned
     * @param end in bytes
     * @param write whether to fault for writing
     * @return 0; -ENOMEM at a hole, or if memory is short; -EINVAL where the access is not allowed; -EFAULT where a fault ends in a signal; -ERESTARTSYS
     *     where one waits for a userfaultfd
     */
    int exactly(int mm, long start, long end, boolean write) {
        long at = start;
        locks.readLock(mm);
        while (at < end) {
            int vma = spaces.find(mm, at);
            long needed = write ? VmFlags.VM_WRITE : VmFlags.VM_READ;
            if (vma == 0 || vmas.has(vma, UNPOPULATED) || !vmas.has(vma, needed)) {
                locks.readUnlock(mm);
                return vma == 0 ? -Errno.ENOMEM : -Errno.EINVAL;
            }
            at = pages(mm, vma, at, Math.min(end, vmas.end(vma)), write ? FaultFlags.WRITE : 0);
            if (at < 0) {
                locks.readUnlock(mm);
                return (int) at;
            }
        }
        locks.readUnlock(mm);
        return 0;
    }

    /** Returns where it stopped or a negated errno; the mmap lock is held, maybe again. */
    private long pages(int mm, int vma, long start, long end, int flags) {
        boolean write = (flags & FaultFlags.WRITE) != 0;
        int root = mms.pgd(mm);
        long at = start;
        while (true) {
            at = populated(root, at, end, write);
            if (at >= end) {
                return end;
            }
            int result = faults.handle(mm, vma, at, flags);
            switch (result) {
                case FaultResult.DONE -> {}
                case FaultResult.RETRY -> {
                    locks.readLock(mm);
                    return at;
                }
                case FaultResult.OOM -> {
                    return -Errno.ENOMEM;
                }
                case FaultResult.BLOCKED -> {
                    return -Errno.ERESTARTSYS;
                }
                default -> {
                    return -Errno.EFAULT;
                }
            }
        }
    }

    /** Passes over what is mapped as needed. Returns the first address that is not, or the end. */
    private long populated(int root, long start, long end, boolean write) {
        long at = start;
        while (at < end) {
            long next = tables.pmdEnd(at, end);
            long pmd = tables.pmd(root, at);
            if (Pte.isHuge(pmd)) {
                if (write && !Pte.isWritable(pmd)) {
                    return at;
                }
                touched(pmd, write);
                at = next;
                continue;
            }
            int leaf = tables.lockLeaf(root, at);
            if (leaf == 0) {
                return at;
            }
            at = populatedInLeaf(tables.row(leaf), at, next, write);
            tables.unlockLeaf(leaf);
            if (at < next) {
                return at;
            }
        }
        return end;
    }

    private long populatedInLeaf(long[] row, long start, long end, boolean write) {
        int index = tables.pteIndex(start);
        for (long at = start; at < end; at += Geometry.PAGE_SIZE) {
            long entry = row[index++];
            if (!Pte.isPresent(entry) || write && !Pte.isWritable(entry)) {
                return at;
            }
            touched(entry, write);
        }
        return end;
    }

    /** A folio that is there already is used and, to be written to, made dirty, though the entry is not: {@code FOLL_TOUCH}. */
    private void touched(long entry, boolean write) {
        if (Pte.isNormalPage(entry)) {
            int head = frames.head(Pte.pfn(entry));
            if (write && (entry & Pte.DIRTY) == 0) {
                frames.setFlags(head, Frames.DIRTY);
            }
            lru.markAccessed(head);
        }
    }
}
