package org.polymm.lab.timed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.lab.cost.StepCosts;

class TimedTasksTest {

    private static final int MM = 7;

    private final Sync sync = new Sync(new StateSpace());
    private final List<String> seen = new ArrayList<>();
    private long work;

    private final TimedTasks tasks = new TimedTasks(sync, () -> work, new StepCosts(0, 30));

    private void writes(long nanos) {
        sync.writeLock(LockClass.MMAP_LOCK, MM);
        work += nanos;
        sync.unlock(LockClass.MMAP_LOCK, MM);
    }

    @Test
    void whoeverIsEarlierGoesOn() {
        tasks.add("slow", Role.PROGRAM, () -> {
            tasks.pause(100);
            seen.add("slow at " + tasks.now());
            tasks.pause(100);
            seen.add("slow at " + tasks.now());
        });
        tasks.add("fast", Role.PROGRAM, () -> {
            tasks.pause(40);
            seen.add("fast at " + tasks.now());
            tasks.pause(80);
            seen.add("fast at " + tasks.now());
        });
        assertEquals(200, tasks.run());
        assertEquals(List.of("fast at 40", "slow at 100", "fast at 120", "slow at 200"), seen);
    }

    @Test
    void whoWaitsGoesOnWhenTheLockIsGivenUp() {
        tasks.add("holder", Role.COLLAPSE, () -> writes(1_000));
        tasks.add("waiter", Role.PROGRAM, () -> {
            tasks.pause(300);
            writes(50);
            seen.add("done at " + tasks.now());
        });
        assertEquals(1_050, tasks.run());
        assertEquals(List.of("done at 1050"), seen);
        LockTimes times = tasks.times();
        assertEquals(700, times.waited(LockClass.MMAP_LOCK, Role.PROGRAM).total());
        assertEquals(
                700, times.waitedForCollapse(LockClass.MMAP_LOCK, Role.PROGRAM).total());
        assertEquals(0, times.waited(LockClass.MMAP_LOCK, Role.COLLAPSE).count());
        assertEquals(
                1_000,
                times.held(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.WRITE, Way.WAITED)
                        .longest());
        assertEquals(
                50,
                times.held(LockClass.MMAP_LOCK, Role.PROGRAM, Sync.WRITE, Way.WAITED)
                        .total());
    }

    @Test
    void aTryFailsWhileTheLockIsHeldAndSucceedsAfterwards() {
        tasks.add("holder", Role.PROGRAM, () -> writes(1_000));
        tasks.add("trier", Role.COLLAPSE, () -> {
            tasks.pause(999);
            seen.add("early " + sync.tryLock(LockClass.MMAP_LOCK, MM));
            tasks.pause(2);
            seen.add("late " + sync.tryLock(LockClass.MMAP_LOCK, MM));
            work += 5;
            sync.unlock(LockClass.MMAP_LOCK, MM);
        });
        tasks.run();
        assertEquals(List.of("early false", "late true"), seen);
        LockTimes times = tasks.times();
        assertEquals(2, times.tries(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.WRITE, Way.TRIED));
        assertEquals(1, times.failures(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.WRITE, Way.TRIED));
        assertEquals(
                5,
                times.held(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.WRITE, Way.TRIED)
                        .total());
        assertEquals(
                0,
                times.held(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.WRITE, Way.WAITED)
                        .count());
    }

    @Test
    void aTryUnderAnotherLockIsKeptApart() {
        tasks.add("walker", Role.COLLAPSE, () -> {
            sync.readLock(LockClass.I_MMAP, 1);
            assertTrue(sync.tryReadLock(LockClass.MMAP_LOCK, MM));
            work += 9;
            sync.unlock(LockClass.MMAP_LOCK, MM);
            sync.unlock(LockClass.I_MMAP, 1);
        });
        tasks.run();
        LockTimes times = tasks.times();
        assertEquals(1, times.tries(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.READ, Way.TRIED_UNDER_LOCK));
        assertEquals(0, times.tries(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.READ, Way.TRIED));
        assertEquals(
                9,
                times.held(LockClass.MMAP_LOCK, Role.COLLAPSE, Sync.READ, Way.TRIED_UNDER_LOCK)
                        .total());
    }

