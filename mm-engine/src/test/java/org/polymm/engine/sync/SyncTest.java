package org.polymm.engine.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.sync.LockClass.ANON_VMA;
import static org.polymm.engine.sync.LockClass.FOLIO_LOCK;
import static org.polymm.engine.sync.LockClass.IRQS_OFF;
import static org.polymm.engine.sync.LockClass.I_MMAP;
import static org.polymm.engine.sync.LockClass.MMAP_LOCK;
import static org.polymm.engine.sync.LockClass.PMD_LOCK;
import static org.polymm.engine.sync.LockClass.PTL;
import static org.polymm.engine.sync.LockClass.RCU_READ;
import static org.polymm.engine.sync.LockClass.VMA_LOCK;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;

class SyncTest {

    private final StateSpace space = new StateSpace();
    private final Sync sync = new Sync(space);

    private static void assertRefused(String because, Executable action) {
        String message = Objects.requireNonNull(
                assertThrows(LockProtocolError.class, action).getMessage());
        assertTrue(message.contains(because), message);
    }

    @Test
    void locks_are_taken_outermost_first_and_released() {
        sync.readLock(MMAP_LOCK, 1);
        sync.lock(FOLIO_LOCK, 40);
        sync.lock(PTL, 7);
        assertEquals("[MMAP_LOCK read mm 1, FOLIO_LOCK write folio 40, PTL write table 7]", sync.describe(0));
        sync.unlock(PTL, 7);
        sync.unlock(FOLIO_LOCK, 40);
        sync.unlock(MMAP_LOCK, 1);
        sync.assertNothingHeld("the test");
    }

    @Test
    void the_classes_that_are_held_are_bits_by_rank() {
        assertEquals(0, sync.heldClasses());
        sync.readLock(MMAP_LOCK, 1);
        sync.lock(PTL, 7);
        sync.nestedLock(PTL, 8);
        assertEquals(1 << MMAP_LOCK.rank() | 1 << PTL.rank(), sync.heldClasses());
        assertEquals(PTL, Sync.classOfLock(Sync.lockObject(PTL, 7)));
    }

    @Test
    void waiting_against_the_order_is_refused_and_the_error_knows_both_classes() {
        sync.lock(PTL, 7);
        assertRefused("comes later in the lock order, PTL", () -> sync.writeLock(ANON_VMA, 3));
        LockProtocolError error = assertThrows(LockProtocolError.class, () -> sync.writeLock(ANON_VMA, 3));
        assertEquals(ANON_VMA, error.outer());
        assertEquals(PTL, error.inner());
        assertNull(
                assertThrows(LockProtocolError.class, () -> sync.unlock(PTL, 8)).outer());
    }

    @Test
    void the_order_holds_against_everything_held_and_not_only_the_last() {
        sync.lock(PTL, 7);
        assertTrue(sync.tryLock(FOLIO_LOCK, 40), "trying is free of the order");
        assertRefused("PTL", () -> sync.writeLock(I_MMAP, 2));
    }

    @Test
    void the_order_is_known_again_after_a_release_out_of_order() {
        sync.lock(PTL, 7);
        assertTrue(sync.tryLock(FOLIO_LOCK, 40));
        sync.unlock(PTL, 7);
        sync.writeLock(I_MMAP, 2);
        assertEquals("[FOLIO_LOCK write folio 40, I_MMAP write file 2]", sync.describe(0));
    }

    @Test
    void taking_a_lock_twice_is_refused_even_for_reading() {
        sync.readLock(MMAP_LOCK, 1);
        assertRefused("holds already", () -> sync.readLock(MMAP_LOCK, 1));
        assertFalse(sync.tryReadLock(MMAP_LOCK, 1));
    }

