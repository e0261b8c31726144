package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.compare.PolicySetSpec;
import org.polymm.lab.compare.Variations;
import org.polymm.lab.explore.ExploreOptions;
import org.polymm.lab.explore.ExploreOptions.Strategy;
import org.polymm.lab.explore.Interleaving;
import org.polymm.lab.explore.Schedule;
import org.polymm.lab.explore.ScheduleMismatchException;
import org.polymm.lab.scenario.Controls;
import org.polymm.lab.scenario.ExploredFormat;
import org.polymm.lab.scenario.ExploredVerdict;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioExploration;
import org.polymm.lab.scenario.SimulatorBench;
import org.polymm.lab.scenario.Verdict;
import org.polymm.runtime.Laboratory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm explore}: the parallel tasks of scenarios in every order. */
@Command(
        name = "explore",
        description = {
            "Runs the parallel tasks of scenarios in every order that can make a difference, and ends with a proof by exhaustion or"
                    + " with the shortest run that breaks something.",
            "",
            "In every order, every invariant and expectation must hold, every operation end as its line says, nobody wait for ever,"
                    + " and nobody touch what is freed. A scenario may expect a counterexample; then it is an error if there is none.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm explore races",
            "  polymm explore my.mms --preemptions 2",
            "  polymm explore my.mms --walk pct --seed 7 --runs 100000",
            "  polymm explore races --vary policy.collapse.retraction=retract/mainline,retract/check-before-lock",
            "  polymm explore races --controls",
            "  polymm explore my.mms --save-schedule wrong.txt",
            "  polymm run my.mms --schedule wrong.txt",
            "  polymm explore my.mms --from wrong.txt --steps 12",
            "",
            "docs/exploring.md says what is guaranteed and how to read a counterexample."
        })
final class ExploreCommand implements Callable<Integer> {

    private static final long WALKS = 10_000;

    private static final PolicySetSpec AS_IT_IS = new PolicySetSpec("", "", new LinkedHashMap<>());

    private final CommandEnvironment environment;

