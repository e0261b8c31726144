package org.polymm.lab.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.lab.explore.Exploration.Coverage;
import org.polymm.lab.explore.ExploreOptions.Strategy;

/** Races that were planted are found, their mended forms hold in every interleaving, and reports say what one needs to know. */
class ExplorerTest {

    private final Toy toy = new Toy();

    private static Exploration explore(Program.Builder program) {
        return Explorer.explore(program.build(), ExploreOptions.DEFAULT);
    }

    private static Interleaving counterexample(Exploration exploration) {
        return Objects.requireNonNull(exploration.counterexample(), exploration::verdict);
    }

    private Program.Builder increments(boolean locked) {
        Program.Builder program = Program.on(toy);
        for (String task : List.of("A", "B")) {
            program.task(task).call("increment", () -> {
                if (locked) {
                    toy.lock(1);
                }
                toy.write(0, toy.read(0) + 1);
                if (locked) {
                    toy.unlock(1);
                }
                return 0;
            });
        }
        return program.atEnd("both increments count", results -> toy.get(0) == 2);
    }

    // ---- planted races

    @Test
    void a_lost_update_is_found_with_one_preemption_and_the_locked_form_holds() {
        Exploration lost = explore(increments(false));
        assertFalse(lost.holds());
        assertEquals(FailureKind.RESULT, counterexample(lost).failure());
        assertEquals(1, counterexample(lost).preemptions());
        assertEquals("both increments count", counterexample(lost).text());

        Exploration locked = explore(increments(true));
        assertTrue(locked.holds(), locked::verdict);
        assertEquals(Coverage.COMPLETE, locked.coverage());
        assertEquals("all 2 interleavings hold", locked.verdict());
    }

    /** Variable 0 says that variable 1 is made; whoever finds it so without the lock reads variable 1. */
    private Program.Builder doubleCheckedLock(boolean publishedLast) {
        Program.Builder program = Program.on(toy);
        for (String task : List.of("A", "B")) {
            program.task(task).call("get", () -> {
                if (toy.read(0) == 0) {
                    toy.lock(1);
                    if (toy.read(0) == 0) {
                        if (publishedLast) {
                            toy.write(1, 42);
                            toy.write(0, 1);
                        } else {
                            toy.write(0, 1);
                            toy.write(1, 42);
                        }
                    }
                    toy.unlock(1);
                }
                return toy.read(1);
            });
        }
        return program.atEnd("everybody gets it made", results -> results.of(0, 0) == 42 && results.of(1, 0) == 42);
    }

    @Test
    void a_double_checked_lock_that_publishes_too_early_is_found_and_the_mended_one_holds() {
        assertEquals(
                FailureKind.RESULT,
                counterexample(explore(doubleCheckedLock(false))).failure());
        assertTrue(explore(doubleCheckedLock(true)).holds());
    }

    /** A frees what variable 0 refers to; B reads it in a section. */
    private Program.Builder freeing(boolean waitsForReaders) {
        toy.set(0, 1);
        return Program.on(toy)
                .task("A")
                .call("free", () -> {
                    toy.write(0, 0);
                    if (waitsForReaders) {
                        toy.sync().waitForSections(LockClass.RCU_READ);
                    }
                    toy.write(1, -1);
                    return 0;
                })
                .task("B")
                .call("read", () -> {
                    toy.sync().enter(LockClass.RCU_READ);
                    boolean found = toy.read(0) != 0;
                    long seen = found ? toy.read(1) : 0;
                    toy.sync().leave(LockClass.RCU_READ);
                    return seen;
                })
                .atEnd("nothing freed is read", results -> results.of(1, 0) == 0);
    }

    @Test
    void freeing_without_a_grace_period_is_found_and_waiting_for_one_holds() {
        Interleaving wrong = counterexample(explore(freeing(false)));
        assertTrue(wrong.columns().contains("RCU_READ"), wrong::columns);
        Exploration waits = explore(freeing(true));
        assertTrue(waits.holds(), waits::verdict);
        assertTrue(waits.interleavings() > 1);
    }

    // ---- locks

    private Program.Builder crossed(boolean gated) {
        Program.Builder program = Program.on(toy);
        for (int i = 0; i < 2; i++) {
            int first = 7 + i;
            int second = 8 - i;
            program.task(i == 0 ? "A" : "B").call("lock " + first + " then " + second, () -> {
                if (gated) {
                    toy.sync().lock(LockClass.MMAP_LOCK, 1);
                }
                toy.lock(first);
                toy.lock(second);
                toy.unlock(second);
                toy.unlock(first);
                if (gated) {
                    toy.sync().unlock(LockClass.MMAP_LOCK, 1);
                }
                return 0;
            });
        }
        return program;
    }

    @Test
    void a_deadlock_is_found_with_what_each_holds_and_waits_for() {
        Exploration found = Explorer.explore(crossed(false).build(), ExploreOptions.DEFAULT.withLockOrder(false));
        Interleaving deadlock = counterexample(found);
        assertEquals(FailureKind.DEADLOCK, deadlock.failure());
        assertEquals(1, deadlock.preemptions());
        assertTrue(
                deadlock.text()
                        .contains("A, in 'lock 7 then 8', waits to lock PTL of table 8 and holds [PTL write table 7]"),
                deadlock::text);
        assertTrue(
                deadlock.text()
                        .contains("B, in 'lock 8 then 7', waits to lock PTL of table 7 and holds [PTL write table 8]"),
                deadlock::text);
    }

