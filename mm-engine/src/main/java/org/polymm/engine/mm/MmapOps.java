package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.UnmappedArea;
import org.polymm.engine.vma.Unmapping;
import org.polymm.engine.vma.VmAccounting;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * mmap.
 *
 * <pre>
 *   where      MAP_FIXED: there, whatever is there is unmapped      hint: there if free      else: top down from mmap_base
 *   may it     flags and kind | MEMLOCK | map count | AS and DATA, less what is replaced | commit limit
 *   then       replaced range: entries, tables | neighbours extended, or a VMA made | replaced VMAs freed | populated
 * </pre>
 */
public final class MmapOps {

    private static final long MAY_ALL = VmFlags.VM_MAYREAD | VmFlags.VM_MAYWRITE | VmFlags.VM_MAYEXEC;

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final Unmapping unmapping;
    private final UnmappedArea area;
    private final VmAccounting accounting;
    private final Files files;
    private final CommitLimit commit;
    private final Boundaries boundaries;
    private final MunmapOps munmap;
    private final Populate populate;
    private final EventLog log;
    private final Geometry geometry;

    MmapOps(MmContext parts, Boundaries boundaries, MunmapOps munmap, CommitLimit commit, Populate populate) {

        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.unmapping = spaces.unmapping();
        this.area = spaces.unmappedArea();
        this.accounting = spaces.accounting();
        this.files = parts.files();
        this.commit = commit;
        this.boundaries = boundaries;
        this.munmap = munmap;
        this.populate = populate;
        this.log = parts.log();
        this.geometry = parts.geometry();
    }

