package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.collapse.Collapse;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * madvise.
 *
 * <pre>
 *   advice                                         lock                 acts on
 *   NORMAL RANDOM SEQUENTIAL HUGEPAGE ...          mmap, for writing    flags of VMAs (split, merge)
 *   DONTNEED DONTNEED_LOCKED                       the VMA's if the range lies in one, else mmap, for reading   entries
 *   GUARD_INSTALL GUARD_REMOVE                     mmap, for reading    entries
 *   WILLNEED                                       mmap, for reading    nothing: what a file holds is cached already
 *   POPULATE_READ POPULATE_WRITE                   mmap, for reading    faults
 *   COLLAPSE                                       mmap, for reading, dropped and taken again   ranges of the PMD size
 *   REMOVE                                         mmap, for reading, dropped and taken again   files: punches holes
 * </pre>
 *
 * <p>Unlike other calls, a hole does not end it: all that is mapped is advised on, and -ENOMEM is returned at the end.
 */
public final class MadviseOps {

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final Boundaries boundaries;
    private final Zap zap;
    private final GuardRegions guards;
    private final Populate populate;
    private final FolioAdvice advice;
    private final Collapse collapse;
    private final Files files;
    private final TruncateOps truncate;
    private final FileEnds fileEnds;
    private final EventLog log;
    private final MappingChanges changes;
    private final long taskSize;
    private final boolean reclaimsTables;

    MadviseOps(
            MmContext parts,
            Boundaries boundaries,
            Zap zap,
            Populate populate,
            TruncateOps truncate,
            FileEnds fileEnds) {
        this.files = parts.files();
        this.truncate = truncate;
        this.fileEnds = fileEnds;
        this.reclaimsTables = parts.mechanisms().is(Mechanism.PT_RECLAIM, "on");
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.boundaries = boundaries;
        this.zap = zap;
        this.guards = new GuardRegions(parts, zap);
        this.populate = populate;
        this.advice = new FolioAdvice(parts);
        this.collapse = parts.collapse();
        this.log = parts.log();
        this.changes = parts.changes();
        this.taskSize = parts.geometry().taskSize();
    }

    /**
     * madvise(2).
     *
     * @param mm the address space
     * @param start in bytes, page aligned
     * @param length in bytes, rounded up to pages; 0 does nothing
     * @param advice one of {@link Mman}'s MADV_ values
     * @return 0; -EINVAL for an unknown advice, a bad start, a range that wraps, or a VMA the advice does not suit; -ENOMEM for a hole, after
     *     all else was done; -EAGAIN if too many VMAs would be needed; -EACCES
     *     for MADV_REMOVE where nothing shared may be written; from the populating advices see {@link Populate#exactly}
     */
    public int madvise(int mm, long start, long length, int advice) {
        if (!isKnown(advice) || !Pages.isAligned(start)) {
            return -Errno.EINVAL;
        }
        long aligned = Pages.alignUp(length);
        long end = start + aligned;
        if (length != 0 && aligned == 0 || Pages.below(end, start)) {
            return -Errno.EINVAL;
        }
        if (aligned == 0) {
            return 0;
        }
        log.record(EventKind.MADVISE, mm, start, advice);
        if (Pages.above(end, taskSize)) {
            end = taskSize;
            if (Pages.above(start, taskSize)) {
                return -Errno.ENOMEM;
            }
            int error = advise(mm, start, end, advice);
            return error == 0 ? -Errno.ENOMEM : error;
        }
        return advise(mm, start, end, advice);
    }