    @Test
    void a_cycle_in_the_order_of_locks_is_found_where_nobody_meets() {
        Exploration found = Explorer.explore(crossed(false).build(), ExploreOptions.DEFAULT.withPreemptions(0));
        Interleaving cycle = counterexample(found);
        assertEquals(FailureKind.LOCK_ORDER, cycle.failure());
        assertEquals(0, cycle.preemptions());
        assertTrue(
                cycle.text().contains("A, in 'lock 7 then 8', holds [PTL write table 7] and takes PTL of table 8")
                        && cycle.text()
                                .contains("B, in 'lock 8 then 7', holds [PTL write table 8] and takes PTL of table 7"),
                cycle::text);
    }

    @Test
    void chains_inside_one_lock_cannot_meet_and_make_no_cycle() {
        Exploration gated = explore(crossed(true));
        assertTrue(gated.holds(), gated::verdict);
        assertEquals(2, gated.interleavings());
    }

    @Test
    void readers_of_a_lock_do_not_depend_on_each_other() {
        Program.Builder program = Program.on(toy);
        for (String task : List.of("A", "B", "C")) {
            program.task(task).call("read", () -> {
                toy.sync().readLock(LockClass.MMAP_LOCK, 1);
                int seen = toy.read(0);
                toy.sync().unlock(LockClass.MMAP_LOCK, 1);
                return seen;
            });
        }
        assertEquals(1, explore(program).interleavings());
    }

    @Test
    void a_lock_that_a_task_takes_along_to_its_end_is_a_failure() {
        Interleaving kept = counterexample(explore(Program.on(toy).task("A").call("lock", () -> {
            toy.lock(3);
            return 0;
        })));
        assertEquals(FailureKind.EXCEPTION, kept.failure());
        assertTrue(kept.text().contains("still holds [PTL write table 3]"), kept::text);
    }

    // ---- other failures

    @Test
    void an_exception_in_one_interleaving_is_reported_with_its_task_and_call() {
        Program.Builder program = Program.on(toy)
                .task("A")
                .call("set", () -> {
                    toy.write(0, 1);
                    toy.write(0, 0);
                    return 0;
                })
                .task("B")
                .call("divide", () -> 1 / (1 - toy.read(0)));
        Interleaving thrown = counterexample(explore(program));
        assertEquals(FailureKind.EXCEPTION, thrown.failure());
        assertEquals("B, in 'divide': ArithmeticException: / by zero", thrown.text());
        assertEquals(1, thrown.preemptions());
    }

    @Test
    void a_task_that_does_not_end_is_a_failure() {
        Program.Builder program = Program.on(toy).task("A").call("spin", () -> {
            while (toy.read(0) == 0) {
                toy.read(1);
            }
            return 0;
        });
        Exploration endless = Explorer.explore(
                program.build(), ExploreOptions.DEFAULT.withMaxSteps(100).withMinimise(false));
        assertEquals(FailureKind.ENDLESS, counterexample(endless).failure());
    }

    @Test
    void what_must_always_hold_is_looked_at_between_calls_and_not_inside_them() {
        Program.Builder program = Program.on(toy);
        program.task("A").call("up and down", () -> {
            toy.write(0, 1);
            toy.write(0, 0);
            return 0;
        });
        program.task("B").call("look", () -> 0).call("look again", () -> 0);
        assertTrue(explore(program.always("0 is 0", results -> toy.get(0) == 0)).holds());

        program.task("C")
                .call("up", () -> {
                    toy.write(0, 1);
                    return 0;
                })
                .call("down", () -> {
                    toy.write(0, 0);
                    return 0;
                });
        Interleaving seen = counterexample(explore(program));
        assertEquals(FailureKind.ALWAYS, seen.failure());
        assertEquals("0 is 0", seen.text());
        assertEquals(0, seen.preemptions());
    }

    @Test
    void two_calls_that_commute_are_tried_in_both_orders_where_something_looks_in_between() {
        List<String> seen = new ArrayList<>();
        Program.Builder program = Program.on(toy)
                .task("A")
                .call("a", () -> {
                    toy.write(0, 1);
                    return 0;
                })
                .task("B")
                .call("b", () -> {
                    toy.write(1, 1);
                    return 0;
                })
                .always("seen", results -> seen.add("" + toy.get(0) + toy.get(1)));
        assertTrue(explore(program).holds());
        assertTrue(seen.containsAll(List.of("00", "10", "01", "11")), seen::toString);
    }

    @Test
    void a_program_that_is_not_the_same_twice_is_refused() {
        int[] runs = new int[1];
        Program.Builder program = Program.on(toy)
                .task("A")
                .call("count", () -> ++runs[0])
                .atEnd("first time", results -> results.of(0, 0) > 1);
        String message = assertThrows(IllegalStateException.class, () -> explore(program))
                .getMessage();
        assertTrue(message.contains("depend on nothing but the world"), message);
    }

