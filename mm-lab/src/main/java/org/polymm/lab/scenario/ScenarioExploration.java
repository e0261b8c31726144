package org.polymm.lab.scenario;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Violation;
import org.polymm.lab.explore.Exploration;
import org.polymm.lab.explore.Exploration.Coverage;
import org.polymm.lab.explore.ExploreOptions;
import org.polymm.lab.explore.Explorer;
import org.polymm.lab.explore.FailureKind;
import org.polymm.lab.explore.Interleaving;
import org.polymm.lab.explore.Program;
import org.polymm.lab.explore.Schedule;
import org.polymm.lab.explore.ScheduleMismatchException;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;

/**
 * Runs the parallel tasks of scenarios in every order that can make a difference.
 *
 * <p>Belongs to the thread of the machine.
 */
public final class ScenarioExploration {

    private final SimulatorSubject subject;
    private final Circumstances circumstances;

    /** Sees the machine at the end of each interleaving, before what the scenario does behind its tasks. */
    @FunctionalInterface
    public interface EndWatcher {
        /** Sees nothing. */
        EndWatcher NONE = machine -> {};

        /**
         * Sees one.
         *
         * @param machine the machine, to be looked at only
         */
        void atEnd(SimulatorSubject machine);
    }

    /** What is done with a program once the scenario's set-up has run. */
    private interface Use {
        Exploration of(Program program);
    }

    /**
     * For a machine.
     *
     * @param machine one of a bench {@linkplain SimulatorBench#forExploring for exploring}
     */
    public ScenarioExploration(SimulatorBench.Machine machine) {
        subject = machine.subject();
        circumstances = machine.circumstances();
    }

    /**
     * Explores.
     *
     * @param scenario one whose order is open
     * @param options how
     * @return the verdict
     * @throws ScheduleMismatchException if the options begin with a schedule that does not fit
     */
    public ExploredVerdict explore(Scenario scenario, ExploreOptions options) {
        return explore(scenario, options, EndWatcher.NONE);
    }

    /**
     * Explores, and shows how interleavings end.
     *
     * @param scenario one whose order is open
     * @param options how
     * @param watcher sees each end
     * @return the verdict
     * @throws ScheduleMismatchException if the options begin with a schedule that does not fit
     */
    public ExploredVerdict explore(Scenario scenario, ExploreOptions options, EndWatcher watcher) {
        return with(scenario, watcher, program -> Explorer.explore(program, options));
    }

    /**
     * Runs one order, and on to the end with as few switches as possible where the schedule is only the beginning.
     *
     * @param scenario one whose order is open
     * @param schedule the order
     * @param told receives the run
     * @return the verdict; a run without a failure is one interleaving that holds
     * @throws ScheduleMismatchException if the schedule does not fit the scenario
     */
    public ExploredVerdict replay(
            Scenario scenario, Schedule schedule, java.util.function.Consumer<Interleaving> told) {
        return with(scenario, EndWatcher.NONE, program -> {
            Interleaving run = Explorer.replay(program, schedule);
            told.accept(run);
            return run.failure() == null
                    ? new Exploration(Coverage.GIVEN_UP, 1, 0, -1, null)
                    : new Exploration(Coverage.FAILED, 1, 0, -1, run);
        });
    }

    private ExploredVerdict with(Scenario scenario, EndWatcher watcher, Use use) {
        List<Item> items = scenario.items();
        int[] blocks = IntStream.range(0, items.size())
                .filter(index -> items.get(index) instanceof Item.Tasks)
                .toArray();
        if (blocks.length != 1) {
            return ExploredVerdict.skipped(
                    scenario,
                    circumstances,
                    blocks.length == 0
                            ? "has no parallel tasks, or states their order: polymm run runs it"
                            : "has " + blocks.length + " blocks of parallel tasks without a schedule; the orders of one"
                                    + " can be explored, give the others one");
        }
        View marks = new View(subject, scenario.names());
        Verdict begun = new ScenarioRunner(subject, circumstances).begin(scenario, blocks[0], marks);
        if (begun.status() != Verdict.Status.PASSED) {
            return notBegun(scenario, begun);
        }
        List<Violation> violations = subject.machine().check();
        if (!violations.isEmpty()) {
            return failed(scenario, "before the tasks begin: " + violations.getFirst(), null, "");
        }
        // Pages that wait in a batch for their LRU list have one reference more, and few orders would free any.
        subject.machine().memory().lru().drain();
        ScenarioProgram program = new ScenarioProgram(scenario, blocks[0], subject, circumstances, marks);
        Exploration exploration = use.of(program.program(watcher));
        UnmetException unmet = program.unmet();
        if (unmet != null) {
            return ExploredVerdict.skipped(scenario, circumstances, String.valueOf(unmet.getMessage()));
        }
        return judged(scenario, exploration, program, blocks[0]);
    }

    private ExploredVerdict notBegun(Scenario scenario, Verdict begun) {
        if (begun.status() == Verdict.Status.SKIPPED) {
            return ExploredVerdict.skipped(scenario, circumstances, begun.reason());
        }
        Verdict.Failure first = begun.failures().getFirst();
        return failed(
                scenario,
                "before the tasks begin, line " + first.at().line() + ": " + first.text() + ": " + first.message(),
                null,
                "");
    }

    private ExploredVerdict failed(
            Scenario scenario, String reason, @Nullable Exploration exploration, String brokenBy) {
        return new ExploredVerdict(
                scenario.file(), scenario.title(), circumstances, Verdict.Status.FAILED, reason, exploration, brokenBy);
    }

    /** Holds what was found against what the scenario expects to be found. */
    private ExploredVerdict judged(Scenario scenario, Exploration exploration, ScenarioProgram program, int block) {
        Interleaving wrong = exploration.counterexample();
        String brokenBy = wrong == null ? "" : program.brokenBy(wrong);
        Item.Expect expected = expectedFailure(scenario, block);
        if (expected == null) {
            return wrong == null ? passed(scenario, exploration, "") : failed(scenario, "", exploration, brokenBy);
        }
        String line = "line " + expected.at().line() + ": " + expected.text();
        if (wrong == null) {
            return failed(scenario, line + ": none was found", exploration, "");
        }
        return isExpected(expected.check(), wrong, program)
                ? passed(scenario, exploration, brokenBy)
                : failed(scenario, line + ": found another", exploration, brokenBy);
    }

    private static boolean isExpected(Check check, Interleaving wrong, ScenarioProgram program) {
        if (check instanceof CounterexampleCheck counterexample) {
            return counterexample.expected() == null || counterexample.expected() == wrong.failure();
        }
        return check instanceof CounterChecks.Violated violated
                && wrong.failure() == FailureKind.INVARIANT
                && program.world().violated().contains(violated.invariant().id());
    }

    private Item.@Nullable Expect expectedFailure(Scenario scenario, int block) {
        for (Item item : scenario.items().subList(block + 1, scenario.items().size())) {
            if (item instanceof Item.Expect expect
                    && (expect.check() instanceof CounterexampleCheck
                            || expect.check() instanceof CounterChecks.Violated)
                    && expect.guard().holds(circumstances)) {
                return expect;
            }
        }
        return null;
    }

    private ExploredVerdict passed(Scenario scenario, Exploration exploration, String brokenBy) {
        return new ExploredVerdict(
                scenario.file(), scenario.title(), circumstances, Verdict.Status.PASSED, "", exploration, brokenBy);
    }
}
