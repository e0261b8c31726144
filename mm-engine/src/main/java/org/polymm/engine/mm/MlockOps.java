package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * mlock, mlock2, munlock, mlockall and munlockall.
 *
 * <pre>
 *   for each VMA of the range, in order:   flags (split or merge)  ->  locked_vm  ->  walk: folios that are mapped already
 *   then, with the mmap lock dropped:      populate: what is not mapped yet
 * </pre>
 *
 * <p>A VMA that is locked already and stays so is not walked: its folios were counted when they were mapped.
 */
public final class MlockOps {

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final Boundaries boundaries;
    private final MlockWalker walker;
    private final Populate populate;
    private final EventLog log;
    private final long taskSize;

    MlockOps(MmContext parts, Boundaries boundaries, MlockWalker walker, Populate populate) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.boundaries = boundaries;
        this.walker = walker;
        this.populate = populate;
        this.log = parts.log();
        this.taskSize = parts.geometry().taskSize();
    }

    /**
     * Whether a process may lock memory at all: {@code can_do_mlock}.
     *
     * @param mms the address spaces
     * @param mm the one
     * @return whether RLIMIT_MEMLOCK is not 0, or does not bind it
     */
    static boolean mayMlock(MmTable mms, int mm) {
        return mms.capIpcLock(mm) || mms.rlimitMemlock(mm) != 0;
    }

    /**
     * mlock(2).
     *
     * @param mm the address space
     * @param start in bytes, of any alignment: whole pages are locked
     * @param length in bytes
     * @return 0; -EPERM if RLIMIT_MEMLOCK is 0; -ENOMEM if it is exceeded, if the range has a hole (VMAs before the hole are locked), or if a
     *     page cannot be accessed; -EINVAL if the range wraps; -EAGAIN if memory is short
     */
    public int mlock(int mm, long start, long length) {
        return lock(mm, start, length, VmFlags.VM_LOCKED);
    }

    /**
     * mlock2(2).
     *
     * @param mm the address space
     * @param start in bytes, of any alignment
     * @param length in bytes
     * @param flags 0 or {@link Mman#MLOCK_ONFAULT}
     * @return as {@link #mlock}; -EINVAL for other flags
     */
    public int mlock2(int mm, long start, long length, int flags) {
        if ((flags & ~Mman.MLOCK_ONFAULT) != 0) {
            return -Errno.EINVAL;
        }
        boolean onFault = (flags & Mman.MLOCK_ONFAULT) != 0;
        return lock(mm, start, length, onFault ? VmFlags.VM_LOCKED_MASK : VmFlags.VM_LOCKED);
    }

    private int lock(int mm, long rawStart, long rawLength, long lockFlags) {
        if (!mayMlock(mms, mm)) {
            return -Errno.EPERM;
        }
        long length = Pages.alignUp(rawLength + Pages.offsetInPage(rawStart));
        long start = Pages.alignDown(rawStart);
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MLOCK);
        log.record(EventKind.MLOCK, mm, start, Pages.count(length));
        int error = isWithinLimit(mm, start, length) ? apply(mm, start, length, lockFlags) : -Errno.ENOMEM;
        locks.writeUnlock(mm);
        if (error != 0) {
            return error;
        }
        int populated = populate.range(mm, start, length, false);
        return switch (populated) {
            case -Errno.EFAULT -> -Errno.ENOMEM;
            case -Errno.ENOMEM -> -Errno.EAGAIN;
            default -> populated;
        };
    }

    /** Pages of the range that are locked already do not count twice. */
    private boolean isWithinLimit(int mm, long start, long length) {
        if (mms.capIpcLock(mm)) {
            return true;
        }
        long limit = Pages.count(mms.rlimitMemlock(mm));
        long locked = Pages.count(length) + mms.lockedVm(mm);
        return locked <= limit || locked - alreadyLocked(mm, start, start + length) <= limit;
    }

    private long alreadyLocked(int mm, long start, long end) {
        long bytes = 0;
        for (int vma = spaces.findIntersection(mm, start, end);
                vma != 0 && vmas.start(vma) < end;
                vma = spaces.next(vma)) {
            if (vmas.has(vma, VmFlags.VM_LOCKED)) {
                bytes += Math.min(vmas.end(vma), end) - Math.max(vmas.start(vma), start);
            }
        }
        return Pages.count(bytes);
    }

    /**
     * munlock(2). Needs no permission.
     *
     * @param mm the address space
     * @param start in bytes, of any alignment
     * @param length in bytes
     * @return 0; -ENOMEM if the range has a hole (VMAs before the hole are unlocked); -EINVAL if it wraps
     */
    public int munlock(int mm, long start, long length) {
        long aligned = Pages.alignUp(length + Pages.offsetInPage(start));
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MLOCK);
        log.record(EventKind.MUNLOCK, mm, Pages.alignDown(start), Pages.count(aligned));
        int error = apply(mm, Pages.alignDown(start), aligned, 0);
        locks.writeUnlock(mm);
        return error;
    }

    /** {@code apply_vma_lock_flags}. */
    private int apply(int mm, long start, long length, long lockFlags) {
        long end = start + length;
        if (Pages.below(end, start)) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        long at = start;
        while (at < end) {
            int vma = Pages.above(at, taskSize) ? 0 : spaces.find(mm, at);
            if (vma == 0) {
                return -Errno.ENOMEM;
            }
            long next = Math.min(vmas.end(vma), end);
            int error = fixup(vma, at, next, vmas.flags(vma) & ~VmFlags.VM_LOCKED_MASK | lockFlags);
            if (error != 0) {
                return error;
            }
            at = next;
        }
        return 0;
    }

    /**
     * {@code mlock_fixup}: flags first, then {@code locked_vm}, then the walk.
     *
     * @param newFlags of the range of the VMA, which the range does not leave
     * @return 0 or -ENOMEM
     */
    private int fixup(int vma, long start, long end, long newFlags) {
        long oldFlags = vmas.flags(vma);
        if (newFlags == oldFlags || !isLockable(oldFlags)) {
            return 0;
        }
        int changed = spaces.modifyFlags(vma, start, end, newFlags);
        if (changed < 0) {
            return changed;
        }
        boolean wasLocked = VmFlags.any(oldFlags, VmFlags.VM_LOCKED);
        boolean isLocked = VmFlags.any(newFlags, VmFlags.VM_LOCKED);
        long pages = Pages.count(end - start);
        int mm = vmas.mm(changed);
        if (!isLocked) {
            mms.addLockedVm(mm, -pages);
        } else if (!wasLocked) {
            mms.addLockedVm(mm, pages);
        }
        locks.startWrite(changed);
        long flagsToBe = newFlags | vmas.flags(changed) & VmFlags.VM_STICKY;
        if (isLocked && wasLocked) {
            vmas.flags(changed, flagsToBe);
        } else {
            walker.walk(changed, start, end, flagsToBe);
        }
        return 0;
    }

    /** Special, hugetlb and droppable mappings have no folios that mlock could hold, or refuse it. */
    private static boolean isLockable(long vmFlags) {
        return !VmFlags.any(vmFlags, VmFlags.VM_SPECIAL | VmFlags.VM_HUGETLB | VmFlags.VM_DROPPABLE);
    }

    /**
     * mlockall(2).
     *
     * @param mm the address space
     * @param flags {@link Mman} MCL_ bits; MCL_ONFAULT alone is not enough
     * @return 0; -EINVAL for bad flags; -EPERM if RLIMIT_MEMLOCK is 0; -ENOMEM if MCL_CURRENT would exceed it
     */
    public int mlockall(int mm, int flags) {
        int known = Mman.MCL_CURRENT | Mman.MCL_FUTURE | Mman.MCL_ONFAULT;
        if (flags == 0 || (flags & ~known) != 0 || flags == Mman.MCL_ONFAULT) {
            return -Errno.EINVAL;
        }
        if (!mayMlock(mms, mm)) {
            return -Errno.EPERM;
        }
        boolean current = (flags & Mman.MCL_CURRENT) != 0;
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MLOCK);
        boolean allowed = !current || mms.capIpcLock(mm) || mms.totalVm(mm) <= Pages.count(mms.rlimitMemlock(mm));
        if (allowed) {
            applyToAll(mm, flags);
        }
        locks.writeUnlock(mm);
        if (!allowed) {
            return -Errno.ENOMEM;
        }
        if (current) {
            populate.range(mm, 0, taskSize, true);
        }
        return 0;
    }

    /**
     * munlockall(2).
     *
     * @param mm the address space
     * @return 0
     */
    public int munlockall(int mm) {
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MLOCK);
        applyToAll(mm, 0);
        locks.writeUnlock(mm);
        return 0;
    }

    /** {@code apply_mlockall_flags}: without any flag all is unlocked, now and in future. */
    private void applyToAll(int mm, int flags) {
        long lockFlags = (flags & Mman.MCL_ONFAULT) != 0 ? VmFlags.VM_LOCKED_MASK : VmFlags.VM_LOCKED;
        boolean future = (flags & Mman.MCL_FUTURE) != 0;
        mms.defFlags(mm, mms.defFlags(mm) & ~VmFlags.VM_LOCKED_MASK | (future ? lockFlags : 0));
        boolean current = (flags & Mman.MCL_CURRENT) != 0;
        if (future && !current) {
            return;
        }
        long add = current ? lockFlags : 0;
        int vma = spaces.first(mm);
        while (vma != 0) {
            long end = vmas.end(vma);
            fixup(vma, vmas.start(vma), end, vmas.flags(vma) & ~VmFlags.VM_LOCKED_MASK | add);
            vma = end >= taskSize ? 0 : spaces.findOrAbove(mm, end);
        }
    }
}