    // ---- strategies

    @Test
    void with_no_preemption_allowed_tasks_run_one_after_the_other_and_the_verdict_says_so() {
        Exploration none = Explorer.explore(increments(false).build(), ExploreOptions.DEFAULT.withPreemptions(0));
        assertTrue(none.holds());
        assertEquals(Coverage.BOUNDED, none.coverage());
        assertEquals("all 2 interleavings with at most 0 preemptions hold; there are others", none.verdict());

        Exploration one = Explorer.explore(increments(false).build(), ExploreOptions.DEFAULT.withPreemptions(5));
        assertEquals(1, counterexample(one).preemptions());
    }

    @Test
    void going_by_preemptions_ends_complete_when_no_bound_cut_anything_off() {
        Exploration all = Explorer.explore(increments(true).build(), ExploreOptions.DEFAULT.withPreemptions(50));
        assertTrue(all.holds());
        assertEquals(Coverage.COMPLETE, all.coverage());
    }

    @Test
    void a_failure_is_reported_in_its_smallest_form() {
        Program.Builder program = Program.on(toy);
        for (String task : List.of("A", "B", "C")) {
            program.task(task)
                    .call("idle", () -> toy.read(5))
                    .call("increment", () -> {
                        toy.write(0, toy.read(0) + 1);
                        return 0;
                    })
                    .call("idle again", () -> toy.read(6));
        }
        program.always("counted", results -> toy.get(0) >= 0).atEnd("all count", results -> toy.get(0) == 3);
        Interleaving smallest = counterexample(explore(program));
        assertEquals(1, smallest.preemptions());
    }

    @Test
    void walks_find_the_lost_update_and_repeat_with_their_seed() {
        for (Strategy strategy : List.of(Strategy.RANDOM, Strategy.PRIORITIES)) {
            ExploreOptions options = ExploreOptions.DEFAULT
                    .with(strategy)
                    .withRuns(1000)
                    .withSeed(7)
                    .withMinimise(false);
            Exploration first = Explorer.explore(increments(false).build(), options);
            Exploration second = Explorer.explore(increments(false).build(), options);
            assertEquals(FailureKind.RESULT, counterexample(first).failure(), strategy::toString);
            assertEquals(first, second);
            Exploration locked = Explorer.explore(increments(true).build(), options);
            assertEquals(Coverage.SAMPLED, locked.coverage());
            assertEquals(1000, locked.interleavings());
        }
    }

    @Test
    void a_limit_of_runs_is_told_in_the_verdict() {
        Exploration limited = Explorer.explore(
                increments(true).build(),
                ExploreOptions.DEFAULT.with(Strategy.WITHOUT_REDUCTION).withRuns(3));
        assertEquals(Coverage.GIVEN_UP, limited.coverage());
        assertEquals("3 interleavings hold; the limit of runs was reached, there are others", limited.verdict());
    }

    @Test
    void progress_is_told_every_few_thousand_runs() {
        List<Long> told = new ArrayList<>();
        ExploreOptions options = ExploreOptions.DEFAULT
                .with(Strategy.RANDOM)
                .withRuns(10_000)
                .withProgress((interleavings, preemptions) -> told.add(interleavings));
        Explorer.explore(increments(true).build(), options);
        assertEquals(List.of(4096L, 8192L), told);
    }

    // ---- the world

    @Test
    void the_world_is_afterwards_as_it_was_before() {
        toy.set(0, 5);
        toy.sync().readLock(LockClass.MMAP_LOCK, 3);
        explore(Program.on(toy).task("A").call("write", () -> {
            toy.write(0, 9);
            return 0;
        }));
        assertEquals(5, toy.get(0));
        assertEquals(1, toy.sync().tasks());
        assertEquals("[MMAP_LOCK read mm 3]", toy.sync().describe(0));
        assertEquals(null, toy.sync().hook());
    }

    @Test
    void a_lock_that_the_set_up_holds_is_in_the_way_of_tasks() {
        toy.sync().lock(LockClass.MMAP_LOCK, 3);
        Interleaving stuck = counterexample(explore(Program.on(toy).task("A").call("lock", () -> {
            toy.sync().acquire(LockClass.MMAP_LOCK, Sync.READ, 3);
            return 0;
        })));
        assertEquals(FailureKind.DEADLOCK, stuck.failure());
    }

    @Test
    void programs_that_make_no_sense_are_refused_in_words() {
        assertThrows(IllegalStateException.class, () -> Program.on(toy).build());
        assertThrows(
                IllegalStateException.class, () -> Program.on(toy).task("A").build());
        assertThrows(IllegalStateException.class, () -> Program.on(toy).call("x", () -> 0));
        assertThrows(
                IllegalArgumentException.class, () -> Program.on(toy).task("A").task("A"));
        assertThrows(IllegalArgumentException.class, () -> Program.on(toy).task("A | B"));
        assertNotNull(Program.on(toy).task("A").call("x", () -> 0).build());
    }
}
