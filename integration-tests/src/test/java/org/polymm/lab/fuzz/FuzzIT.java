package org.polymm.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.it.BundledPlugins;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;
import org.polymm.runtime.Laboratory;

/** Random programs find nothing in the sound policies, and what is wrong in the faulty ones. */
class FuzzIT {

    private static Laboratory laboratory;

    @BeforeAll
    static void openPlugins() {
        laboratory = BundledPlugins.open();
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    private static FuzzReport run(
            List<SequencedMap<String, String>> sets, CheckLevel check, long programs, boolean huge)
            throws UnmetException {
        Fuzzer fuzzer = new Fuzzer(laboratory, text -> {}, () -> false);
        return fuzzer.againstModel(new Fuzzer.Programs(1, 0, Bounds.ofPrograms(programs), huge, false), sets, check, 2);
    }

    private static FuzzReport runFailing(SequencedMap<String, String> set, long programs, boolean huge)
            throws UnmetException {
        Fuzzer fuzzer = new Fuzzer(laboratory, text -> {}, () -> false);
        Fuzzer.Programs wanted = new Fuzzer.Programs(1, 0, Bounds.ofPrograms(programs), huge, true);
        return fuzzer.againstModel(wanted, List.of(set), CheckLevel.QUIET, 2);
    }

    private static SequencedMap<String, String> set(String... keysAndValues) {
        SequencedMap<String, String> set = new LinkedHashMap<>();
        for (int index = 0; index < keysAndValues.length; index += 2) {
            set.put(keysAndValues[index], keysAndValues[index + 1]);
        }
        return set;
    }

    private static void assertNothingFound(FuzzReport report) {
        FuzzReport.Failure failure = report.failure();
        if (failure != null) {
            throw new AssertionError("seed " + report.seed() + " under " + failure.settings() + "\n"
                    + Reproducer.summary(failure, "model") + Listing.of(failure.operations(), failure.window()));
        }
    }

    @Test
    void mainlineKeepsEveryInvariantAndAllContentsWithFoliosOfOneSize() throws UnmetException {
        assertNothingFound(run(List.of(set("thp.hugepages-64kB", "always")), CheckLevel.QUIET, 5_000, false));
    }

    @Test
    void mainlineKeepsEveryInvariantAndAllContentsAfterEveryOperation() throws UnmetException {
        assertNothingFound(run(List.of(set("thp.hugepages-64kB", "always")), CheckLevel.EVERY, 100, false));
    }

    @Test
    void mainlineKeepsEveryInvariantAndAllContentsWithHugePagesAndSmallTables() throws UnmetException {
        SequencedMap<String, String> small = set("machine.page-table-entries", "8", "thp.hugepages-16kB", "always");
        assertNothingFound(run(List.of(small), CheckLevel.QUIET, 5_000, false));
        assertNothingFound(run(List.of(small), CheckLevel.QUIET, 2_000, true));
    }

    @Test
    void combinationsOfSoundPoliciesKeepEveryInvariantAndAllContents() throws UnmetException {
        List<SequencedMap<String, String>> sets = new Fuzzer(laboratory, text -> {}, () -> false).allPolicySets();
        assertTrue(sets.size() > 100, sets.size() + " policy sets");

        assertNothingFound(run(sets, CheckLevel.QUIET, 4_000, false));
    }

    @Test
    @Tag("long")
    void everyCombinationOfSoundPoliciesKeepsEveryInvariantAndAllContents() throws UnmetException {
        List<SequencedMap<String, String>> sets = new Fuzzer(laboratory, text -> {}, () -> false).allPolicySets();

        assertNothingFound(run(sets, CheckLevel.QUIET, 300_000, false));
        assertNothingFound(run(sets, CheckLevel.QUIET, 150_000, true));
    }

    @Test
    void aSchemeThatGuessesAtSharingIsFoundAndTheProgramIsSmall() throws UnmetException {
        FuzzReport report = run(
                List.of(set("policy.mapcount.folio.use", "mapcount/page-mapcount", "thp.hugepages-64kB", "always")),
                CheckLevel.QUIET,
                2_000,
                false);

        FuzzReport.Failure failure = report.failure();
        assertNotNull(failure);
        assertEquals("scheme-misses-no-sharing", failure.finding().kind());
        assertTrue(failure.operations().size() < 10, Listing.of(failure.operations(), failure.window()));
    }

    @Test
    void nothingIsFoundWhereAllocationsFailInTheMiddleOfCalls() throws UnmetException {
        assertNothingFound(runFailing(
                set("machine.swap", "16MiB", "thp.hugepages-64kB", "always", "thp.hugepages-16kB", "always"),
                1_500,
                false));
        assertNothingFound(runFailing(
                set(
                        "thp.enabled", "always",
                        "policy.cow-sizing.copy.use", "copy/wide",
                        "policy.cow-sizing.reuse.use", "reuse/exclusive-run"),
                150,
                true));
    }

    @Test
    void callsDoFailForLackOfMemoryAndWhatADeadChildWasToDoIsLeftOut() throws UnmetException {
        MachineBlueprint blueprint = laboratory
                .compose(Map.of("machine.memory", "16MiB", "thp.hugepages-64kB", "always"), "test")
                .blueprint()
                .withCheck(CheckLevel.QUIET);
        ProgramShape shape = ProgramShape.small(blueprint.geometry());
        ProgramGenerator generator =
                new ProgramGenerator(shape, Capabilities.of(new SimulatorSubject(blueprint), shape.window()));
        Map<Action, Integer> failed = new java.util.EnumMap<>(Action.class);
        SimulatorTrial trial = new SimulatorTrial(blueprint, shape, simulator -> new Shortages(simulator, failed));
        List<Operation> program = new ArrayList<>();
        for (long index = 0; index < 500; index++) {
            generator.generate(9, index, program);
            assertNull(trial.run(program), () -> Listing.of(program, shape.window()));
        }

        assertTrue(failed.getOrDefault(Action.FORK, 0) > 20, failed::toString);
        assertTrue(failed.getOrDefault(Action.WRITE, 0) > 20, failed::toString);
        assertTrue(failed.keySet().containsAll(List.of(Action.PIN, Action.MADVISE)), failed::toString);
    }

    @Test
    void aProgramGoesOnWhereForkHadNoMemoryForAChild() throws UnmetException {
        MachineBlueprint blueprint = laboratory
                .compose(Map.of("machine.memory", "16MiB"), "test")
                .blueprint()
                .withCheck(CheckLevel.EVERY);
        ProgramShape shape = ProgramShape.small(blueprint.geometry());
        long page = shape.window().base();
        List<Operation> program = List.of(
                Operation.of(Action.SPAWN, 0),
                Operation.of(Action.MMAP, 0, page, Operation.PAGE, 3, 0x32, -1, 0),
                Operation.of(Action.WRITE, 0, page, 1, 5),
                Operation.of(Action.FAIL, 0, Action.PAGE_TABLES, 0, 0, 1),
                Operation.of(Action.FORK, 0, 1),
                Operation.of(Action.WRITE, 1, page, 1, 6),
                Operation.of(Action.FORK, 1, 2),
                Operation.of(Action.EXIT, 1),
                Operation.of(Action.FORK, 0, 1),
                Operation.of(Action.READ, 1, page, 1),
                Operation.of(Action.READ, 0, page, 1));

        assertNull(new SimulatorTrial(blueprint, shape).run(program));
    }

    @Test
    void aRunGoesOnWhereItEnded() throws UnmetException {
        List<SequencedMap<String, String>> sets = List.of(set());
        Fuzzer fuzzer = new Fuzzer(laboratory, text -> {}, () -> false);
        FuzzReport whole = fuzzer.againstModel(
                new Fuzzer.Programs(3, 0, Bounds.ofPrograms(40), false, false), sets, CheckLevel.QUIET, 1);
        FuzzReport half = fuzzer.againstModel(
                new Fuzzer.Programs(3, 0, Bounds.ofPrograms(20), false, false), sets, CheckLevel.QUIET, 1);
        FuzzReport rest = fuzzer.againstModel(
                new Fuzzer.Programs(3, half.next(), Bounds.ofPrograms(20), false, false), sets, CheckLevel.QUIET, 1);

        assertEquals(whole.operations(), half.operations() + rest.operations());
        assertEquals(whole.next(), rest.next());
    }

    @Test
    void theEndTheCountsAndTheFailureAreTheSameOnAnyNumberOfThreads() throws UnmetException {
        SequencedMap<String, String> refuses = set(
                "policy.cow-sizing.copy.use",
                "copy/wide-unchecked",
                "safety",
                "enforce",
                "thp.hugepages-64kB",
                "always");
        SequencedMap<String, String> fails =
                set("policy.mapcount.folio.use", "mapcount/page-mapcount", "thp.hugepages-64kB", "always");
        for (List<SequencedMap<String, String>> sets :
                List.of(List.of(refuses), List.of(refuses, set()), List.of(set(), fails))) {
            String alone = described(sets, 1);

            assertEquals(alone, described(sets, 2));
            assertEquals(alone, described(sets, 5));
        }
    }

    private static String described(List<SequencedMap<String, String>> sets, int threads) throws UnmetException {
        Fuzzer fuzzer = new Fuzzer(laboratory, text -> {}, () -> false);
        FuzzReport report = fuzzer.againstModel(
                new Fuzzer.Programs(4, 0, new Bounds(40_000, 0, null), false, false), sets, CheckLevel.QUIET, threads);
        FuzzReport.Failure failure = report.failure();
        return report.programs() + " programs, " + report.operations() + " operations, next " + report.next()
                + ", refused "
                + report.refused()
                + (failure == null
                        ? ""
                        : failure.program() + " " + Listing.of(failure.operations(), failure.window())
                                + failure.finding());
    }

    @Test
    void programsAreTheSameForTheSameSeedAndMostOfTheirOperationsDoSomething() throws UnmetException {
        MachineBlueprint blueprint =
                laboratory.compose(Map.of("machine.memory", "16MiB"), "test").blueprint();
        ProgramShape shape = ProgramShape.small(blueprint.geometry());
        SimulatorSubject simulator = new SimulatorSubject(blueprint);
        Capabilities can = Capabilities.of(simulator, shape.window()).without(Ability.FAILURES);
        ProgramGenerator one = new ProgramGenerator(shape, can);
        ProgramGenerator other = new ProgramGenerator(shape, can);
        List<Operation> program = new ArrayList<>();
        List<Operation> again = new ArrayList<>();
        Map<Action, int[]> outcomes = new java.util.EnumMap<>(Action.class);
        for (long index = 0; index < 500; index++) {
            one.generate(9, index, program);
            other.generate(9, index, again);
            assertEquals(program, again);
            assertTrue(ProgramRules.isSound(program), () -> Listing.of(program, shape.window()));
            simulator.begin(org.polymm.lab.program.Settings.PLAIN, shape.window());
            for (Operation operation : program) {
                Outcome outcome = simulator.perform(operation);
                outcomes.computeIfAbsent(operation.action(), key -> new int[2])[outcome.isSuccess() ? 0 : 1]++;
            }
        }
        outcomes.forEach((action, counts) -> assertTrue(
                counts[0] > counts[1] || action == Action.MREMAP && 3 * counts[0] > counts[1],
                action + " succeeded " + counts[0] + " times and failed " + counts[1] + " times"));
        assertTrue(outcomes.keySet()
                .containsAll(List.of(
                        Action.FORK,
                        Action.MREMAP,
                        Action.MLOCK2,
                        Action.FILE,
                        Action.PIN,
                        Action.DEVICE_READ,
                        Action.DEVICE_WRITE,
                        Action.REFERENCE,
                        Action.RECLAIM)));
    }

    @Test
    void theModelOfContentsFollowsAPinnedPageThatIsMovedAndUnmapped() throws UnmetException {
        MachineBlueprint blueprint = laboratory
                .compose(Map.of("machine.memory", "16MiB"), "test")
                .blueprint()
                .withCheck(CheckLevel.QUIET);
        ProgramShape shape = ProgramShape.small(blueprint.geometry());
        long page = shape.window().base();
        long elsewhere = page + 16 * Operation.PAGE;
        List<Operation> program = List.of(
                Operation.of(Action.SPAWN, 0),
                Operation.of(Action.MMAP, 0, page, Operation.PAGE, 3, 0x32, -1, 0),
                Operation.of(Action.WRITE, 0, page, 1, 5),
                Operation.of(Action.PIN, 0, page, Operation.PAGE, 0, Action.PIN_WRITE | Action.PIN_LONGTERM),
                Operation.of(Action.FORK, 0, 1),
                Operation.of(Action.MREMAP, 0, page, Operation.PAGE, Operation.PAGE, 3, elsewhere),
                Operation.of(Action.DEVICE_WRITE, 0, 0, 0, 6),
                Operation.of(Action.READ, 0, elsewhere, 1),
                Operation.of(Action.READ, 1, page, 1),
                Operation.of(Action.WRITE, 0, elsewhere, 1, 7),
                Operation.of(Action.MUNMAP, 0, elsewhere, Operation.PAGE),
                Operation.of(Action.DEVICE_READ, 0, 0));

        assertNull(new SimulatorTrial(blueprint, shape).run(program));
        Finding finding = new SimulatorTrial(blueprint, shape, DeafDevice::new).run(program);

        assertNotNull(finding);
        assertEquals("contents-are-right", finding.kind());
        assertEquals(7, finding.step(), finding.detail());
    }

    @Test
    void theModelOfContentsNoticesAWrongWord() throws UnmetException {
        MachineBlueprint blueprint = laboratory
                .compose(Map.of("machine.memory", "16MiB"), "test")
                .blueprint()
                .withCheck(CheckLevel.QUIET);
        ProgramShape shape = ProgramShape.small(blueprint.geometry());
        long page = shape.window().base();
        List<Operation> program = List.of(
                Operation.of(Action.SPAWN, 0),
                Operation.of(Action.MMAP, 0, page, Operation.PAGE, 3, 0x32, -1, 0),
                Operation.of(Action.WRITE, 0, page, 1, 5),
                Operation.of(Action.READ, 0, page, 1));

        assertNull(new SimulatorTrial(blueprint, shape).run(program));
        Finding finding =
                new SimulatorTrial(blueprint, shape, simulator -> new WrongWord(simulator, page)).run(program);

        assertNotNull(finding);
        assertEquals("contents-are-right", finding.kind());
        assertEquals(3, finding.step());
    }
}