    @Test
    void readersGoOnWhenAWriterTurnsReader() {
        tasks.add("writer", Role.PROGRAM, () -> {
            sync.writeLock(LockClass.MMAP_LOCK, MM);
            work += 200;
            sync.downgrade(LockClass.MMAP_LOCK, MM);
            work += 800;
            sync.unlock(LockClass.MMAP_LOCK, MM);
        });
        tasks.add("reader", Role.PROGRAM, () -> {
            tasks.pause(10);
            sync.readLock(LockClass.MMAP_LOCK, MM);
            seen.add("reads at " + tasks.now());
            sync.unlock(LockClass.MMAP_LOCK, MM);
        });
        tasks.run();
        assertEquals(List.of("reads at 200"), seen);
        assertEquals(
                200,
                tasks.times()
                        .held(LockClass.MMAP_LOCK, Role.PROGRAM, Sync.WRITE, Way.WAITED)
                        .total());
        assertEquals(
                800,
                tasks.times()
                        .held(LockClass.MMAP_LOCK, Role.PROGRAM, Sync.READ, Way.WAITED)
                        .longest());
    }

    @Test
    void aWriterGetsTheLockWhenTheLastReaderHasGone() {
        for (int reader = 1; reader <= 2; reader++) {
            long nanos = reader * 400L;
            tasks.add("reader " + reader, Role.PROGRAM, () -> {
                sync.readLock(LockClass.MMAP_LOCK, MM);
                work += nanos;
                sync.unlock(LockClass.MMAP_LOCK, MM);
            });
        }
        tasks.add("writer", Role.PROGRAM, () -> {
            tasks.pause(100);
            sync.writeLock(LockClass.MMAP_LOCK, MM);
            seen.add("writes at " + tasks.now());
            sync.unlock(LockClass.MMAP_LOCK, MM);
        });
        tasks.run();
        assertEquals(List.of("writes at 800"), seen);
        assertEquals(
                700, tasks.times().waited(LockClass.MMAP_LOCK, Role.PROGRAM).longest());
    }

    @Test
    void aCallThatChangesVmasSpendsThatTimeUnderTheLock() {
        tasks.add(
                "mapper",
                Role.PROGRAM,
                () -> tasks.call(87, 2_300, () -> {
                    writes(10);
                    return 0;
                }));
        assertEquals(87 + 2_300 + 10, tasks.run());
        assertEquals(
                2_310,
                tasks.times()
                        .held(LockClass.MMAP_LOCK, Role.PROGRAM, Sync.WRITE, Way.WAITED)
                        .total());
    }

    @Test
    void flushesCostMoreThanOtherSteps() {
        tasks.add("flusher", Role.COLLAPSE, () -> {
            sync.point(Point.TLB_FLUSH, MM);
            sync.point(Point.READ_VMA, MM);
        });
        assertEquals(30, tasks.run());
    }

    @Test
    void lookingTakesNoTime() {
        tasks.add("looker", Role.PROGRAM, () -> {
            tasks.look(() -> {
                sync.point(Point.TLB_FLUSH, MM);
                work += 500;
            });
            work += 3;
        });
        assertEquals(3, tasks.run());
    }

    @Test
    void whoCanNeverGoOnIsNamed() {
        tasks.add("one", Role.PROGRAM, () -> {
            sync.lock(LockClass.FOLIO_LOCK, 1);
            tasks.pause(10);
            sync.nestedLock(LockClass.FOLIO_LOCK, 2);
        });
        tasks.add("two", Role.PROGRAM, () -> {
            sync.lock(LockClass.FOLIO_LOCK, 2);
            tasks.pause(10);
            sync.nestedLock(LockClass.FOLIO_LOCK, 1);
        });
        String message = assertThrows(IllegalStateException.class, tasks::run).getMessage();
        assertTrue(message.contains("one waits for FOLIO_LOCK 2"), message);
        assertTrue(message.contains("two waits for FOLIO_LOCK 1"), message);
    }

    @Test
    void whatATaskThrowsComesOut() {
        tasks.add("bad", Role.PROGRAM, () -> {
            tasks.pause(1);
            throw new IllegalArgumentException("no such page");
        });
        assertEquals(
                "no such page",
                assertThrows(IllegalArgumentException.class, tasks::run).getMessage());
        assertEquals(0, sync.task());
    }
}
