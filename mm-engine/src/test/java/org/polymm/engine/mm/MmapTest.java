package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.mm.MmMachine.ANON;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.FIXED;
import static org.polymm.engine.mm.MmMachine.HUGE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;
import static org.polymm.engine.mm.MmMachine.RW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.VmFlags;

/** mmap, brk, exec and exit: where mappings go, what they count as, what limits them. */
class MmapTest {

    private final MmMachine m = new MmMachine();
    private final int mm = m.spawn();

    @AfterEach
    void nothingIsBroken() {
        m.check();
    }

    // ---- where

    @Test
    void a_hint_is_taken_if_the_range_is_free_and_else_another_place_is_found() {
        assertEquals(BASE, m.mmap(mm, BASE, 4 * PAGE, RW, ANON));
        long other = m.mmap(mm, BASE + PAGE, PAGE, RW, ANON);
        assertTrue(other > 0 && other != BASE + PAGE);
    }

    @Test
    void a_mapping_of_whole_huge_pages_without_a_hint_is_aligned_to_them() {
        m.mmap(mm, 0, PAGE, R, ANON);
        assertEquals(0, m.mmap(mm, 0, 2 * HUGE, RW, ANON) % HUGE);
    }

    @Test
    void fixed_replaces_what_is_there_and_noreplace_refuses() {
        m.map(mm, BASE, 8);
        m.writeAll(mm, BASE, 8);
        assertEquals(-Errno.EEXIST, m.mmap(mm, BASE + 7 * PAGE, 2 * PAGE, RW, ANON | Mman.MAP_FIXED_NOREPLACE));
        assertEquals(8, m.rss(mm));
        assertEquals(BASE + 2 * PAGE, m.mmap(mm, BASE + 2 * PAGE, 2 * PAGE, R, FIXED));
        assertEquals(6, m.rss(mm));
        assertEquals(3, m.vmaCount(mm, BASE, 8));
        assertEquals(8, m.mms.totalVm(mm));
        assertEquals(6, m.mms.dataVm(mm));
        assertEquals(6, m.calls.commit().committed());
    }

    @Test
    void replacing_a_middle_by_its_like_gives_one_vma_again() {
        m.map(mm, BASE, 8);
        m.writeAll(mm, BASE, 8);
        m.map(mm, BASE + 2 * PAGE, 2);
        assertEquals(1, m.vmaCount(mm, BASE, 8));
        assertEquals(6, m.rss(mm));
        assertEquals(8, m.calls.commit().committed());
    }

    @Test
    void a_replacement_that_fails_leaves_everything_mapped() {
        m.map(mm, BASE, 8);
        m.writeAll(mm, BASE, 8);
        m.mms.rlimitAs(mm, 8 * PAGE);
        assertEquals(-Errno.ENOMEM, m.mmap(mm, BASE + 4 * PAGE, 5 * PAGE, RW, FIXED));
        assertEquals(8, m.rss(mm));
        assertEquals(8, m.mms.totalVm(mm));
        assertTrue(m.vma(mm, BASE + 7 * PAGE) != 0);
    }

    // ---- what it counts as

    @Test
    void populate_faults_everything_in_before_the_call_returns() {
        long at = m.mmap(mm, BASE, 8 * PAGE, RW, ANON | Mman.MAP_POPULATE);
        assertEquals(8, m.rss(mm));
        assertTrue(m.base.isWritable(mm, at));
        long lazy = m.mmap(mm, 0, 8 * PAGE, RW, ANON | Mman.MAP_POPULATE | Mman.MAP_NONBLOCK);
        assertFalse(m.isMapped(mm, lazy));
    }

    @Test
    void map_locked_is_mlocked_and_populated() {
        long at = m.mmap(mm, BASE, 4 * PAGE, RW, ANON | Mman.MAP_LOCKED);
        assertTrue(m.isLockedVma(mm, at));
        assertEquals(4, m.rss(mm));
        assertTrue(m.isMlocked(mm, at));
    }

    @Test
    void a_stack_refuses_huge_pages_and_a_noreserve_mapping_is_not_promised() {
        long stack = m.mmap(mm, 0, 8 * PAGE, RW, ANON | Mman.MAP_STACK);
        assertTrue(m.vmas.has(m.vma(mm, stack), VmFlags.VM_NOHUGEPAGE));
        long before = m.calls.commit().committed();
        m.mmap(mm, 0, 8 * PAGE, RW, ANON | Mman.MAP_NORESERVE);
        m.mmap(mm, 0, 8 * PAGE, R, ANON);
        assertEquals(before, m.calls.commit().committed());
    }

