package org.polymm.engine.uffd;

import java.util.function.IntConsumer;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MapLimits;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * The system calls of userfaultfd: opening, closing, and the ioctls.
 *
 * <p>Addresses and lengths are in bytes. Results are the kernel's: a value, or a negated errno; of calls that fill, how many bytes were filled
 * (the field of the structure; the ioctl itself says -EAGAIN when that is less than was asked for). While a change of mappings is under way of
 * which the handler was told and has not read, those that fill and protect end with -EAGAIN.
 */
public final class Userfaults {

    private final UserfaultContexts contexts;
    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final MapLimits limits;
    private final Sync sync;
    private final long taskSize;
    private final Registration registration;
    private final WriteProtection protection;
    private final Filling filling;

    /**
     * The calls of a machine.
     *
     * @param parts the machine
     */
    public Userfaults(UserfaultParts parts) {
        contexts = parts.contexts();
        spaces = parts.spaces();
        vmas = spaces.vmas();
        locks = spaces.locks();
        limits = spaces.limits();
        sync = parts.sync();
        taskSize = parts.geometry().taskSize();
        protection = new WriteProtection(parts);
        registration = new Registration(parts, protection);
        filling = new Filling(parts);
    }

    /** {@return the userfaultfds and the faults they have reported} */
    public UserfaultContexts contexts() {
        return contexts;
    }

    /**
     * userfaultfd(2) and UFFDIO_API.
     *
     * @param mm the address space that it watches
     * @param features FEATURE_ bits of {@link UserfaultFlags}
     * @return its handle; -EINVAL for a feature there is not
     */
    public int open(int mm, long features) {
        if ((features & ~UserfaultFlags.FEATURES) != 0) {
            return -Errno.EINVAL;
        }
        boolean async = (features & UserfaultFlags.FEATURE_WP_ASYNC) != 0;
        return contexts.create(mm, features | (async ? UserfaultFlags.FEATURE_WP_UNPOPULATED : 0));
    }

    /**
     * close(2): whoever waits goes on, and nothing is registered any more.
     *
     * @param context the userfaultfd
     */
    public void close(int context) {
        registration.unregisterAll(context);
        contexts.wake(context, 0, Long.MAX_VALUE);
        contexts.free(context);
    }

    /**
     * The process has ended, and its VMAs with it. What it had open to watch children is closed.
     *
     * @param mm its address space
     * @param unwatched told of children that are not watched any more
     */
    public void ended(int mm, IntConsumer unwatched) {
        contexts.forEach(context -> {
            int watched = contexts.mm(context);
            if (watched == mm) {
                contexts.free(context);
            } else if (contexts.holder(context) == mm) {
                close(context);
                unwatched.accept(watched);
            }
        });
    }

    /**
     * UFFDIO_REGISTER.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param modes MODE_ bits of {@link UserfaultFlags}
     * @return a bit for each operation that can resolve faults there; -EINVAL for a bad range, no or unknown modes, or a VMA that cannot be
     *     watched so; -EPERM for a mapping that may never be written; -EBUSY if another userfaultfd watches it; -ENOMEM for too many VMAs
     */
    public long register(int context, long start, long length, int modes) {
        int known = UserfaultFlags.MODE_MISSING | UserfaultFlags.MODE_WP | UserfaultFlags.MODE_MINOR;
        if (modes == 0 || (modes & ~known) != 0 || isBadRange(start, length)) {
            return -Errno.EINVAL;
        }
        return registration.register(context, start, start + length, modes);
    }

    /**
     * UFFDIO_UNREGISTER.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @return 0; -EINVAL for a bad range, or one with a VMA that another watches or that cannot be watched; -ENOMEM for too many VMAs
     */
    public int unregister(int context, long start, long length) {
        return isBadRange(start, length) ? -Errno.EINVAL : registration.unregister(context, start, start + length);
    }

    /**
     * UFFDIO_COPY. Contents are tokens, one a page.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param first what the first page holds
     * @param step what each further page holds more
     * @param mode {@link UserfaultFlags#DONTWAKE} and {@link UserfaultFlags#FILL_WP} bits
     * @return bytes filled; -EINVAL for bad arguments; -ENOENT if no VMA that is registered contains the range; -EEXIST if a page is there;
     *     -EFAULT beyond the end of a file; -ENOMEM
     */
    public long copy(int context, long start, long length, long first, long step, int mode) {
        if (contexts.isChanging(context)) {
            return -Errno.EAGAIN;
        }
        if ((mode & ~(UserfaultFlags.DONTWAKE | UserfaultFlags.FILL_WP)) != 0 || isBadRange(start, length)) {
            return -Errno.EINVAL;
        }
        boolean protects = (mode & UserfaultFlags.FILL_WP) != 0;
        return fill(context, start, length, mode, new Filling.Fill(Filling.Kind.COPY, protects, first, step));
    }