    private static boolean isKnown(int advice) {
        return switch (advice) {
            case Mman.MADV_NORMAL,
                    Mman.MADV_RANDOM,
                    Mman.MADV_SEQUENTIAL,
                    Mman.MADV_WILLNEED,
                    Mman.MADV_DONTNEED,
                    Mman.MADV_DONTFORK,
                    Mman.MADV_DOFORK,
                    Mman.MADV_MERGEABLE,
                    Mman.MADV_UNMERGEABLE,
                    Mman.MADV_HUGEPAGE,
                    Mman.MADV_NOHUGEPAGE,
                    Mman.MADV_DONTDUMP,
                    Mman.MADV_DODUMP,
                    Mman.MADV_WIPEONFORK,
                    Mman.MADV_KEEPONFORK,
                    Mman.MADV_POPULATE_READ,
                    Mman.MADV_POPULATE_WRITE,
                    Mman.MADV_DONTNEED_LOCKED,
                    Mman.MADV_COLLAPSE,
                    Mman.MADV_COLD,
                    Mman.MADV_PAGEOUT,
                    Mman.MADV_FREE,
                    Mman.MADV_REMOVE,
                    Mman.MADV_GUARD_INSTALL,
                    Mman.MADV_GUARD_REMOVE -> true;
            default -> false;
        };
    }

    private int advise(int mm, long start, long end, int advice) {
        return switch (advice) {
            case Mman.MADV_POPULATE_READ -> populate.exactly(mm, start, end, false);
            case Mman.MADV_POPULATE_WRITE -> populate.exactly(mm, start, end, true);
            case Mman.MADV_DONTNEED, Mman.MADV_DONTNEED_LOCKED -> discard(mm, start, end, advice);
            case Mman.MADV_WILLNEED,
                    Mman.MADV_COLLAPSE,
                    Mman.MADV_COLD,
                    Mman.MADV_PAGEOUT,
                    Mman.MADV_FREE,
                    Mman.MADV_REMOVE,
                    Mman.MADV_GUARD_INSTALL,
                    Mman.MADV_GUARD_REMOVE -> underMmapLock(mm, start, end, advice);
            default -> changeFlags(mm, start, end, advice);
        };
    }

    /** Takes the VMAs of a range one by one; holes between them are an error, and do not keep the rest from being advised. */
    private int vmaByVma(int mm, long start, long end, int advice) {
        int unmapped = 0;
        long at = start;
        while (at < end) {
            int vma = spaces.findIntersection(mm, at, end);
            if (vma == 0) {
                return -Errno.ENOMEM;
            }
            if (vmas.start(vma) > at) {
                unmapped = -Errno.ENOMEM;
                at = vmas.start(vma);
            }
            long next = Math.min(vmas.end(vma), end);
            int error = adviseVma(vma, at, next, advice);
            if (error != 0) {
                return error;
            }
            at = next;
        }
        return unmapped;
    }

    private int adviseVma(int vma, long start, long end, int advice) {
        return switch (advice) {
            case Mman.MADV_WILLNEED -> 0; // there is nothing to read ahead: only the holes show
            case Mman.MADV_COLLAPSE -> collapse.advised(vma, start, end);
            case Mman.MADV_COLD -> adviseIn(vma, start, end, FolioAdvice.Kind.COLD);
            case Mman.MADV_PAGEOUT -> adviseIn(vma, start, end, FolioAdvice.Kind.PAGEOUT);
            case Mman.MADV_FREE -> drop(vma, start, end, advice);
            case Mman.MADV_REMOVE -> punch(vma, start, end);
            case Mman.MADV_GUARD_INSTALL -> guards.install(vma, start, end);
            case Mman.MADV_GUARD_REMOVE -> guards.remove(vma, start, end);
            case Mman.MADV_DONTNEED, Mman.MADV_DONTNEED_LOCKED -> drop(vma, start, end, advice);
            default -> changeFlagsOf(vma, start, end, advice);
        };
    }

    // ---- entries

    private int discard(int mm, long start, long end, int advice) {
        locks.lookupPoint(mm);
        int single = spaces.find(mm, start);
        if (single != 0 && locks.tryStartRead(single)) {
            if (vmas.mm(single) == mm
                    && vmas.start(single) <= start
                    && vmas.end(single) >= end
                    && vmas.uffd(single) == 0) {
                int error = discardIn(single, start, end, advice);
                locks.endRead(single);
                return error;
            }
            locks.endRead(single);
        }
        return underMmapLock(mm, start, end, advice);
    }