    /** How runs are chosen at random. */
    enum Walk {
        /** At each point every task has the same chance. */
        random,
        /** By priorities that change at a few points. */
        pct
    }

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "SCENARIO",
            description =
                    "A file (.mms), a folder, or the name of a bundled scenario or of a folder of them. Of a folder, those with"
                            + " parallel tasks are taken.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--preemptions",
            paramLabel = "N",
            description = "Look at orders with at most so many preemptions, the fewest first. Default: at all.")
    private @Nullable Integer preemptions;

    @Option(
            names = "--walk",
            paramLabel = "KIND",
            description = "Look at random orders: ${COMPLETION-CANDIDATES} (probabilistic concurrency testing).")
    private @Nullable Walk walk;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of walks. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "How many walks (default: 10000), or after how many orders to give up (default: never).")
    private @Nullable Long runs;

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "3",
            description = "For --walk pct: how many steps in a certain order a bug is thought to take. Default: 3.")
    private int depth = 3;

    @Option(
            names = "--vary",
            paramLabel = "KEY=A,B",
            description =
                    "Explore under each of these values, stronger than what scenarios say, and print a table. With several,"
                            + " under every combination.")
    private List<String> vary = new ArrayList<>();

    @Option(
            names = "--controls",
            description =
                    "Take the scenarios that say under what they go wrong (expect if ...: counterexample), explore each as it is and"
                            + " under that, and print a table.")
    private boolean controls;

    @Option(
            names = "--save-schedule",
            paramLabel = "FILE",
            description = "Write the counterexample there, for run --schedule and for --from. For one scenario.")
    private @Nullable Path save;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Begin every order with this schedule. For one scenario.")
    private @Nullable Path from;

    @Option(names = "--steps", paramLabel = "N", description = "With --from: with so many of its steps. Default: all.")
    private @Nullable Integer steps;

    @Option(
            names = "--quick",
            description = "Report the first counterexample as it was found, without looking for a smaller one.")
    private boolean quick;

    @Option(
            names = "--all-steps",
            description = "Print every step of a counterexample, those too that meet no step of another task.")
    private boolean allSteps;

    @Option(names = "--format", paramLabel = "FORMAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    ExploreCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        List<PolicySetSpec> variations = variations();
        ExploreOptions options = options();
        List<Scenario> scenarios = scenarios();
        if (scenarios.size() > 1 && (save != null || from != null)) {
            throw new UserError("--save-schedule and --from are for one scenario, here are " + scenarios.size());
        }
        List<ExploredFormat.Row> rows = new ArrayList<>();
        try (Laboratory open = laboratory.open()) {
            SimulatorBench bench = SimulatorBench.forExploring(open);
            for (Scenario scenario : scenarios) {
                for (PolicySetSpec variation : controls ? controls(scenario) : variations) {
                    ExploredFormat.Row row = new ExploredFormat.Row(
                            variation.name(),
                            explore(bench, VariedScenario.of(scenario, variation), variation, options));
                    rows.add(row);
                    if (format == OutputFormat.table && vary.isEmpty() && !controls) {
                        environment.progressDone();
                        environment.out().print(ExploredFormat.text(row, allSteps));
                    }
                }
            }
        }
        environment.progressDone();
        deliver(rows, variations);
        if (rows.stream().anyMatch(row -> row.verdict().isPolicyFailure())) {
            return Failures.POLICY;
        }
        boolean failed = rows.stream().anyMatch(row -> row.verdict().status() == Verdict.Status.FAILED);
        return failed ? Failures.CHECK_FAILED : Failures.OK;
    }

    private List<Scenario> scenarios() throws IOException {
        List<Scenario> scenarios = NamedScenarios.open(arguments);
        if (!controls) {
            return scenarios;
        }
        if (!vary.isEmpty() || save != null || from != null) {
            throw new UserError(
                    "--controls explores each scenario as it is and as it says that it goes wrong; --vary, --save-schedule"
                            + " and --from do not go with it");
        }
        List<Scenario> able =
                scenarios.stream().filter(one -> !Controls.of(one).isEmpty()).toList();
        if (able.isEmpty()) {
            throw new UserError(
                    "none of the scenarios says under what it goes wrong, as 'expect if MECHANISM = STATE: counterexample' does");
        }
        return able;
    }

    /** As it is, and as it says that it goes wrong. */
    private static List<PolicySetSpec> controls(Scenario scenario) {
        List<PolicySetSpec> all = new ArrayList<>(List.of(AS_IT_IS));
        for (SequencedMap<String, String> settings : Controls.of(scenario)) {
            List<String> names = new ArrayList<>();
            settings.forEach((key, value) -> names.add(key + '=' + value));
            all.add(new PolicySetSpec(String.join(" ", names), "", settings));
        }
        return all;
    }

    private List<PolicySetSpec> variations() {
        if (vary.isEmpty()) {
            return List.of(AS_IT_IS);
        }
        if (save != null || from != null) {
            throw new UserError("--vary explores several machines; --save-schedule and --from are for one");
        }
        try {
            return Variations.product(vary);
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private ExploreOptions options() throws IOException {
        if (walk != null && preemptions != null) {
            throw new UserError("--walk takes orders by chance, --preemptions takes all up to a bound: one of the two");
        }
        ExploreOptions options = ExploreOptions.DEFAULT.withSeed(seed).withMinimise(!quick);
        try {
            if (walk != null) {
                options = options.with(walk == Walk.random ? Strategy.RANDOM : Strategy.PRIORITIES)
                        .withDepth(depth)
                        .withRuns(runs == null ? WALKS : runs);
            } else {
                options = runs == null ? options : options.withRuns(runs);
                options = preemptions == null ? options : options.withPreemptions(preemptions);
            }
            return from == null ? options : options.withFrom(prefix(Schedule.read(from)));
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private Schedule prefix(Schedule schedule) {
        int all = schedule.steps().size();
        if (steps == null) {
            return schedule;
        }
        if (steps < 0 || steps > all) {
            throw new UserError("--steps " + steps + ": " + from + " has 0 to " + all + " steps to begin with");
        }
        return schedule.prefix(steps);
    }

    private ExploredVerdict explore(
            SimulatorBench bench, Scenario text, PolicySetSpec variation, ExploreOptions options) throws IOException {
        SimulatorBench.Machine machine = bench.machine(text);
        Scenario scenario = bench.asConfigured(text);
        String what = text.file() + (variation.name().isEmpty() ? "" : " with " + variation.name());
        environment.progress(what);
        ExploreOptions watched = options.withProgress((interleavings, bound) -> environment.progress(
                what + ": " + interleavings + " interleavings" + (bound < 0 ? "" : ", " + bound + " preemptions")));
        ExploredVerdict verdict;
        try {
            verdict = machine.composition().run(() -> new ScenarioExploration(machine).explore(scenario, watched));
        } catch (ScheduleMismatchException e) {
            throw new UserError(from + ": " + e.getMessage());
        }
        Interleaving wrong = verdict.counterexample();
        if (save != null && wrong != null) {
            wrong.schedule().write(save, scenario.file() + "\n" + wrong.text());
        }
        return verdict;
    }

    private String table(List<String> names, List<ExploredFormat.Row> rows) {
        if (controls) {
            return ExploredFormat.controls(rows);
        }
        return vary.isEmpty() ? "" : ExploredFormat.table(names, rows);
    }

    private void deliver(List<ExploredFormat.Row> rows, List<PolicySetSpec> variations) throws IOException {
        List<String> names = variations.stream().map(PolicySetSpec::name).toList();
        environment.deliver(
                switch (format) {
                    case table -> table(names, rows) + ExploredFormat.summary(rows);
                    case json -> ExploredFormat.json(rows);
                    case csv -> ExploredFormat.csv(rows);
                },
                null);
    }
}
