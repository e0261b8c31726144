package org.polymm.lab.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/** The order of locks is remembered over all runs: a cycle is reported with both of its chains, though no run has them both. */
class LockOrderTest {

    private static final LockClass INNER = LockClass.PTL;

    private final Toy toy = new Toy();

    /** Who comes first takes two locks, and who comes second does not: no run has both chains. */
    private Program.Builder firstComeFirstServed(Runnable ofA, Runnable ofB) {
        return Program.on(toy)
                .task("A")
                .call("first of A", () -> ifFirst(ofA))
                .task("B")
                .call("first of B", () -> ifFirst(ofB));
    }

    private long ifFirst(Runnable chain) {
        toy.sync().lock(LockClass.I_RWSEM, 1);
        boolean isFirst = toy.get(0) == 0;
        toy.set(0, 1);
        toy.sync().unlock(LockClass.I_RWSEM, 1);
        if (isFirst) {
            chain.run();
        }
        return isFirst ? 1 : 0;
    }

    private Runnable chain(int first, int second) {
        return () -> {
            toy.lock(first);
            toy.lock(second);
            toy.unlock(second);
            toy.unlock(first);
        };
    }

    private Runnable inside(int mode, int mm, Runnable chain) {
        return () -> {
            toy.sync().acquire(LockClass.MMAP_LOCK, mode, mm);
            chain.run();
            toy.sync().unlock(LockClass.MMAP_LOCK, mm);
        };
    }

    private static Interleaving counterexample(Program.Builder program) {
        Exploration exploration = Explorer.explore(program.build(), ExploreOptions.DEFAULT);
        return Objects.requireNonNull(exploration.counterexample(), exploration::verdict);
    }

    private static void assertHolds(Program.Builder program) {
        Exploration exploration = Explorer.explore(program.build(), ExploreOptions.DEFAULT);
        assertTrue(
                exploration.holds(),
                () -> Objects.requireNonNull(exploration.counterexample()).columns());
    }

    @Test
    void a_cycle_of_two_chains_that_no_run_has_both_is_reported_with_both() {
        Interleaving cycle = counterexample(firstComeFirstServed(chain(7, 8), chain(8, 7)));

        assertEquals(FailureKind.LOCK_ORDER, cycle.failure());
        String ofA = "A, in 'first of A', holds [PTL write table 7] and takes PTL of table 8";
        String ofB = "B, in 'first of B', holds [PTL write table 8] and takes PTL of table 7";
        assertTrue(cycle.text().contains(ofA) && cycle.text().contains(ofB), cycle::text);
        boolean isOfA = cycle.results().get(0).getFirst() == 1;
        assertTrue(cycle.text().contains((isOfA ? ofB : ofA) + ", in another run"), cycle::text);
        assertEquals(0, cycle.preemptions());
    }

    @Test
    void a_cycle_of_three_tasks_is_reported_with_three_chains() {
        Program.Builder program =
                firstComeFirstServed(chain(7, 8), chain(8, 9)).task("C").call("first of C", () -> ifFirst(chain(9, 7)));

        String text = counterexample(program).text();

        assertEquals(4, text.lines().count(), text);
        assertTrue(text.contains("C, in 'first of C', holds [PTL write table 9] and takes PTL of table 7"), text);
    }

    @Test
    void one_order_in_all_runs_is_no_cycle() {
        assertHolds(firstComeFirstServed(chain(7, 8), chain(7, 8)));
    }

    @Test
    void one_task_alone_makes_no_cycle() {
        assertHolds(Program.on(toy)
                .task("A")
                .call("there", () -> ifFirst(chain(7, 8)))
                .call("and back", () -> {
                    chain(8, 7).run();
                    return 0;
                }));
    }

    @Test
    void chains_inside_one_lock_in_different_runs_cannot_meet_either() {
        assertHolds(firstComeFirstServed(inside(Sync.WRITE, 1, chain(7, 8)), inside(Sync.READ, 1, chain(8, 7))));
    }

