package org.polymm.engine.fault;

import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.VmaTable;

/** What a fault does with the lock under which it runs: its VMA's, or the mmap lock. */
final class FaultLocks {

    private final Sync sync;
    private final MmLocks locks;
    private final AnonVmas anonVmas;
    private final VmaTable vmas;

    FaultLocks(FaultParts parts) {
        sync = parts.sync();
        locks = parts.spaces().locks();
        anonVmas = parts.spaces().anonVmas();
        vmas = parts.spaces().vmas();
    }

    /**
     * Makes sure that a VMA has an anon_vma: {@code vmf_anon_prepare}. To look at its neighbours needs the mmap lock, which a fault under
     * the VMA's lock can only try.
     *
     * @return DONE; or RETRY with the VMA's lock dropped
     */
    int prepareAnonVma(int mm, int vma, int flags) {
        sync.touch(Point.READ_VMA, vma);
        return vmas.anonVma(vma) != 0 ? FaultResult.DONE : prepare(mm, vma, flags);
    }

    /**
     * Waits until the hole is there that somebody punches into shmem around a fault: {@code shmem_falloc_wait}. The first time the lock under
     * which the fault runs is dropped for that; a fault that was tried before sleeps with the mmap lock held.
     *
     * @return RETRY with the lock dropped, or DONE
     */
    int awaitPunch(int mm, int vma, int file, int flags) {
        boolean drops = (flags & (FaultFlags.TRIED | FaultFlags.NO_WAIT)) == 0;
        if (drops && (flags & FaultFlags.VMA_LOCK) != 0) {
            locks.endRead(vma);
        } else if (drops) {
            locks.readUnlock(mm);
        }
        sync.readLock(LockClass.HOLE_PUNCH, file);
        sync.unlock(LockClass.HOLE_PUNCH, file);
        return drops ? FaultResult.RETRY : FaultResult.DONE;
    }

    private int prepare(int mm, int vma, int flags) {
        if ((flags & FaultFlags.VMA_LOCK) == 0) {
            anonVmas.prepare(vma);
            return FaultResult.DONE;
        }
        if (!locks.tryReadLock(mm)) {
            locks.endRead(vma);
            return FaultResult.RETRY;
        }
        anonVmas.prepare(vma);
        locks.readUnlock(mm);
        return FaultResult.DONE;
    }
}
