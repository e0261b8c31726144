package org.polymm.engine.uffd;

import org.polymm.engine.pagecache.Files;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Says which VMAs a userfaultfd watches, and for what. VMAs are split and merged for that, as by mprotect.
 *
 * <pre>
 *   VMAs        |-------A-------|---B---|            register [  )
 *                      [            )
 *   afterwards  |--A---|--A wp--|B wp|-B|
 * </pre>
 *
 * <p>All VMAs of the range are looked at before the first is changed.
 */
final class Registration {

    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final Files files;
    private final UserfaultContexts contexts;
    private final WriteProtection protection;

    Registration(UserfaultParts parts, WriteProtection protection) {
        spaces = parts.spaces();
        vmas = spaces.vmas();
        locks = spaces.locks();
        files = parts.files();
        contexts = parts.contexts();
        this.protection = protection;
    }

    /** UFFDIO_REGISTER, of a range that was checked. Returns the operations that can resolve faults there, or a negated errno. */
    long register(int context, long start, long end, int modes) {
        int mm = contexts.mm(context);
        long wanted = flags(modes);
        locks.writeLock(mm);
        long result = spaces.findIntersection(mm, start, end) == 0 ? -Errno.EINVAL : check(context, start, end, wanted);
        if (result == 0) {
            result = arm(context, start, end, wanted);
        }
        locks.writeUnlock(mm);
        return result == 0 ? operations(modes) : result;
    }

    private static long flags(int modes) {
        return ((modes & UserfaultFlags.MODE_MISSING) != 0 ? VmFlags.VM_UFFD_MISSING : 0)
                | ((modes & UserfaultFlags.MODE_WP) != 0 ? VmFlags.VM_UFFD_WP : 0)
                | ((modes & UserfaultFlags.MODE_MINOR) != 0 ? VmFlags.VM_UFFD_MINOR : 0);
    }

    private static long operations(int modes) {
        long always = UserfaultFlags.CAN_WAKE
                | UserfaultFlags.CAN_COPY
                | UserfaultFlags.CAN_ZEROPAGE
                | UserfaultFlags.CAN_MOVE
                | UserfaultFlags.CAN_POISON;
        return always
                | ((modes & UserfaultFlags.MODE_WP) != 0 ? UserfaultFlags.CAN_WRITEPROTECT : 0)
                | ((modes & UserfaultFlags.MODE_MINOR) != 0 ? UserfaultFlags.CAN_CONTINUE : 0);
    }

    private int check(int context, long start, long end, long wanted) {
        int mm = contexts.mm(context);
        for (int vma = spaces.findIntersection(mm, start, end);
                vma != 0 && vmas.start(vma) < end;
                vma = spaces.next(vma)) {
            if (!isSuitable(context, vma, wanted)) {
                return -Errno.EINVAL;
            }
            if (!vmas.has(vma, VmFlags.VM_MAYWRITE)) {
                return -Errno.EPERM;
            }
            if (vmas.uffd(vma) != 0 && vmas.uffd(vma) != context) {
                return -Errno.EBUSY;
            }
        }
        return 0;
    }

    /** {@code vma_can_userfault}. */
    private boolean isSuitable(int context, int vma, long flags) {
        long wanted = flags & VmFlags.VM_UFFD_FLAGS;
        boolean shmem = isShmem(vma);
        if (vmas.has(vma, VmFlags.VM_DROPPABLE) || (wanted & VmFlags.VM_UFFD_MINOR) != 0 && !shmem) {
            return false;
        }
        return wanted == VmFlags.VM_UFFD_WP && contexts.has(context, UserfaultFlags.FEATURE_WP_ASYNC)
                || vmas.isAnonymous(vma)
                || shmem;
    }

    private boolean isShmem(int vma) {
        int file = vmas.file(vma);
        return file != 0 && files.is(file, Files.SHMEM);
    }

    private int arm(int context, long start, long end, long wanted) {
        int mm = contexts.mm(context);
        long at = start;
        for (int vma = spaces.findIntersection(mm, start, end);
                vma != 0 && vmas.start(vma) < end;
                vma = spaces.next(vma)) {
            if (vmas.uffd(vma) != context || (vmas.flags(vma) & wanted) != wanted) {
                at = Math.max(at, vmas.start(vma));
                long newFlags = vmas.flags(vma) & ~VmFlags.VM_UFFD_FLAGS | wanted;
                int changed = spaces.modifyUffd(vma, at, Math.min(end, vmas.end(vma)), newFlags, context);
                if (changed < 0) {
                    return changed;
                }
                set(changed, context, wanted);
                vma = changed;
            }
            at = vmas.end(vma);
        }
        return 0;
    }

    private void set(int vma, int context, long wanted) {
        locks.startWrite(vma);
        vmas.uffd(vma, context);
        vmas.changeFlags(vma, wanted, VmFlags.VM_UFFD_FLAGS & ~wanted);
    }

    /** UFFDIO_UNREGISTER, of a range that was checked. */
    int unregister(int context, long start, long end) {
        int mm = contexts.mm(context);
        locks.writeLock(mm);
        int error = spaces.findIntersection(mm, start, end) == 0 ? -Errno.EINVAL : 0;
        for (int vma = spaces.findIntersection(mm, start, end);
                error == 0 && vma != 0 && vmas.start(vma) < end;
                vma = spaces.next(vma)) {
            boolean foreign = vmas.uffd(vma) != 0 && vmas.uffd(vma) != context;
            error = foreign || !isSuitable(context, vma, vmas.flags(vma)) ? -Errno.EINVAL : 0;
        }
        if (error == 0) {
            error = disarm(context, start, end);
        }
        locks.writeUnlock(mm);
        return error;
    }

    /** Ends the watch over all of an address space, when a userfaultfd is closed. */
    void unregisterAll(int context) {
        int mm = contexts.mm(context);
        locks.writeLock(mm);
        disarm(context, 0, Long.MAX_VALUE);
        locks.writeUnlock(mm);
    }

    private int disarm(int context, long start, long end) {
        int mm = contexts.mm(context);
        for (int vma = spaces.findOrAbove(mm, start); vma != 0 && vmas.start(vma) < end; vma = spaces.next(vma)) {
            if (vmas.uffd(vma) == context) {
                long from = Math.max(start, vmas.start(vma));
                long to = Math.min(end, vmas.end(vma));
                if (vmas.has(vma, VmFlags.VM_UFFD_MISSING)) {
                    contexts.wake(context, from, to);
                }
                if (vmas.has(vma, VmFlags.VM_UFFD_WP)) {
                    protection.range(vma, from, to, false);
                }
                int changed = spaces.modifyUffd(vma, from, to, vmas.flags(vma) & ~VmFlags.VM_UFFD_FLAGS, 0);
                if (changed < 0) {
                    return changed;
                }
                set(changed, 0, 0);
                vma = changed;
            }
        }
        return 0;
    }
}