    @Test
    void chains_inside_different_locks_or_a_lock_that_both_share_may_meet() {
        assertEquals(
                FailureKind.LOCK_ORDER,
                counterexample(firstComeFirstServed(
                                inside(Sync.WRITE, 1, chain(7, 8)), inside(Sync.WRITE, 2, chain(8, 7))))
                        .failure());
        assertEquals(
                FailureKind.LOCK_ORDER,
                counterexample(firstComeFirstServed(
                                inside(Sync.READ, 1, chain(7, 8)), inside(Sync.READ, 1, chain(8, 7))))
                        .failure());
    }

    /** The chain that is seen first is harmless, because of the lock around it; a later one between the same locks is not. */
    @Test
    void a_chain_is_remembered_with_all_that_is_held_around_it() {
        Runnable guarded = inside(Sync.WRITE, 1, chain(7, 8));
        Program.Builder program = Program.on(toy)
                .task("A")
                .call("twice", () -> {
                    guarded.run();
                    return ifFirst(chain(7, 8));
                })
                .task("B")
                .call("guarded", () -> ifFirst(inside(Sync.WRITE, 1, chain(8, 7))));

        String text = counterexample(program).text();

        assertTrue(text.contains("A, in 'twice', holds [PTL write table 7] and takes PTL of table 8"), text);
        assertTrue(text.contains("holds [MMAP_LOCK write mm 1, PTL write table 8] and takes PTL of table 7"), text);
    }

    @Test
    void a_lock_that_is_only_tried_ends_no_chain_but_begins_one() {
        assertHolds(firstComeFirstServed(chain(7, 8), () -> {
            toy.lock(8);
            if (toy.sync().tryLock(INNER, 7)) {
                toy.unlock(7);
            }
            toy.unlock(8);
        }));
        Interleaving cycle = counterexample(firstComeFirstServed(chain(7, 8), () -> {
            if (toy.sync().tryLock(INNER, 8)) {
                toy.lock(7);
                toy.unlock(7);
                toy.unlock(8);
            }
        }));
        assertEquals(FailureKind.LOCK_ORDER, cycle.failure());
    }

    /** Table 8 of one run and table 8 of another may be two tables, if each run makes its own. */
    @Test
    void numbers_of_what_is_made_in_a_run_mean_nothing_in_another() {
        toy.newFrom(8);

        assertHolds(firstComeFirstServed(chain(7, 8), chain(8, 7)));

        Program.Builder met = Program.on(toy);
        met.task("A").call("a", () -> {
            chain(7, 8).run();
            return 0;
        });
        met.task("B").call("b", () -> {
            chain(8, 7).run();
            return 0;
        });
        Exploration inOneRun = Explorer.explore(met.build(), ExploreOptions.DEFAULT.withPreemptions(0));
        assertEquals(
                FailureKind.LOCK_ORDER,
                Objects.requireNonNull(inOneRun.counterexample()).failure());
    }

    /** The order of classes is Linux's, and who breaks it is told at once; who keeps it is told with it once it was seen. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_broken_order_of_classes_is_told_with_who_keeps_it(boolean isKept) {
        Program.Builder program = firstComeFirstServed(
                () -> {
                    if (isKept) {
                        toy.sync().writeLock(LockClass.ANON_VMA, 3);
                        chain(7, 8).run();
                        toy.sync().unlock(LockClass.ANON_VMA, 3);
                    }
                },
                () -> {
                    toy.lock(7);
                    toy.sync().writeLock(LockClass.ANON_VMA, 3);
                });

        Interleaving broken = counterexample(program);

        assertEquals(FailureKind.LOCK_ORDER, broken.failure());
        assertTrue(broken.text().contains("task 'B' waits for ANON_VMA of anon_vma 3"), broken::text);
        assertTrue(broken.text().contains("it holds [PTL write table 7]"), broken::text);
        assertTrue(
                broken.text()
                        .contains(
                                isKept
                                        ? "the other way round: A, in 'first of A', holds [ANON_VMA write anon_vma 3] and takes PTL of table 7"
                                        : "Linux takes ANON_VMA before PTL; nobody who does so was seen here"),
                broken::text);
    }

    @Test
    void whoever_does_not_want_the_order_watched_is_not_told() {
        Program program = firstComeFirstServed(chain(7, 8), chain(8, 7)).build();
        assertTrue(Explorer.explore(program, ExploreOptions.DEFAULT.withLockOrder(false))
                .holds());
    }
}