    /**
     * mmap(2).
     *
     * @param mm the address space
     * @param hint where, in bytes: exactly with MAP_FIXED, else a hint of any alignment; 0 for anywhere
     * @param length in bytes, rounded up to pages; not 0
     * @param prot {@link Mman} PROT_ bits; unknown ones are ignored, as Linux does
     * @param flags {@link Mman} MAP_ bits
     * @param file the file, or 0; ignored with MAP_ANONYMOUS
     * @param offset into the file, in bytes, page aligned
     * @return the address; -EINVAL for a bad offset, an empty range, a fixed address that is not aligned, or flags without exactly one kind
     *     of sharing; -EBADF without a file; -EOVERFLOW if the file range wraps; -ENOMEM if it does not fit: user space, map count,
     *     RLIMIT_AS, RLIMIT_DATA, commit limit; -EEXIST under MAP_FIXED_NOREPLACE; -EPERM for MAP_LOCKED when RLIMIT_MEMLOCK is 0; -EAGAIN
     *     if the limit on locked memory is exceeded
     */
    public long mmap(int mm, long hint, long length, int prot, int flags, int file, long offset) {
        if (!Pages.isAligned(offset)) {
            return -Errno.EINVAL;
        }
        boolean anonymous = (flags & Mman.MAP_ANONYMOUS) != 0;
        if (!anonymous && file == 0) {
            return -Errno.EBADF;
        }
        WatchedUnmaps told = munmap.watched();
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MUNMAP);
        long result = mapLocked(mm, hint, length, prot, flags, anonymous ? 0 : file, Pages.count(offset), told);
        boolean populates = result >= 0 && isPopulated(flags, vmas.flags(spaces.find(mm, result)));
        locks.writeUnlock(mm);
        told.tell();
        if (result >= 0) {
            log.record(EventKind.MMAP, mm, result, Pages.count(Pages.alignUp(length)));
        }
        if (populates) {
            populate.range(mm, result, Pages.alignUp(length), true);
        }
        return result;
    }

    private static boolean isPopulated(int flags, long vmFlags) {
        return VmFlags.any(vmFlags, VmFlags.VM_LOCKED)
                || (flags & (Mman.MAP_POPULATE | Mman.MAP_NONBLOCK)) == Mman.MAP_POPULATE;
    }

    private long mapLocked(
            int mm, long hint, long rawLength, int prot, int rawFlags, int file, long pgoff, WatchedUnmaps told) {
        if (rawLength == 0) {
            return -Errno.EINVAL;
        }
        boolean noReplace = (rawFlags & Mman.MAP_FIXED_NOREPLACE) != 0;
        int flags = noReplace ? rawFlags | Mman.MAP_FIXED : rawFlags;
        long length = Pages.alignUp(rawLength);
        if (length == 0) {
            return -Errno.ENOMEM;
        }
        if (Pages.below(pgoff + Pages.count(length), pgoff)) {
            return -Errno.EOVERFLOW;
        }
        if (accounting.tooManyToMap(mm)) {
            return -Errno.ENOMEM;
        }
        long vmFlags = vmFlags(prot, flags) | mms.defFlags(mm);
        long address = place(mm, hint, length, flags, file, pgoff);
        if (address < 0) {
            return address;
        }
        if (noReplace && spaces.findIntersection(mm, address, address + length) != 0) {
            return -Errno.EEXIST;
        }
        if ((flags & Mman.MAP_LOCKED) != 0 && !MlockOps.mayMlock(mms, mm)) {
            return -Errno.EPERM;
        }
        if (!accounting.mayLock(mm, vmFlags, Pages.count(length))) {
            return -Errno.EAGAIN;
        }
        int type = flags & Mman.MAP_TYPE;
        boolean shared = type == Mman.MAP_SHARED || type == Mman.MAP_SHARED_VALIDATE && file != 0;
        if (!shared && type != Mman.MAP_PRIVATE) {
            return -Errno.EINVAL;
        }
        if ((shared || file != 0) && VmFlags.any(vmFlags, VmFlags.VM_GROWSDOWN)) {
            return -Errno.EINVAL;
        }
        if (shared) {
            vmFlags |= VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE;
        }
        if ((flags & Mman.MAP_NORESERVE) != 0) {
            vmFlags |= VmFlags.VM_NORESERVE;
        }
        return region(mm, address, length, vmFlags, file, pgoff, shared, told);
    }

    private static long vmFlags(int prot, int flags) {
        return MAY_ALL
                | protFlags(prot)
                | ((flags & Mman.MAP_GROWSDOWN) != 0 ? VmFlags.VM_GROWSDOWN : 0)
                | ((flags & Mman.MAP_LOCKED) != 0 ? VmFlags.VM_LOCKED : 0)
                | ((flags & Mman.MAP_STACK) != 0 ? VmFlags.VM_NOHUGEPAGE : 0);
    }

    /** {@code calc_vm_prot_bits}: VM_READ, VM_WRITE and VM_EXEC have the values of the PROT_ bits. */
    static long protFlags(int prot) {
        return prot & (Mman.PROT_READ | Mman.PROT_WRITE | Mman.PROT_EXEC);
    }

    private long place(int mm, long hint, long length, int flags, int file, long pgoff) {
        if (Pages.above(length, geometry.taskSize())) {
            return -Errno.ENOMEM;
        }
        if ((flags & Mman.MAP_FIXED) != 0) {
            if (Pages.above(hint, geometry.taskSize() - length)) {
                return -Errno.ENOMEM;
            }
            return Pages.isAligned(hint) ? hint : -Errno.EINVAL;
        }
        boolean ordinaryFile = file != 0 && !files.is(file, Files.SHMEM | Files.HUGETLB);
        boolean anonPrivate = file == 0 && (flags & Mman.MAP_TYPE) == Mman.MAP_PRIVATE;
        long rounded = area.roundHint(hint);
        long alignment = ordinaryFile ? geometry.pmdSize() : anonPrivate ? area.thpAlignment(rounded, length) : 0;
        return area.find(mm, rounded, length, alignment, file == 0 ? 0 : pgoff);
    }

    /** {@code mmap_region}: the range is decided, the limits are not yet. */
    private long region(
            int mm, long start, long length, long vmFlags, int file, long pgoff, boolean shared, WatchedUnmaps told) {
        long end = start + length;
        int replaced = unmapping.detach(mm, start, end);
        if (replaced < 0) {
            return replaced;
        }
        long pages = Pages.count(length);
        long flags = vmFlags;
        if (!accounting.mayExpand(mm, flags, pages - pagesOf(replaced))) {
            unmapping.reattach(replaced);
            return -Errno.ENOMEM;
        }
        if (CommitLimit.isAccountable(flags)) {
            if (!commit.charge(pages)) {
                unmapping.reattach(replaced);
                return -Errno.ENOMEM;
            }
            flags |= VmFlags.VM_ACCOUNT;
        }
        if (replaced != 0) {
            told.detached(replaced, start, end);
            munmap.clear(mm, replaced);
        }
        if (shared && file == 0) {
            mapSharedAnonymous(mm, start, end, flags);
        } else if (file == 0) {
            spaces.mapAnonymous(mm, start, end, flags | VmFlags.VM_SOFTDIRTY);
        } else {
            spaces.map(mm, start, end, lockable(file, flags) | VmFlags.VM_SOFTDIRTY, file, pgoff);
        }
        if (replaced != 0) {
            munmap.release(replaced);
        }
        return start;
    }

    /** Memory shared without a file is a file of shmem without a name, which lives as long as a mapping of it. */
    private void mapSharedAnonymous(int mm, long start, long end, long flags) {
        int file = files.create(0, Pages.count(end - start), Files.SHMEM);
        spaces.map(mm, start, end, flags | VmFlags.VM_SOFTDIRTY, file, 0);
        files.put(file);
    }

    private long lockable(int file, long flags) {
        return files.is(file, Files.HUGETLB) ? flags & ~VmFlags.VM_LOCKED_MASK | VmFlags.VM_HUGETLB : flags;
    }

    private long pagesOf(int detached) {
        long pages = 0;
        for (int vma = detached; vma != 0; vma = vmas.nextDetached(vma)) {
            pages += vmas.pages(vma);
        }
        return pages;
    }
}