    @Test
    void a_second_lock_of_a_class_needs_the_nested_form() {
        sync.lock(PTL, 7);
        assertRefused("without the nested form", () -> sync.lock(PTL, 8));
        sync.nestedLock(PTL, 8);
        assertRefused("holds already", () -> sync.nestedLock(PTL, 8));
        sync.unlock(PTL, 7);
        sync.unlock(PTL, 8);
        assertEquals(0, sync.heldCount());
    }

    @Test
    void the_nested_form_does_not_excuse_from_the_order() {
        sync.lock(PTL, 7);
        assertRefused("lock order", () -> sync.nestedLock(PMD_LOCK, 8));
    }

    @Test
    void releasing_what_is_not_held_is_refused_with_the_list_of_what_is() {
        sync.lock(PTL, 7);
        assertRefused("[PTL write table 7]", () -> sync.unlock(PTL, 8));
        sync.unlock(PTL, 7);
        assertRefused("does not hold", () -> sync.unlock(PTL, 7));
        assertRefused("does not hold", () -> sync.unlock(MMAP_LOCK, 0));
    }

    @Test
    void another_task_does_not_own_the_lock() {
        int other = sync.newTask("other");
        sync.lock(FOLIO_LOCK, 40);
        sync.switchTo(other);
        assertRefused("task 'other' releases FOLIO_LOCK", () -> sync.unlock(FOLIO_LOCK, 40));
        assertFalse(sync.isHeld(FOLIO_LOCK, 40));
        assertTrue(sync.isHeldByAnyone(FOLIO_LOCK, 40));
        assertFalse(sync.tryLock(FOLIO_LOCK, 40));
    }

    @Test
    void readers_share_and_writers_do_not() {
        int other = sync.newTask("other");
        sync.readLock(MMAP_LOCK, 1);
        sync.switchTo(other);
        assertTrue(sync.tryReadLock(MMAP_LOCK, 1));
        sync.unlock(MMAP_LOCK, 1);
        assertFalse(sync.tryAcquire(MMAP_LOCK, Sync.WRITE, 1));
        assertTrue(sync.tryAcquire(MMAP_LOCK, Sync.WRITE, 2));
        sync.switchTo(0);
        assertFalse(sync.tryReadLock(MMAP_LOCK, 2));
    }

    @Test
    void a_downgraded_writer_lets_readers_in() {
        int other = sync.newTask("other");
        sync.writeLock(MMAP_LOCK, 1);
        assertTrue(sync.isHeldExclusively(MMAP_LOCK, 1));
        sync.downgrade(MMAP_LOCK, 1);
        assertFalse(sync.isHeldExclusively(MMAP_LOCK, 1));
        assertRefused("not hold exclusively", () -> sync.downgrade(MMAP_LOCK, 1));
        sync.switchTo(other);
        assertTrue(sync.tryReadLock(MMAP_LOCK, 1));
    }

    @Test
    void waiting_for_ever_is_told_with_who_holds_what() {
        int other = sync.newTask("khugepaged");
        sync.switchTo(other);
        sync.writeLock(MMAP_LOCK, 1);
        sync.switchTo(0);
        assertRefused("'khugepaged' holds [MMAP_LOCK write mm 1]", () -> sync.readLock(MMAP_LOCK, 1));
    }

    @Test
    void a_blocked_task_gets_the_lock_when_the_hook_has_let_the_owner_run() {
        int other = sync.newTask("other");
        sync.switchTo(other);
        sync.lock(PTL, 7);
        sync.switchTo(0);
        List<String> calls = new ArrayList<>();
        sync.install(new SchedulingHook() {
            @Override
            public void point(int kind, long object) {
                calls.add(Point.name(kind) + " " + (object == Sync.lockObject(PTL, 7)));
            }

            @Override
            public void block(LockClass lockClass, int mode, int id) {
                calls.add("block " + lockClass + " " + id);
                sync.switchTo(other);
                sync.unlock(PTL, 7);
                sync.switchTo(0);
            }

            @Override
            public void acquired(LockClass lockClass, int mode, int id) {
                calls.add("acquired " + lockClass + " by " + sync.task());
            }

            @Override
            public void released(LockClass lockClass, int id) {
                calls.add("released " + lockClass + " by " + sync.task());
            }
        });
        sync.lock(PTL, 7);
        assertEquals(List.of("lock true", "block PTL 7", "released PTL by 1", "acquired PTL by 0"), calls);
        assertTrue(sync.isHeldExclusively(PTL, 7));
    }

