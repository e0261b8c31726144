package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MapLimits;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmAccounting;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** brk: the heap, one VMA that grows and shrinks at its end. */
public final class BrkOps {

    private static final long HEAP = VmFlags.VM_READ
            | VmFlags.VM_WRITE
            | VmFlags.VM_MAYREAD
            | VmFlags.VM_MAYWRITE
            | VmFlags.VM_MAYEXEC
            | VmFlags.VM_ACCOUNT;

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final VmAccounting accounting;
    private final MapLimits limits;
    private final CommitLimit commit;
    private final Boundaries boundaries;
    private final MunmapOps munmap;
    private final Populate populate;
    private final EventLog log;
    private final long taskSize;

    BrkOps(MmContext parts, Boundaries boundaries, MunmapOps munmap, CommitLimit commit, Populate populate) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.accounting = spaces.accounting();
        this.limits = spaces.limits();
        this.commit = commit;
        this.boundaries = boundaries;
        this.munmap = munmap;
        this.populate = populate;
        this.log = parts.log();
        this.taskSize = parts.geometry().taskSize();
    }

    /**
     * brk(2) as the kernel has it: there are no errors, only a break that did not move.
     *
     * @param mm the address space
     * @param address the new end of the heap, in bytes, of any alignment
     * @return the break after the call, in bytes: {@code address} if it could be moved there
     */
    public long brk(int mm, long address) {
        WatchedUnmaps told = munmap.watched();
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MUNMAP);
        long oldBrk = mms.brk(mm);
        long from = Pages.alignUp(oldBrk);
        long to = Pages.alignUp(address);
        boolean moved = isInside(mm, address)
                && (from == to || (Pages.below(address, oldBrk) ? shrink(mm, to, from, told) : expand(mm, from, to)));
        if (moved) {
            mms.brk(mm, address);
            log.record(EventKind.BRK, mm, address, 0);
        }
        boolean populates = moved && to > from && VmFlags.any(mms.defFlags(mm), VmFlags.VM_LOCKED);
        locks.writeUnlock(mm);
        told.tell();
        if (populates) {
            populate.range(mm, from, to - from, true);
        }
        return moved ? address : oldBrk;
    }

    private boolean isInside(int mm, long address) {
        long start = mms.startBrk(mm);
        return !Pages.below(address, start)
                && (mms.rlimitData(mm) == MmTable.RLIM_INFINITY || address - start <= mms.rlimitData(mm));
    }

    private boolean shrink(int mm, long from, long to, WatchedUnmaps told) {
        int heap = spaces.findIntersection(mm, from, to);
        return heap != 0 && munmap.unmapLocked(mm, from, to - from, told) == 0;
    }

    private boolean expand(int mm, long from, long to) {
        long pages = Pages.count(to - from);
        long flags = HEAP | mms.defFlags(mm);
        if (Pages.above(to, taskSize) || from == 0 || !accounting.mayLock(mm, flags, pages) || !hasRoom(mm, from, to)) {
            return false;
        }
        if (!accounting.mayExpand(mm, flags, pages) || accounting.tooManyToMap(mm) || !commit.charge(pages)) {
            return false;
        }
        spaces.extendBrk(mm, from, to, flags | VmFlags.VM_SOFTDIRTY);
        return true;
    }

    /** A page stays free between the heap and what is above, and a stack keeps its gap. */
    private boolean hasRoom(int mm, long from, long to) {
        int next = spaces.findOrAbove(mm, from);
        if (next == 0) {
            return true;
        }
        long gap = vmas.has(next, VmFlags.VM_GROWSDOWN) ? limits.stackGuardGap() : 0;
        return to + Geometry.PAGE_SIZE <= Math.max(0, vmas.start(next) - gap);
    }
}
