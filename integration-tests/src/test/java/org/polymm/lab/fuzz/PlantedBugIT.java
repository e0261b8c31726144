package org.polymm.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.it.BundledPlugins;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;
import org.polymm.runtime.Laboratory;

/** Bugs that a kernel could have, planted in the machine, are found and shrunk to a handful of operations. */
class PlantedBugIT {

    private static final long SEED = 1;
    private static final long PROGRAMS = 20_000;

    private static Laboratory laboratory;

    @BeforeAll
    static void openPlugins() {
        laboratory = BundledPlugins.open();
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    /** Machines with a bug. */
    private static final class BuggyBench implements TestBench {
        private final Sabotage.Bug bug;
        private final MachineBlueprint blueprint;
        private final ProgramShape shape;
        private final Trial trial;

        BuggyBench(Sabotage.Bug bug) throws UnmetException {
            this.bug = bug;
            blueprint = laboratory
                    .compose(
                            Map.of(
                                    "machine.memory", "16MiB",
                                    "machine.swap", bug == Sabotage.Bug.PAGEOUT_IGNORES_LOCKS ? "16MiB" : "0",
                                    "thp.hugepages-64kB", "always"),
                            "test")
                    .blueprint()
                    .withCheck(CheckLevel.QUIET);
            shape = ProgramShape.small(blueprint.geometry());
            trial = trial(CheckLevel.QUIET);
        }

        private Trial trial(CheckLevel check) throws UnmetException {
            return new SimulatorTrial(
                    blueprint.withCheck(check), shape, simulator -> new Sabotage(simulator, bug, shape.window()));
        }

        @Override
        public Capabilities capabilities() {
            try {
                Capabilities can = Capabilities.of(new SimulatorSubject(blueprint), shape.window());
                return bug == Sabotage.Bug.FAILED_FORK_KEEPS_A_PAGE ? can : can.without(Ability.FAILURES);
            } catch (UnmetException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public ProgramShape shape() {
            return shape;
        }

        @Override
        public Trial trial(long program) {
            return trial;
        }

        @Override
        public Trial closeTrial(long program) throws UnmetException {
            return trial(CheckLevel.EVERY);
        }

        @Override
        public SequencedMap<String, String> settings(long program) {
            return new LinkedHashMap<>();
        }

        @Override
        public int mostTrials() {
            return 5_000;
        }
    }

    private static FuzzReport run(Sabotage.Bug bug) throws UnmetException {
        List<BuggyBench> benches = List.of(new BuggyBench(bug), new BuggyBench(bug));
        return new FuzzLoop(benches, SEED, Bounds.ofPrograms(PROGRAMS), text -> {}, () -> false).run(0);
    }

    @ParameterizedTest
    @EnumSource(Sabotage.Bug.class)
    void aPlantedBugIsFoundInUnderAMinuteAndShrinksToFewerThanTenOperations(Sabotage.Bug bug) throws UnmetException {
        long begin = System.nanoTime();
        FuzzReport report = run(bug);
        Duration time = Duration.ofNanos(System.nanoTime() - begin);

        FuzzReport.Failure failure = report.failure();
        assertNotNull(failure, bug + " was not found, seed " + SEED);
        String shown = bug + " after " + report.operations() + " operations, shrunk from " + failure.length() + " to "
                + failure.operations().size() + " in " + failure.trials() + " trials, "
                + time.toMillis() + " ms:\n" + Listing.of(failure.operations(), failure.window())
                + failure.finding();
        System.out.println(shown);
        assertTrue(failure.operations().size() < 10, shown);
        assertTrue(time.compareTo(Duration.ofMinutes(1)) < 0, shown);
        assertEquals(
                switch (bug) {
                    case EXCLUSIVE_AFTER_FORK -> "exclusive-page-is-mapped-once";
                    case MERGE_IGNORES_ANON_VMA -> "rmap-finds-every-mapping";
                    case WRITABLE_AFTER_FORK -> "writable-anon-page-is-exclusive";
                    case PAGEOUT_IGNORES_LOCKS -> "locked-page-stays";
                    case FAILED_FORK_KEEPS_A_PAGE -> "refcounts-add-up";
                },
                failure.finding().kind());
    }

    @Test
    void theShrunkProgramFailsWithTheBugAndNotWithoutIt() throws UnmetException {
        FuzzReport.Failure failure = run(Sabotage.Bug.WRITABLE_AFTER_FORK).failure();
        assertNotNull(failure);
        BuggyBench bench = new BuggyBench(Sabotage.Bug.WRITABLE_AFTER_FORK);

        Finding again = bench.closeTrial(0).run(failure.operations());
        assertNotNull(again);
        assertEquals(failure.finding().kind(), again.kind());
        assertNull(
                new SimulatorTrial(bench.blueprint.withCheck(CheckLevel.EVERY), bench.shape).run(failure.operations()));
    }
}