    /**
     * Drops pages of one VMA, under the mmap lock held for reading. If a userfaultfd is to be told, the lock is dropped meanwhile, and what is
     * there then is looked up again.
     */
    private int drop(int vma, long start, long end, int advice) {
        if (!mayDiscard(vma, advice)) {
            return -Errno.EINVAL;
        }
        int mm = vmas.mm(vma);
        if (!tellRemoved(vma, start, end)) {
            return discardIn(vma, start, end, advice);
        }
        locks.readLock(mm);
        int found = spaces.find(mm, start);
        return found == 0 ? -Errno.ENOMEM : discardIn(found, start, Math.min(end, vmas.end(found)), advice);
    }

    /** {@code userfaultfd_remove}: whether somebody was told; the mmap lock, held for reading, is not held any more then. */
    private boolean tellRemoved(int vma, long start, long end) {
        int context = vmas.uffd(vma);
        if (!changes.wants(context, MappingChanges.Change.REMOVE)) {
            return false;
        }
        changes.begin(context);
        locks.readUnlock(vmas.mm(vma));
        changes.tell(context, MappingChanges.Change.REMOVE, start, end, 0);
        return true;
    }

    private int underMmapLock(int mm, long start, long end, int advice) {
        locks.readLock(mm);
        int error = vmaByVma(mm, start, end, advice);
        locks.readUnlock(mm);
        return error;
    }

    /** Not in locked memory; MADV_FREE in anonymous memory alone. */
    private int adviseIn(int vma, long start, long end, FolioAdvice.Kind kind) {
        if (vmas.has(vma, VmFlags.VM_PFNMAP | VmFlags.VM_HUGETLB | VmFlags.VM_LOCKED)
                || kind == FolioAdvice.Kind.FREE && !vmas.isAnonymous(vma)) {
            return -Errno.EINVAL;
        }
        advice.take(vma, start, end, kind);
        return 0;
    }

    /** {@code madvise_remove}: a hole in the file, for which the mmap lock is dropped and taken again. */
    private int punch(int vma, long start, long end) {
        int file = vmas.file(vma);
        if (vmas.has(vma, VmFlags.VM_LOCKED) || file == 0) {
            return -Errno.EINVAL;
        }
        if (!vmas.has(vma, VmFlags.VM_SHARED) || !vmas.has(vma, VmFlags.VM_MAYWRITE)) {
            return -Errno.EACCES;
        }
        int mm = vmas.mm(vma);
        long offset = vmas.pgoffAt(vma, start) << Geometry.PAGE_SHIFT;
        files.get(file);
        if (!tellRemoved(vma, start, end)) {
            locks.readUnlock(mm);
        }
        int error = truncate.punchHole(file, offset, end - start);
        files.put(file);
        fileEnds.endIfUnused(file);
        locks.readLock(mm);
        return error;
    }

    private boolean mayDiscard(int vma, int advice) {
        long locked = advice == Mman.MADV_DONTNEED_LOCKED ? 0 : VmFlags.VM_LOCKED;
        return !vmas.has(vma, VmFlags.VM_PFNMAP | VmFlags.VM_HUGETLB | locked);
    }

    /** {@code madvise_dontneed_single_vma}: locked memory only if it is meant. */
    private int discardIn(int vma, long start, long end, int advice) {
        if (!mayDiscard(vma, advice)) {
            return -Errno.EINVAL;
        }
        if (advice == Mman.MADV_FREE) {
            return adviseIn(vma, start, end, FolioAdvice.Kind.FREE);
        }
        int mm = vmas.mm(vma);
        mms.noteRssPeak(mm);
        Gather gather = zap.gather(mm);
        zap.range(gather, vma, start, end, reclaimsTables ? Zap.RECLAIM_TABLES : 0, BoundaryCause.MADVISE);
        gather.finish();
        return 0;
    }