    @Test
    void who_awaits_a_gate_goes_on_when_it_is_opened_and_holds_nothing_meanwhile() {
        sync.shut(5);
        assertRefused("which nobody opens", () -> sync.awaitOpen(5));
        List<String> calls = new ArrayList<>();
        sync.install(new SchedulingHook() {
            @Override
            public void point(int kind, long object) {}

            @Override
            public void block(LockClass lockClass, int mode, int id) {
                calls.add("block " + lockClass + " " + id + " " + sync.isAvailableTo(0, lockClass, mode, id));
                sync.open(5);
            }
        });
        sync.awaitOpen(5);
        assertEquals(List.of("block USERFAULT 5 false"), calls);
        assertTrue(sync.isAvailableTo(0, LockClass.USERFAULT, Sync.WRITE, 5));
        sync.lock(PTL, 1);
        assertRefused("which takes as long as a program likes", () -> sync.awaitOpen(5));
    }

    @Test
    void a_decision_may_reach_neither_a_point_nor_a_lock() {
        sync.enterDecision("cow-sizing.orders");
        assertRefused("'cow-sizing.orders'", () -> sync.point(Point.READ_PTE, 1));
        assertRefused("'cow-sizing.orders'", () -> sync.lock(PTL, 1));
        assertRefused("'cow-sizing.orders'", () -> sync.tryLock(PTL, 1));
        assertRefused("inside 'cow-sizing.orders'", () -> sync.enterDecision("relocation"));
        sync.exitDecision();
        sync.point(Point.READ_PTE, 1);
        sync.lock(PTL, 1);
        assertEquals(1, sync.heldCount());
    }

    @Test
    void nothing_that_sleeps_is_taken_inside_a_section_but_spinning_locks_are() {
        sync.enter(RCU_READ);
        assertRefused("nobody may sleep", () -> sync.readLock(ANON_VMA, 1));
        assertRefused("nobody may sleep", () -> sync.readLock(MMAP_LOCK, 1));
        sync.lock(PMD_LOCK, 2);
        sync.unlock(PMD_LOCK, 2);
        assertTrue(sync.tryReadLock(VMA_LOCK, 5));
        sync.leave(RCU_READ);
        sync.unlock(VMA_LOCK, 5);
        assertRefused("not entered", () -> sync.leave(RCU_READ));
        assertRefused("is a section", () -> sync.lock(RCU_READ, 1));
        assertRefused("is a lock", () -> sync.enter(PTL));
    }

    @Test
    void sections_nest_and_leave_the_order_as_it_was() {
        sync.lock(PTL, 1);
        sync.enter(RCU_READ);
        sync.enter(RCU_READ);
        sync.leave(RCU_READ);
        sync.leave(RCU_READ);
        sync.unlock(PTL, 1);
        sync.readLock(MMAP_LOCK, 1);
        assertEquals("[MMAP_LOCK read mm 1]", sync.describe(0));
    }

    @Test
    void a_grace_period_waits_for_sections_that_were_open_and_for_no_later_one() {
        int reader = sync.newTask("reader");
        int late = sync.newTask("late");
        sync.switchTo(reader);
        sync.enter(RCU_READ);
        sync.switchTo(0);
        long grace = sync.startGrace();
        assertFalse(sync.graceElapsed(grace, RCU_READ));
        assertTrue(sync.graceElapsed(grace, IRQS_OFF));
        sync.switchTo(late);
        sync.enter(RCU_READ);
        sync.switchTo(reader);
        sync.leave(RCU_READ);
        assertTrue(sync.graceElapsed(grace, RCU_READ));
        sync.switchTo(0);
        assertRefused("to end", () -> sync.waitForSections(RCU_READ));
    }

