package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.vma.TestMm.RW;

import org.junit.jupiter.api.Test;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.LockProtocolError;

class MmLocksTest {

    private final TestMm mm = new TestMm();
    private final MmLocks locks = mm.spaces.locks();

    @Test
    void a_vma_stays_locked_for_writing_until_the_mmap_lock_is_released() {
        int vma = mm.map(0, 4, RW);
        locks.startWrite(vma);
        assertTrue(locks.isWriteLocked(vma));
        assertFalse(mm.sync.isHeld(LockClass.VMA_LOCK, vma), "nothing is held meanwhile");
        assertFalse(locks.tryStartRead(vma));

        locks.writeUnlock(mm.mm);

        assertFalse(locks.isWriteLocked(vma));
        assertTrue(locks.tryStartRead(vma));
        assertTrue(mm.sync.isHeld(LockClass.VMA_LOCK, vma));
        locks.endRead(vma);
        assertEquals(0, mm.sync.heldCount());
    }

    @Test
    void one_step_unlocks_all_vmas_also_on_a_downgrade() {
        int a = mm.map(0, 4, RW);
        int b = mm.map(8, 12, RW);
        locks.downgrade(mm.mm);

        assertFalse(locks.isWriteLocked(a));
        assertFalse(locks.isWriteLocked(b));
        locks.readUnlock(mm.mm);
    }

    @Test
    void a_new_vma_is_locked_for_writing_and_one_never_written_is_not() {
        int vma = mm.map(0, 4, RW);
        assertTrue(locks.isWriteLocked(vma));
        locks.writeUnlock(mm.mm);
        locks.writeLock(mm.mm);
        assertFalse(locks.isWriteLocked(vma));
    }

    @Test
    void a_detached_vma_cannot_be_read_locked() {
        int vma = mm.map(0, 4, RW);
        int head = mm.spaces.unmapping().detach(mm.mm, TestMm.at(0), TestMm.at(4));
        locks.downgrade(mm.mm);

        assertEquals(vma, head);
        assertFalse(locks.tryStartRead(vma));
        assertFalse(mm.sync.isHeld(LockClass.VMA_LOCK, vma));
    }

    @Test
    void a_writer_waits_for_readers() {
        int vma = mm.map(0, 4, RW);
        locks.writeUnlock(mm.mm);
        int reader = mm.sync.newTask("reader");
        mm.sync.switchTo(reader);
        assertTrue(locks.tryStartRead(vma));
        mm.sync.switchTo(0);
        locks.writeLock(mm.mm);

        LockProtocolError stuck = assertThrows(LockProtocolError.class, () -> locks.startWrite(vma));
        assertTrue(stuck.getMessage().contains("wait"), stuck.getMessage());
    }

    @Test
    void writing_a_vma_needs_the_mmap_lock() {
        int vma = mm.map(0, 4, RW);
        locks.writeUnlock(mm.mm);

        assertThrows(LockProtocolError.class, () -> locks.startWrite(vma));
        assertThrows(LockProtocolError.class, () -> locks.assertHeld(mm.mm));
        locks.readLock(mm.mm);
        locks.assertHeld(mm.mm);
        assertThrows(LockProtocolError.class, () -> locks.assertWriteHeld(mm.mm));
        assertFalse(locks.tryWriteLock(mm.mm));
        locks.readUnlock(mm.mm);
        assertTrue(locks.tryReadLock(mm.mm));
    }
}
