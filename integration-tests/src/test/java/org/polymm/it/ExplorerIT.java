package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.sync.LockClass;
import org.polymm.lab.explore.Exploration;
import org.polymm.lab.explore.Exploration.Coverage;
import org.polymm.lab.explore.ExploreOptions;
import org.polymm.lab.explore.ExploreOptions.Strategy;
import org.polymm.lab.explore.Explorer;
import org.polymm.lab.explore.FailureKind;
import org.polymm.lab.explore.Interleaving;
import org.polymm.lab.explore.MachineWorld;
import org.polymm.lab.explore.Program;
import org.polymm.runtime.Laboratory;

/** Every interleaving of the engine's own calls under mainline's policies keeps every invariant; a planted bug does not. */
class ExplorerIT {

    static Laboratory laboratory;

    @BeforeAll
    static void openPlugins() {
        laboratory = Plugins.open();
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    private static Exploration explore(EngineProgram program, ExploreOptions options, Set<String> states) {
        return Explorer.explore(program.build(laboratory, states::add), options);
    }

    private static void assertHolds(Exploration exploration) {
        Interleaving wrong = exploration.counterexample();
        assertTrue(
                wrong == null,
                () -> exploration.verdict() + "\n"
                        + Objects.requireNonNull(wrong).columns());
    }

    @ParameterizedTest
    @EnumSource
    void all_interleavings_hold_under_mainline(EngineProgram program) {
        Exploration all = explore(program, ExploreOptions.DEFAULT, new TreeSet<>());
        assertHolds(all);
        assertEquals(Coverage.COMPLETE, all.coverage());
        assertTrue(all.interleavings() > 1, all::verdict);
    }

    /** If a step touched something that its footprint does not show, a walk could end where the reduced exploration never does. */
    @ParameterizedTest
    @EnumSource
    void random_walks_end_in_no_state_that_the_reduction_has_left_out(EngineProgram program) {
        Set<String> reduced = new TreeSet<>();
        explore(program, ExploreOptions.DEFAULT, reduced);
        Set<String> walked = new TreeSet<>();
        assertHolds(explore(
                program,
                ExploreOptions.DEFAULT.with(Strategy.RANDOM).withRuns(1_500).withSeed(5),
                walked));
        assertHolds(explore(
                program,
                ExploreOptions.DEFAULT.with(Strategy.PRIORITIES).withRuns(500).withSeed(6),
                walked));
        walked.removeAll(reduced);
        assertEquals(Set.of(), walked);
    }

    /**
     * A device that looks an entry up without its lock, takes the lock, and writes to the page it has seen; with or without looking whether the
     * entry is still the same.
     */
    static Program device(EngineProgram setting, boolean looksAgain) {
        setting.build(laboratory, state -> {});
        Machine machine = setting.machine;
        PageTables tables = machine.pageTables();
        int root = machine.spaces().mms().pgd(setting.mm);
        return Program.on(new MachineWorld(machine))
                .task("device")
                .call("write 0 = 99", () -> {
                    long seen = tables.peek(root, EngineProgram.BASE);
                    int leaf = tables.lockLeaf(root, EngineProgram.BASE);
                    if (leaf == 0) {
                        return 0;
                    }
                    long entry = tables.row(leaf)[tables.pteIndex(EngineProgram.BASE)];
                    if (Pte.isNormalPage(seen) && (!looksAgain || entry == seen)) {
                        machine.memory().contents().write(Pte.pfn(seen), 99);
                    }
                    tables.unlockLeaf(leaf);
                    return 0;
                })
                .task("A")
                .call(
                        "madvise 0 DONTNEED",
                        () -> machine.madvise(setting.mm, EngineProgram.BASE, EngineProgram.PAGE, 4))
                .build();
    }

    @Test
    void a_planted_device_that_does_not_look_again_under_the_lock_is_caught_and_replayed() {
        Program wrong = device(EngineProgram.FAULT_AGAINST_DONTNEED, false);
        Exploration found = Explorer.explore(wrong, ExploreOptions.DEFAULT);
        Interleaving shown = Objects.requireNonNull(found.counterexample(), found::verdict);
        assertEquals(FailureKind.USE_AFTER_FREE, shown.failure(), shown::columns);
        assertEquals(1, shown.preemptions(), shown::columns);
        Interleaving again = Explorer.replay(device(EngineProgram.FAULT_AGAINST_DONTNEED, false), shown.schedule());
        assertEquals(shown, again);
    }

    @Test
    void the_mended_device_holds_in_every_interleaving() {
        Exploration all = Explorer.explore(device(EngineProgram.FAULT_AGAINST_DONTNEED, true), ExploreOptions.DEFAULT);
        assertHolds(all);
        assertEquals(Coverage.COMPLETE, all.coverage());
    }

    /**
     * Two tasks move a page away; who has it takes the locks of the tables below the new and an old place, the one task this way round and
     * the other that, or both the same way, with the mmap lock or without.
     */
    private static Program movers(boolean thereAndBack, boolean guarded) {
        EngineProgram setting = EngineProgram.FAULT_AGAINST_DONTNEED;
        setting.build(laboratory, state -> {});
        Machine machine = setting.machine;
        int mm = setting.mm;
        long page = EngineProgram.PAGE;
        long elsewhere = EngineProgram.BASE + 64 * page;
        long far = EngineProgram.BASE + 128 * page;
        for (long place : new long[] {elsewhere + page, far}) {
            int flags = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
            machine.mmap(mm, place, page, Mman.PROT_READ | Mman.PROT_WRITE, flags, 0, 0);
            machine.write(mm, place, 1);
        }
        Program.Builder program = Program.on(new MachineWorld(machine));
        for (String task : List.of("A", "B")) {
            boolean back = thereAndBack && task.equals("B");
            program.task(task).call("move", () -> {
                int how = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
                long moved = machine.mremap(mm, EngineProgram.BASE, page, page, how, elsewhere);
                if (moved == elsewhere) {
                    if (guarded) {
                        machine.spaces().locks().writeLock(mm);
                    }
                    lockBoth(machine, mm, back ? far : elsewhere, back ? elsewhere : far);
                    if (guarded) {
                        machine.spaces().locks().writeUnlock(mm);
                    }
                }
                return Math.min(moved, 0);
            });
        }
        return program.build();
    }

    private static void lockBoth(Machine machine, int mm, long one, long other) {
        PageTables tables = machine.pageTables();
        int root = machine.spaces().mms().pgd(mm);
        int first = tables.lockLeaf(root, one);
        int second = tables.leaf(root, other);
        machine.sync().nestedLock(LockClass.PTL, second);
        tables.unlockLeaf(second);
        tables.unlockLeaf(first);
    }

    @Test
    void page_tables_locked_in_opposite_orders_by_tasks_that_never_meet_are_a_cycle_with_both_chains() {
        Exploration found = Explorer.explore(movers(true, false), ExploreOptions.DEFAULT);

        Interleaving cycle = Objects.requireNonNull(found.counterexample(), found::verdict);
        assertEquals(FailureKind.LOCK_ORDER, cycle.failure(), cycle::columns);
        assertTrue(
                cycle.text().matches("(?s).*A, in 'move', holds \\[PTL .*B, in 'move', holds \\[PTL .*"), cycle::text);
        assertTrue(cycle.text().contains(", in another run"), cycle::text);
        assertEquals(cycle, Explorer.replay(movers(true, false), cycle.schedule()));
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, true"})
    void page_tables_locked_in_one_order_or_under_the_mmap_lock_are_none(boolean thereAndBack, boolean guarded) {
        Exploration all = Explorer.explore(movers(thereAndBack, guarded), ExploreOptions.DEFAULT);
        assertHolds(all);
        assertEquals(Coverage.COMPLETE, all.coverage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void bounded_exploration_looks_at_more_with_each_preemption_and_holds_too(int preemptions) {
        Set<String> bounded = new TreeSet<>();
        Set<String> all = new TreeSet<>();
        Exploration exploration = explore(
                EngineProgram.FIRST_TOUCH_OF_ONE_PAGE, ExploreOptions.DEFAULT.withPreemptions(preemptions), bounded);
        assertHolds(exploration);
        assertEquals(Coverage.BOUNDED, exploration.coverage());
        explore(EngineProgram.FIRST_TOUCH_OF_ONE_PAGE, ExploreOptions.DEFAULT, all);
        assertTrue(all.containsAll(bounded));
    }
}