    @Test
    void more_than_all_memory_is_refused_unless_overcommit_is_always_allowed() {
        long tooMuch = 16_385 * PAGE;
        assertEquals(-Errno.ENOMEM, m.mmap(mm, 0, tooMuch, RW, ANON));
        assertTrue(m.mmap(mm, 0, tooMuch, RW, ANON | Mman.MAP_NORESERVE) > 0);
        m.calls.commit().overcommitMemory(CommitLimit.OVERCOMMIT_ALWAYS);
        assertTrue(m.mmap(mm, 0, tooMuch, RW, ANON) > 0);
    }

    @Test
    void two_mappings_of_a_file_share_its_pages_and_a_private_one_copies_on_write() {
        int file = m.base.files.create(1, 8, Files.SHMEM);
        m.calls.mmap().mmap(mm, BASE, 8 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        long second = BASE + 64 * PAGE;
        m.calls.mmap().mmap(mm, second, 4 * PAGE, RW, Mman.MAP_PRIVATE | Mman.MAP_FIXED, file, 4 * PAGE);
        m.store(mm, BASE + 5 * PAGE, 9);
        assertEquals(9, m.load(mm, second + PAGE));
        assertEquals(m.pfn(mm, BASE + 5 * PAGE), m.pfn(mm, second + PAGE));
        m.store(mm, second + PAGE, 10);
        assertEquals(9, m.load(mm, BASE + 5 * PAGE));
        assertEquals(1, m.mms.rssAnon(mm));
    }

    @Test
    void the_map_count_limit_lets_mmap_exceed_it_by_one() {
        m.spaces.limits().maxMapCount(3);
        for (int i = 0; i < 4; i++) {
            m.map(mm, BASE + 2L * i * PAGE, 1);
        }
        assertEquals(-Errno.ENOMEM, m.mmap(mm, BASE + 100 * PAGE, PAGE, RW, FIXED));
        assertEquals(4, m.mms.mapCount(mm));
    }

    // ---- brk

    @Test
    void the_break_moves_up_and_down_and_frees_what_it_leaves() {
        long start = m.mms.startBrk(mm);
        assertEquals(start, m.calls.brk().brk(mm, 0));
        assertEquals(start + 10, m.calls.brk().brk(mm, start + 10));
        assertEquals(1, m.mms.totalVm(mm));
        assertEquals(start + 5 * PAGE, m.calls.brk().brk(mm, start + 5 * PAGE));
        assertEquals(1, m.mms.mapCount(mm));
        m.writeAll(mm, start, 5);
        assertEquals(start + 2 * PAGE, m.calls.brk().brk(mm, start + 2 * PAGE));
        assertEquals(2, m.rss(mm));
        assertEquals(2, m.calls.commit().committed());
        assertEquals(start, m.calls.brk().brk(mm, start));
        assertEquals(0, m.mms.mapCount(mm));
    }

    @Test
    void the_break_stays_where_it_is_when_something_is_in_the_way_or_a_limit_forbids_it() {
        long start = m.mms.startBrk(mm);
        m.map(mm, start + 4 * PAGE, 1);
        assertEquals(start, m.calls.brk().brk(mm, start + 4 * PAGE));
        assertEquals(start + 3 * PAGE, m.calls.brk().brk(mm, start + 3 * PAGE));
        m.mms.rlimitData(mm, 2 * PAGE);
        assertEquals(start + 3 * PAGE, m.calls.brk().brk(mm, start + 3 * PAGE + 1));
        m.mms.capIpcLock(mm, false);
        m.mms.rlimitMemlock(mm, PAGE);
        m.calls.mlock().mlockall(mm, Mman.MCL_FUTURE);
        assertEquals(start + PAGE, m.calls.brk().brk(mm, start + PAGE));
        assertEquals(start + PAGE, m.calls.brk().brk(mm, start + 3 * PAGE));
    }

    // ---- exec and exit

    @Test
    void exec_leaves_nothing_mapped_and_keeps_the_limits() {
        m.map(mm, BASE, 4);
        m.writeAll(mm, BASE, 4);
        m.calls.mlock().mlockall(mm, Mman.MCL_CURRENT | Mman.MCL_FUTURE);
        m.mms.rlimitAs(mm, 1 << 20);
        int fresh = m.calls.life().exec(mm);
        assertFalse(m.mms.isLive(mm) && mm != fresh);
        assertEquals(0, m.mms.mapCount(fresh));
        assertEquals(0, m.mms.defFlags(fresh));
        assertEquals(1 << 20, m.mms.rlimitAs(fresh));
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_PAGES));
    }

    @Test
    void exit_of_an_unknown_process_is_an_error() {
        assertEquals(-Errno.ESRCH, m.calls.life().exit(77));
    }
}
