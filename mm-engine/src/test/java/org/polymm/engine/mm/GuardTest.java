package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;
import static org.polymm.engine.mm.MmMachine.RW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.state.Errno;

/** MADV_GUARD_INSTALL and MADV_GUARD_REMOVE, as a 6.18 kernel shows it. */
class GuardTest {

    private final MmMachine m = new MmMachine().enable(9);
    private final int mm = m.spawn();

    @AfterEach
    void nothingIsBroken() {
        m.check();
    }

    private void assertGuarded(int process, long address) {
        assertEquals(-Errno.EFAULT, m.base.read(process, address));
        assertEquals(-Errno.EFAULT, m.base.write(process, address));
    }

    @Test
    void an_access_to_a_guarded_page_fails_and_to_its_neighbours_does_not() {
        m.map(mm, BASE, 8);
        assertEquals(0, m.madvise(mm, BASE + 2 * PAGE, 2, Mman.MADV_GUARD_INSTALL));
        assertGuarded(mm, BASE + 2 * PAGE);
        assertGuarded(mm, BASE + 3 * PAGE);
        m.write(mm, BASE + PAGE);
        m.write(mm, BASE + 4 * PAGE);
        assertEquals(1, m.vmaCount(mm, BASE, 8));
    }

    @Test
    void what_was_mapped_is_discarded_and_reads_as_zero_when_the_guard_is_gone() {
        m.map(mm, BASE, 4);
        m.store(mm, BASE, 5);
        m.madvise(mm, BASE, 4, Mman.MADV_GUARD_INSTALL);
        assertEquals(0, m.rss(mm));
        m.madvise(mm, BASE, 4, Mman.MADV_GUARD_REMOVE);
        assertEquals(0, m.load(mm, BASE));
    }

    @Test
    void a_guard_in_a_huge_page_splits_its_mapping() {
        m.map(mm, BASE, 512);
        m.write(mm, BASE);
        m.madvise(mm, BASE + 100 * PAGE, 1, Mman.MADV_GUARD_INSTALL);
        assertFalse(m.base.isHuge(mm, BASE));
        assertGuarded(mm, BASE + 100 * PAGE);
        assertEquals(511, m.rss(mm));
    }

    @Test
    void guards_outlive_discarding_and_changes_of_protection_and_move_along() {
        m.map(mm, BASE, 4);
        m.madvise(mm, BASE + PAGE, 1, Mman.MADV_GUARD_INSTALL);
        m.madvise(mm, BASE, 4, Mman.MADV_DONTNEED);
        m.mprotect(mm, BASE, 4, R);
        m.mprotect(mm, BASE, 4, RW);
        m.move(mm, BASE, 4, BASE + 100 * PAGE);
        assertGuarded(mm, BASE + 101 * PAGE);
        m.write(mm, BASE + 100 * PAGE);
    }

    @Test
    void a_forked_child_has_the_guards_of_its_parent_even_if_nothing_was_faulted() {
        m.map(mm, BASE, 4);
        m.madvise(mm, BASE, 2, Mman.MADV_GUARD_INSTALL);
        int child = m.fork(mm);
        assertGuarded(child, BASE);
        m.write(child, BASE + 2 * PAGE);
    }

    @Test
    void guards_in_shared_memory_are_inherited_and_keep_no_vmas_from_merging() {
        m.mmap(mm, BASE, 2 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED);
        m.madvise(mm, BASE, 1, Mman.MADV_NOHUGEPAGE);
        m.madvise(mm, BASE, 2, Mman.MADV_GUARD_INSTALL);
        assertGuarded(m.fork(mm), BASE + PAGE);

        m.madvise(mm, BASE + PAGE, 1, Mman.MADV_NOHUGEPAGE);

        assertEquals(1, m.vmaCount(mm, BASE, 2));
    }

    @Test
    void a_vma_that_mlock_merges_with_a_guarded_one_has_its_tables_copied_by_fork() {
        m.mmap(mm, BASE, 3 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED);
        m.mlock(mm, BASE + 2 * PAGE, 1);
        m.madvise(mm, BASE, 1, Mman.MADV_GUARD_INSTALL);

        m.mlock(mm, BASE + PAGE, 2);

        assertGuarded(m.fork(mm), BASE);
        assertEquals(2, m.rss(m.fork(mm)));
    }

    @Test
    void populating_stops_at_a_guard() {
        m.map(mm, BASE, 4);
        m.madvise(mm, BASE + 2 * PAGE, 1, Mman.MADV_GUARD_INSTALL);
        assertEquals(-Errno.EFAULT, m.madvise(mm, BASE, 4, Mman.MADV_POPULATE_WRITE));
        assertEquals(2, m.rss(mm));
        assertEquals(-Errno.ENOMEM, m.mlock(mm, BASE, 4));
    }
}
