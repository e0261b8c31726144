package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.VmAccounting;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * mprotect.
 *
 * <pre>
 *   range  [-------------------------------)
 *   VMAs   |---A---|--B--|  hole  |---C---|
 *            done    done   -ENOMEM, C stays as it was
 * </pre>
 *
 * <p>VMAs are changed one after another; an error leaves those before it changed.
 */
public final class ProtectOps {

    private static final int PROT_KNOWN = Mman.PROT_READ | Mman.PROT_WRITE | Mman.PROT_EXEC | Mman.PROT_SEM;
    private static final int PROT_GROWS = Mman.PROT_GROWSDOWN | Mman.PROT_GROWSUP;

    /** VM_MAYREAD is VM_READ shifted by this, and so on. */
    private static final int MAY_SHIFT = 4;

    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final VmAccounting accounting;
    private final CommitLimit commit;
    private final Boundaries boundaries;
    private final ProtectionChange change;
    private final Populate populate;
    private final EventLog log;
    private final Sync sync;
    private final boolean locksVma;
    private final long taskSize;

    ProtectOps(MmContext parts, Boundaries boundaries, ProtectionChange change, CommitLimit commit, Populate populate) {
        this.spaces = parts.spaces();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.accounting = spaces.accounting();
        this.commit = commit;
        this.boundaries = boundaries;
        this.change = change;
        this.populate = populate;
        this.log = parts.log();
        this.sync = parts.sync();
        this.locksVma = parts.mechanisms().is(Mechanism.PAGE_WALK_VMA_LOCK, "on");
        this.taskSize = parts.geometry().taskSize();
    }

    /**
     * mprotect(2).
     *
     * @param mm the address space
     * @param start in bytes, page aligned
     * @param length in bytes, rounded up to pages; 0 does nothing
     * @param rawProt {@link Mman} PROT_ bits, also PROT_GROWSDOWN
     * @return 0; -EINVAL for a bad start, unknown bits, or PROT_GROWSDOWN on a VMA that does not grow down; -ENOMEM if the range wraps, has a
     *     hole, would need too many VMAs or too much memory; -EACCES if a VMA may never have an access; -EPERM if one is sealed
     */
    public int mprotect(int mm, long start, long length, int rawProt) {
        if ((rawProt & PROT_GROWS) == PROT_GROWS || !Pages.isAligned(start)) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        long end = start + Pages.alignUp(length);
        if (!Pages.above(end, start)) {
            return -Errno.ENOMEM;
        }
        int prot = rawProt & ~PROT_GROWS;
        if ((prot & ~PROT_KNOWN) != 0) {
            return -Errno.EINVAL;
        }
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MPROTECT);
        log.record(EventKind.MPROTECT, mm, start, Pages.count(end - start));
        int error = protect(mm, start, end, MmapOps.protFlags(prot), (rawProt & Mman.PROT_GROWSDOWN) != 0);
        locks.writeUnlock(mm);
        return error;
    }

    private int protect(int mm, long start, long end, long access, boolean growsDown) {
        int first = Pages.above(start, taskSize) ? 0 : spaces.findOrAbove(mm, start);
        if (first == 0) {
            return -Errno.ENOMEM;
        }
        long from = start;
        if (growsDown) {
            if (vmas.start(first) >= end) {
                return -Errno.ENOMEM;
            }
            from = vmas.start(first);
            if (!vmas.has(first, VmFlags.VM_GROWSDOWN)) {
                return -Errno.EINVAL;
            }
        }
        long at = from;
        while (at < end) {
            int vma = spaces.find(mm, at);
            if (vma == 0) {
                return -Errno.ENOMEM;
            }
            long newFlags = vmas.flags(vma) & ~VmFlags.VM_ACCESS_FLAGS | access;
            if ((newFlags & ~(newFlags >> MAY_SHIFT) & VmFlags.VM_ACCESS_FLAGS) != 0) {
                return -Errno.EACCES;
            }
            long next = Math.min(vmas.end(vma), end);
            int error = fixup(mm, vma, at, next, newFlags);
            if (error != 0) {
                return error;
            }
            at = next;
        }
        return 0;
    }

    /** {@code mprotect_fixup}: one VMA, or a part of it. */
    private int fixup(int mm, int vma, long start, long end, long wantedFlags) {
        long oldFlags = vmas.flags(vma);
        if (VmFlags.any(oldFlags, VmFlags.VM_SEALED)) {
            return -Errno.EPERM;
        }
        if (wantedFlags == oldFlags) {
            return 0;
        }
        long pages = Pages.count(end - start);
        long newFlags = wantedFlags;
        long charged = 0;
        if (VmFlags.any(newFlags, VmFlags.VM_WRITE)) {
            if (!accounting.mayExpand(mm, newFlags, pages) && accounting.mayExpand(mm, oldFlags, pages)) {
                return -Errno.ENOMEM;
            }
            if (becomesAccountable(oldFlags)) {
                if (!commit.charge(pages)) {
                    return -Errno.ENOMEM;
                }
                charged = pages;
                newFlags |= VmFlags.VM_ACCOUNT;
            }
        } else if (VmFlags.any(oldFlags, VmFlags.VM_ACCOUNT) && vmas.isAnonymous(vma) && vmas.anonVma(vma) == 0) {
            newFlags &= ~VmFlags.VM_ACCOUNT;
        }
        int changed = spaces.modifyFlags(vma, start, end, newFlags);
        if (changed < 0) {
            commit.uncharge(charged);
            return changed;
        }
        if (locksVma) {
            locks.startWrite(changed);
        } else {
            sync.point(Point.WRITE_VMA, changed);
        }
        vmas.flags(changed, newFlags | vmas.flags(changed) & VmFlags.VM_STICKY);
        change.range(changed, start, end);
        if (VmFlags.any(oldFlags & ~newFlags, VmFlags.VM_ACCOUNT)) {
            commit.uncharge(pages);
        }
        if ((oldFlags & (VmFlags.VM_WRITE | VmFlags.VM_SHARED | VmFlags.VM_LOCKED)) == VmFlags.VM_LOCKED
                && VmFlags.any(newFlags, VmFlags.VM_WRITE)) {
            populate.underWriteLock(mm, changed, start, end);
        }
        accounting.account(mm, oldFlags, -pages);
        accounting.account(mm, newFlags, pages);
        return 0;
    }

    private static boolean becomesAccountable(long oldFlags) {
        return !VmFlags.any(
                oldFlags,
                VmFlags.VM_ACCOUNT | VmFlags.VM_WRITE | VmFlags.VM_HUGETLB | VmFlags.VM_SHARED | VmFlags.VM_NORESERVE);
    }
}
