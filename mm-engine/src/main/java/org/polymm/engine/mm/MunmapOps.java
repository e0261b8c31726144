package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.Unmapping;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * munmap, and what mmap, brk and mremap need of it.
 *
 * <pre>
 *   mmap lock write    split at both ends, take the VMAs out of the address space: nobody finds them any more
 *   downgraded         remove entries | flush, free pages | leave rmap trees | free page tables | free VMAs
 * </pre>
 *
 * <p>From the downgrade on faults elsewhere in the address space go on.
 */
public final class MunmapOps {

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final Unmapping unmapping;
    private final PageTables tables;
    private final CommitLimit commit;
    private final Boundaries boundaries;
    private final FileEnds fileEnds;
    private final Zap zap;
    private final EventLog log;
    private final MappingChanges changes;
    private final long taskSize;

    MunmapOps(MmContext parts, Boundaries boundaries, Zap zap, CommitLimit commit, FileEnds fileEnds) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.unmapping = spaces.unmapping();
        this.tables = parts.tables();
        this.commit = commit;
        this.boundaries = boundaries;
        this.fileEnds = fileEnds;
        this.zap = zap;
        this.log = parts.log();
        this.changes = parts.changes();
        this.taskSize = parts.geometry().taskSize();
    }

    /**
     * munmap(2).
     *
     * @param mm the address space
     * @param start first address, in bytes, page aligned
     * @param length in bytes, rounded up to pages; not 0
     * @return 0; -EINVAL for a start that is not aligned, an empty range, or one outside of user space; -ENOMEM if a VMA would be split in
     *     the middle and vm.max_map_count is reached; -EPERM if a VMA is sealed
     */
    public int munmap(int mm, long start, long length) {
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MUNMAP);
        int error = checkRange(start, length);
        if (error != 0) {
            locks.writeUnlock(mm);
            return error;
        }
        log.record(EventKind.MUNMAP, mm, start, Pages.count(Pages.alignUp(length)));
        return unmapAndUnlock(mm, start, length);
    }

    /**
     * munmap at the end of another operation: the mmap lock, held for writing, is not held any more afterwards.
     *
     * @param mm the address space
     * @param start first address, in bytes
     * @param length in bytes
     * @return as {@link #munmap}
     */
    int unmapAndUnlock(int mm, long start, long length) {
        int error = checkRange(start, length);
        long end = start + Pages.alignUp(length);
        int head = error != 0 ? error : unmapping.detach(mm, start, end);
        if (head <= 0) {
            locks.writeUnlock(mm);
            return head;
        }
        WatchedUnmaps told = watched();
        told.detached(head, start, end);
        locks.downgrade(mm);
        finish(mm, head);
        locks.readUnlock(mm);
        told.tell();
        return 0;
    }

    /** {@return what a call unmaps of registered memory, nothing yet} */
    WatchedUnmaps watched() {
        return new WatchedUnmaps(changes, vmas);
    }

    private int checkRange(long start, long length) {
        boolean outside = Pages.above(start, taskSize) || Pages.above(length, taskSize - start);
        return !Pages.isAligned(start) || outside || Pages.alignUp(length) == 0 ? -Errno.EINVAL : 0;
    }

    /**
     * munmap inside another operation, which has the mmap lock for writing and keeps it: {@code do_munmap}.
     *
     * @param mm the address space
     * @param start first address, in bytes
     * @param length in bytes
     * @param told collects what userfaultfds are told of when the lock is dropped
     * @return as {@link #munmap}
     */
    int unmapLocked(int mm, long start, long length, WatchedUnmaps told) {
        int error = checkRange(start, length);
        if (error != 0) {
            return error;
        }
        long end = start + Pages.alignUp(length);
        int head = unmapping.detach(mm, start, end);
        if (head > 0) {
            told.detached(head, start, end);
            finish(mm, head);
        }
        return Math.min(head, 0);
    }

    /** Everything after VMAs were detached. */
    private void finish(int mm, int head) {
        clear(mm, head);
        release(head);
    }

    /**
     * Removes what detached VMAs map, and their page tables: {@code vms_clear_ptes}.
     *
     * @param mm the address space
     * @param head the first of the detached VMAs
     */
    void clear(int mm, int head) {
        long start = vmas.start(head);
        long end = start;
        mms.noteRssPeak(mm);
        Gather gather = zap.gather(mm);
        for (int vma = head; vma != 0; vma = vmas.nextDetached(vma)) {
            end = vmas.end(vma);
            zap.range(gather, vma, vmas.start(vma), end, Zap.DROP_MARKERS, BoundaryCause.MUNMAP);
        }
        gather.finish();
        for (int vma = head; vma != 0; vma = vmas.nextDetached(vma)) {
            unmapping.unlinkRmap(vma);
        }
        int above = spaces.findOrAbove(mm, end);
        int below = above != 0 ? spaces.prev(above) : lastOf(mm);
        long floor = below == 0 ? 0 : vmas.end(below);
        tables.freeTables(mms.pgd(mm), start, end, floor, above == 0 ? 0 : vmas.start(above));
    }

    private int lastOf(int mm) {
        int count = mms.mapCount(mm);
        return count == 0 ? 0 : spaces.at(mm, count - 1);
    }

    /**
     * Frees detached VMAs whose pages are gone, and what they promised.
     *
     * @param head the first of the detached VMAs
     */
    void release(int head) {
        long accounted = 0;
        boolean hasFiles = false;
        for (int vma = head; vma != 0; vma = vmas.nextDetached(vma)) {
            accounted += vmas.has(vma, VmFlags.VM_ACCOUNT) ? vmas.pages(vma) : 0;
            hasFiles |= vmas.file(vma) != 0;
        }
        int[] files = hasFiles ? fileEnds.of(head) : FileEnds.NONE;
        unmapping.release(head);
        commit.uncharge(accounted);
        fileEnds.endUnused(files);
    }
}
