package org.polymm.engine.vma;

import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * The mmap lock of an address space together with the locks of its VMAs.
 *
 * <p>A writer of a VMA does not hold the VMA's lock until it is done. It takes it once, which waits for the readers,
 * writes the mm's sequence number into the VMA, and lets go. The VMA counts as locked for writing as long as the two
 * numbers are equal, and releasing the mmap lock from writing advances the mm's: one step unlocks all VMAs.
 *
 * <pre>
 *   writer: mmap_lock write | vma A: seq := 7 | vma B: seq := 7 | mmap unlock: mm seq := 8
 *   reader of A:              fails (7 == 7)                                              succeeds (7 != 8)
 * </pre>
 */
public final class MmLocks {

    private final MmTable mms;
    private final VmaTable vmas;
    private final Sync sync;

    /** Locks of the given tables. */
    public MmLocks(MmTable mms, VmaTable vmas, Sync sync) {
        this.mms = mms;
        this.vmas = vmas;
        this.sync = sync;
    }

    /** The scheduling point before a VMA is looked up without the mmap lock. */
    public void lookupPoint(int mm) {
        if (sync.isScheduled()) {
            sync.point(Point.READ_VMA, treeOf(mm));
        }
    }

    /** What a point is about that looks a VMA up, or a change of which there are; VMAs themselves are other objects. */
    static long treeOf(int mm) {
        return (long) mm << 32;
    }

    /** What a point is about that compares a VMA's sequence number with that of the mm. */
    private static long sequenceOf(int mm) {
        return (long) mm << 32 | 1;
    }

    /** {@code mmap_read_lock}. */
    public void readLock(int mm) {
        sync.readLock(LockClass.MMAP_LOCK, mm);
    }

    /** {@code mmap_read_trylock}. */
    public boolean tryReadLock(int mm) {
        return sync.tryReadLock(LockClass.MMAP_LOCK, mm);
    }

    /** {@code mmap_read_unlock}. */
    public void readUnlock(int mm) {
        sync.unlock(LockClass.MMAP_LOCK, mm);
    }

    /** {@code mmap_write_lock}. */
    public void writeLock(int mm) {
        sync.writeLock(LockClass.MMAP_LOCK, mm);
    }

    /** {@code mmap_write_lock_nested}: of the child, while that of the parent is held. */
    public void writeLockNested(int mm) {
        sync.nestedLock(LockClass.MMAP_LOCK, mm);
    }

    /** {@code mmap_write_trylock}. */
    public boolean tryWriteLock(int mm) {
        return sync.tryLock(LockClass.MMAP_LOCK, mm);
    }

    /** {@code mmap_write_unlock}: also ends all write locks of its VMAs. */
    public void writeUnlock(int mm) {
        endVmaWrites(mm);
        sync.unlock(LockClass.MMAP_LOCK, mm);
    }

    /** {@code mmap_write_downgrade}: also ends all write locks of its VMAs. */
    public void downgrade(int mm) {
        endVmaWrites(mm);
        sync.downgrade(LockClass.MMAP_LOCK, mm);
    }

    private void endVmaWrites(int mm) {
        sync.assertHeldExclusively(LockClass.MMAP_LOCK, mm);
        sync.touch(Point.WRITE_VMA, sequenceOf(mm));
        sync.touch(Point.WRITE_VMA, treeOf(mm));
        mms.lockSeq(mm, mms.lockSeq(mm) + 1);
    }

    /** Does nothing if the current task holds the mmap lock for writing, and throws otherwise. */
    public void assertWriteHeld(int mm) {
        sync.assertHeldExclusively(LockClass.MMAP_LOCK, mm);
    }

    /** Does nothing if the current task holds the mmap lock, and throws otherwise. */
    public void assertHeld(int mm) {
        sync.assertHeld(LockClass.MMAP_LOCK, mm);
    }

    /**
     * {@code vma_start_write}: waits for the readers of a VMA and keeps new ones away until the mmap lock, which the
     * task holds for writing, is released or downgraded.
     */
    public void startWrite(int vma) {
        int mm = vmas.mm(vma);
        sync.assertHeldExclusively(LockClass.MMAP_LOCK, mm);
        if (isWriteLocked(vma)) {
            sync.touch(Point.WRITE_VMA, vma);
            return;
        }
        sync.writeLock(LockClass.VMA_LOCK, vma);
        sync.touch(Point.WRITE_VMA, vma);
        sync.touch(Point.WRITE_VMA, treeOf(mm));
        vmas.lockSeq(vma, mms.lockSeq(mm));
        sync.unlock(LockClass.VMA_LOCK, vma);
    }

    /**
     * {@code vma_try_start_write}: as {@link #startWrite}, unless the VMA has readers.
     *
     * @return whether new readers are kept away now
     */
    public boolean tryStartWrite(int vma) {
        int mm = vmas.mm(vma);
        sync.assertHeldExclusively(LockClass.MMAP_LOCK, mm);
        if (isWriteLocked(vma)) {
            sync.touch(Point.WRITE_VMA, vma);
            return true;
        }
        if (!sync.tryLock(LockClass.VMA_LOCK, vma)) {
            return false;
        }
        sync.touch(Point.WRITE_VMA, vma);
        sync.touch(Point.WRITE_VMA, treeOf(mm));
        vmas.lockSeq(vma, mms.lockSeq(mm));
        sync.unlock(LockClass.VMA_LOCK, vma);
        return true;
    }

    /** Whether the VMA is locked for writing. */
    public boolean isWriteLocked(int vma) {
        return vmas.lockSeq(vma) == mms.lockSeq(vmas.mm(vma));
    }

    /**
     * {@code vma_start_read}: what a fault tries before it takes the mmap lock.
     *
     * @return whether the task holds the VMA's lock for reading now; not if a writer has it, or if it is being unmapped
     */
    public boolean tryStartRead(int vma) {
        sync.point(Point.READ_VMA, vma);
        touchSequence(vma);
        if (isWriteLocked(vma) || !sync.tryReadLock(LockClass.VMA_LOCK, vma)) {
            return false;
        }
        touchSequence(vma);
        // Nobody else can have run since it was looked at if nobody schedules.
        if (sync.isScheduled() && isWriteLocked(vma) || vmas.isDetached(vma)) {
            sync.unlock(LockClass.VMA_LOCK, vma);
            return false;
        }
        // What the fault goes by from here on: flags and bounds of the VMA.
        sync.touch(Point.READ_VMA, vma);
        return true;
    }

    private void touchSequence(int vma) {
        if (sync.isScheduled()) {
            sync.touch(Point.READ_VMA, sequenceOf(vmas.mm(vma)));
        }
    }

    /** {@code vma_end_read}. */
    public void endRead(int vma) {
        sync.unlock(LockClass.VMA_LOCK, vma);
    }
}