    /**
     * UFFDIO_ZEROPAGE.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode 0 or {@link UserfaultFlags#DONTWAKE}
     * @return as {@link #copy}
     */
    public long zeropage(int context, long start, long length, int mode) {
        if (contexts.isChanging(context)) {
            return -Errno.EAGAIN;
        }
        if ((mode & ~UserfaultFlags.DONTWAKE) != 0 || isBadRange(start, length)) {
            return -Errno.EINVAL;
        }
        return fill(context, start, length, mode, new Filling.Fill(Filling.Kind.ZEROPAGE, false, 0, 0));
    }

    /**
     * UFFDIO_CONTINUE.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode {@link UserfaultFlags#DONTWAKE} and {@link UserfaultFlags#FILL_WP} bits
     * @return as {@link #copy}; -EINVAL for other memory than shmem; -EFAULT where the page cache has no page
     */
    public long proceed(int context, long start, long length, int mode) {
        if (contexts.isChanging(context)) {
            return -Errno.EAGAIN;
        }
        if ((mode & ~(UserfaultFlags.DONTWAKE | UserfaultFlags.FILL_WP)) != 0 || isBadRange(start, length)) {
            return -Errno.EINVAL;
        }
        boolean protects = (mode & UserfaultFlags.FILL_WP) != 0;
        return fill(context, start, length, mode, new Filling.Fill(Filling.Kind.CONTINUE, protects, 0, 0));
    }

    /**
     * UFFDIO_POISON.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode 0 or {@link UserfaultFlags#DONTWAKE}
     * @return as {@link #copy}; -EEXIST for a marker, too
     */
    public long poison(int context, long start, long length, int mode) {
        if (contexts.isChanging(context)) {
            return -Errno.EAGAIN;
        }
        if ((mode & ~UserfaultFlags.DONTWAKE) != 0 || isBadRange(start, length)) {
            return -Errno.EINVAL;
        }
        return fill(context, start, length, mode, new Filling.Fill(Filling.Kind.POISON, false, 0, 0));
    }

    private long fill(int context, long start, long length, int mode, Filling.Fill fill) {
        long filled = filling.fill(context, contexts.mm(context), start, length, fill);
        if (filled > 0 && (mode & UserfaultFlags.DONTWAKE) == 0) {
            contexts.wake(context, start, start + filled);
        }
        return filled;
    }

    /**
     * UFFDIO_WRITEPROTECT.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode {@link UserfaultFlags#WP} to protect; else the protection ends, and {@link UserfaultFlags#WP_DONTWAKE} may be given
     * @return 0; -EINVAL for bad arguments; -ENOENT if nothing is mapped there, or at a VMA that is not registered for write protection: what
     *     comes before it is done
     */
    public int writeProtect(int context, long start, long length, int mode) {
        if (contexts.isChanging(context)) {
            return -Errno.EAGAIN;
        }
        boolean protects = (mode & UserfaultFlags.WP) != 0;
        boolean wakes = (mode & UserfaultFlags.WP_DONTWAKE) == 0;
        if (isBadRange(start, length)
                || (mode & ~(UserfaultFlags.WP | UserfaultFlags.WP_DONTWAKE)) != 0
                || protects && !wakes) {
            return -Errno.EINVAL;
        }
        int error = writeProtectVmas(context, start, start + length, protects);
        if (error == 0 && !protects && wakes) {
            contexts.wake(context, start, start + length);
        }
        return error;
    }

    private int writeProtectVmas(int context, long start, long end, boolean protects) {
        int mm = contexts.mm(context);
        locks.readLock(mm);
        sync.readLock(LockClass.UFFD_CTX, context);
        int error = contexts.isChanging(context) ? -Errno.EAGAIN : -Errno.ENOENT;
        for (int vma = spaces.findIntersection(mm, start, end);
                error != -Errno.EAGAIN && vma != 0 && vmas.start(vma) < end;
                vma = spaces.next(vma)) {
            if (!vmas.has(vma, VmFlags.VM_UFFD_WP)) {
                error = -Errno.ENOENT;
                break;
            }
            protection.range(vma, Math.max(start, vmas.start(vma)), Math.min(end, vmas.end(vma)), protects);
            error = 0;
        }
        sync.unlock(LockClass.UFFD_CTX, context);
        locks.readUnlock(mm);
        return error;
    }

    /**
     * UFFDIO_WAKE.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @return 0; -EINVAL for a bad range
     */
    public int wake(int context, long start, long length) {
        if (isBadRange(start, length)) {
            return -Errno.EINVAL;
        }
        contexts.wake(context, start, start + length);
        return 0;
    }

    /** {@code validate_range}. */
    private boolean isBadRange(long start, long length) {
        return ((start | length) & Geometry.PAGE_SIZE - 1) != 0
                || length <= 0
                || start < limits.mmapMinAddr()
                || start >= taskSize
                || length > taskSize - start;
    }
}