    @Test
    void leaving_a_lock_held_is_told_with_its_name_and_where() {
        sync.lock(PTL, 7);
        assertRefused(
                "after munmap task 'main' still holds [PTL write table 7]", () -> sync.assertNothingHeld("munmap"));
    }

    @Test
    void a_requirement_that_is_not_met_names_the_lock() {
        assertRefused("needs MMAP_LOCK of mm 3", () -> sync.assertHeld(MMAP_LOCK, 3));
        sync.readLock(MMAP_LOCK, 3);
        sync.assertHeld(MMAP_LOCK, 3);
        assertRefused("exclusively", () -> sync.assertHeldExclusively(MMAP_LOCK, 3));
    }

    @Test
    void more_locks_than_anybody_needs_are_taken_for_a_leak() {
        for (int i = 0; i < Sync.MAX_HELD; i++) {
            sync.nestedLock(PTL, i);
        }
        assertRefused("not released", () -> sync.nestedLock(PTL, Sync.MAX_HELD));
        assertTrue(sync.describe(0).startsWith("[999 others, PTL write table 999, "), sync.describe(0));
        assertRefused("not released", () -> sync.lock(LockClass.LRU_LOCK, 1));
    }

    @Test
    void acquisitions_are_counted_by_class() {
        sync.lock(PTL, 1);
        sync.unlock(PTL, 1);
        assertTrue(sync.tryLock(PTL, 1));
        sync.tally(LockClass.LRU_LOCK);
        assertEquals(2, sync.acquisitions(PTL));
        assertEquals(1, sync.acquisitions(LockClass.LRU_LOCK));
        assertEquals(0, sync.acquisitions(MMAP_LOCK));
    }

    @Test
    void a_rewind_brings_back_tasks_and_what_they_held() {
        int other = sync.newTask("other");
        sync.readLock(MMAP_LOCK, 1);
        sync.switchTo(other);
        sync.readLock(MMAP_LOCK, 1);
        Snapshot saved = space.save();
        sync.lock(PTL, 3);
        sync.switchTo(0);
        sync.unlock(MMAP_LOCK, 1);
        sync.newTask("third");
        sync.enterDecision("that threw");
        assertNotNull(space.firstDifference(saved));

        space.rewind(saved);

        assertNull(space.firstDifference(saved));
        assertEquals(other, sync.task());
        assertEquals("[MMAP_LOCK read mm 1]", sync.describe(0));
        assertEquals("[MMAP_LOCK read mm 1]", sync.describe(other));
        sync.lock(PTL, 9);
        assertEquals(2, sync.heldCount());
    }

    @Test
    void the_lock_order_is_that_of_linux() {
        List<LockClass> order = List.of(
                MMAP_LOCK,
                VMA_LOCK,
                LockClass.INVALIDATE_LOCK,
                FOLIO_LOCK,
                I_MMAP,
                ANON_VMA,
                PMD_LOCK,
                PTL,
                LockClass.MAPCOUNT,
                LockClass.SWAP,
                LockClass.I_PAGES,
                LockClass.LRU_LOCK);
        for (int i = 1; i < order.size(); i++) {
            assertTrue(order.get(i - 1).rank() < order.get(i).rank(), order.get(i) + " comes later");
        }
        assertTrue(ANON_VMA.sleeps());
        assertFalse(PMD_LOCK.sleeps());
    }

    @Test
    void reads_and_writes_of_one_thing_are_of_one_family() {
        for (int kind = 0; kind < Point.kinds(); kind++) {
            assertTrue(Point.isWrite(Point.family(kind)), Point.name(kind));
        }
        assertEquals(Point.family(Point.READ_PTE), Point.family(Point.WRITE_PTE));
        assertFalse(Point.isWrite(Point.READ_MEMORY));
    }
}