    // ---- flags

    private int changeFlags(int mm, long start, long end, int advice) {
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MADVISE);
        int error = vmaByVma(mm, start, end, advice);
        locks.writeUnlock(mm);
        return error;
    }

    private int changeFlagsOf(int vma, long start, long end, int advice) {
        long flags = vmas.flags(vma);
        if (!suits(vma, flags, advice)) {
            return -Errno.EINVAL;
        }
        long newFlags = flags & ~cleared(advice) | set(flags, advice);
        if (newFlags == flags) {
            return 0;
        }
        int changed = spaces.modifyFlags(vma, start, end, newFlags);
        if (changed < 0) {
            return changed == -Errno.ENOMEM ? -Errno.EAGAIN : changed;
        }
        locks.startWrite(changed);
        vmas.flags(changed, newFlags | vmas.flags(changed) & VmFlags.VM_STICKY);
        return 0;
    }

    private boolean suits(int vma, long flags, int advice) {
        return switch (advice) {
            case Mman.MADV_DOFORK -> !VmFlags.any(flags, VmFlags.VM_IO);
            case Mman.MADV_WIPEONFORK -> vmas.isAnonymous(vma) && !VmFlags.any(flags, VmFlags.VM_SHARED);
            case Mman.MADV_KEEPONFORK -> !VmFlags.any(flags, VmFlags.VM_DROPPABLE);
            case Mman.MADV_DODUMP -> !VmFlags.any(flags, VmFlags.VM_SPECIAL | VmFlags.VM_DROPPABLE);
            default -> true;
        };
    }

    private static long cleared(int advice) {
        return switch (advice) {
            case Mman.MADV_NORMAL -> VmFlags.VM_RAND_READ | VmFlags.VM_SEQ_READ;
            case Mman.MADV_RANDOM -> VmFlags.VM_SEQ_READ;
            case Mman.MADV_SEQUENTIAL -> VmFlags.VM_RAND_READ;
            case Mman.MADV_DOFORK -> VmFlags.VM_DONTCOPY;
            case Mman.MADV_KEEPONFORK -> VmFlags.VM_WIPEONFORK;
            case Mman.MADV_DODUMP -> VmFlags.VM_DONTDUMP;
            case Mman.MADV_HUGEPAGE -> VmFlags.VM_NOHUGEPAGE;
            case Mman.MADV_NOHUGEPAGE -> VmFlags.VM_HUGEPAGE;
            case Mman.MADV_UNMERGEABLE -> VmFlags.VM_MERGEABLE;
            default -> 0;
        };
    }

    private static long set(long flags, int advice) {
        return switch (advice) {
            case Mman.MADV_RANDOM -> VmFlags.VM_RAND_READ;
            case Mman.MADV_SEQUENTIAL -> VmFlags.VM_SEQ_READ;
            case Mman.MADV_DONTFORK -> VmFlags.VM_DONTCOPY;
            case Mman.MADV_WIPEONFORK -> VmFlags.VM_WIPEONFORK;
            case Mman.MADV_DONTDUMP -> VmFlags.VM_DONTDUMP;
            case Mman.MADV_HUGEPAGE -> VmFlags.VM_HUGEPAGE;
            case Mman.MADV_NOHUGEPAGE -> VmFlags.VM_NOHUGEPAGE;
            case Mman.MADV_MERGEABLE -> isKsmCompatible(flags) ? VmFlags.VM_MERGEABLE : 0;
            default -> 0;
        };
    }

    /** {@code vma_ksm_compatible}: other VMAs keep their flags, and the call succeeds all the same. */
    private static boolean isKsmCompatible(long flags) {
        return !VmFlags.any(
                flags,
                VmFlags.VM_SHARED
                        | VmFlags.VM_MAYSHARE
                        | VmFlags.VM_SPECIAL
                        | VmFlags.VM_HUGETLB
                        | VmFlags.VM_DROPPABLE);
    }
}
