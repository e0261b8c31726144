package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.compare.PolicySetSpec;
import org.polymm.lab.compare.Variations;
import org.polymm.lab.explore.Interleaving;
import org.polymm.lab.explore.Schedule;
import org.polymm.lab.explore.ScheduleMismatchException;
import org.polymm.lab.host.HostSubject;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.report.TextTable;
import org.polymm.lab.scenario.AddressMap;
import org.polymm.lab.scenario.Circumstances;
import org.polymm.lab.scenario.ExploredFormat;
import org.polymm.lab.scenario.ExploredVerdict;
import org.polymm.lab.scenario.HostNeeds;
import org.polymm.lab.scenario.MachineComparison;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioExploration;
import org.polymm.lab.scenario.ScenarioRunner;
import org.polymm.lab.scenario.SimulatorBench;
import org.polymm.lab.scenario.Tracer;
import org.polymm.lab.scenario.VariedVerdicts;
import org.polymm.lab.scenario.Verdict;
import org.polymm.lab.scenario.VerdictFormat;
import org.polymm.runtime.Laboratory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm run}: scenarios on the simulator, on the host's kernel, or on both. */
@Command(
        name = "run",
        description = {
            "Carries scenarios out and looks whether everything is as they say: on the simulator, on the host's own kernel, or on"
                    + " both, which also compares them operation by operation.",
            "",
            "A scenario that a machine cannot run is skipped there, with the reason; it does not count as passed.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm run basics",
            "  polymm run my.mms --trace --draw",
            "  polymm run fork-copies-one-page --set policy.cow-sizing.copy=copy/wide",
            "  polymm run scenarios --on both",
            "  polymm run cow --vary policy.cow-sizing.copy=copy/one-page,copy/wide,copy/wide-unchecked",
            "  polymm run my-race.mms --schedule wrong.txt      an order that polymm explore has saved",
            "",
            "docs/scenarios.md describes the language."
        })
final class RunCommand implements Callable<Integer> {

    /** Where scenarios run. */
    enum Machines {
        /** The simulated machine. */
        simulator,
        /** The host's kernel. */
        linux,
        /** Each of them, and then both side by side. */
        both
    }

    private static final String BOTH = "both";

    private final CommandEnvironment environment;

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "SCENARIO",
            description = "A file (.mms), a folder, or the name of a bundled scenario or of a folder of them.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--on",
            paramLabel = "MACHINE",
            defaultValue = "simulator",
            description = "Where: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Machines on = Machines.simulator;

    @Option(
            names = "--schedule",
            paramLabel = "FILE",
            description =
                    "Run the tasks of one scenario in the order that polymm explore --save-schedule wrote, and go on where it"
                            + " ends.")
    private @Nullable Path schedule;

    @Option(
            names = "--vary",
            paramLabel = "KEY=A,B",
            description =
                    "Run under each of these values, stronger than what scenarios say, and print a table of scenarios by values."
                            + " With several, every combination.")
    private List<String> vary = new ArrayList<>();

    @Option(names = "--trace", description = "Print each operation with the state that it changed.")
    private boolean trace;

    @Option(names = "--draw", description = "Draw the address spaces after each operation.")
    private boolean draw;

    @Option(names = "--format", paramLabel = "FORMAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    RunCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        if ((trace || draw) && format != OutputFormat.table) {
            throw new UserError("--trace and --draw are for people: they go with --format table");
        }
        if (schedule != null) {
            return replay(schedule);
        }
        if (!vary.isEmpty()) {
            return vary();
        }
        List<Scenario> scenarios = NamedScenarios.runnable(arguments);
        List<Verdict> verdicts = new ArrayList<>();
        try (Laboratory open = laboratory.open();
                Host host = new Host(environment)) {
            SimulatorBench bench = new SimulatorBench(open);
            if (draw) {
                environment.out().println(AddressMap.LEGEND);
            }
            for (int i = 0; i < scenarios.size(); i++) {
                Scenario scenario = scenarios.get(i);
                environment.progress(scenario.file() + " (" + (i + 1) + " of " + scenarios.size() + ")");
                for (Verdict verdict : run(bench, host, scenario)) {
                    verdicts.add(verdict);
                    if (format == OutputFormat.table) {
                        environment.progressDone();
                        environment.out().print(VerdictFormat.text(verdict));
                    }
                }
            }
        }
        environment.progressDone();
        environment.deliver(
                switch (format) {
                    case table -> VerdictFormat.summary(verdicts);
                    case json -> VerdictFormat.json(verdicts);
                    case csv -> VerdictFormat.csv(verdicts);
                },
                null);
        boolean failed = verdicts.stream().anyMatch(verdict -> verdict.status() == Verdict.Status.FAILED);
        return failed ? Failures.CHECK_FAILED : Failures.OK;
    }

    /** Scenarios by variations. */
    private Integer vary() throws IOException {
        if (on != Machines.simulator || trace || draw) {
            throw new UserError("--vary compares simulated machines: it goes without --on, --trace and --draw");
        }
        List<PolicySetSpec> variations;
        try {
            variations = Variations.product(vary);
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
        List<Scenario> scenarios = NamedScenarios.runnable(arguments);
        List<VariedVerdicts> rows = new ArrayList<>();
        try (Laboratory open = laboratory.open()) {
            SimulatorBench bench = new SimulatorBench(open);
            for (Scenario scenario : scenarios) {
                List<Verdict> verdicts = new ArrayList<>();
                for (PolicySetSpec variation : variations) {
                    environment.progress(scenario.file() + " with " + variation.name());
                    verdicts.add(simulate(bench, VariedScenario.of(scenario, variation)));
                }
                rows.add(new VariedVerdicts(scenario.file(), scenario.title(), verdicts));
            }
        }
        environment.progressDone();
        List<String> names = variations.stream().map(PolicySetSpec::name).toList();
        environment.deliver(
                switch (format) {
                    case table -> VariedVerdicts.table(names, rows);
                    case json -> VariedVerdicts.json(names, rows);
                    case csv -> VariedVerdicts.csv(names, rows);
                },
                null);
        return rows.stream().anyMatch(VariedVerdicts::isFailed) ? Failures.CHECK_FAILED : Failures.OK;
    }

    /** One order of one scenario's tasks. */
    private Integer replay(Path file) throws IOException {
        if (on != Machines.simulator || trace || draw || !vary.isEmpty() || format != OutputFormat.table) {
            throw new UserError(
                    "--schedule runs on the simulator and prints its steps: it goes without --on, --trace, --draw,"
                            + " --vary and --format");
        }
        List<Scenario> scenarios = NamedScenarios.open(arguments);
        if (scenarios.size() > 1) {
            throw new UserError("--schedule is for one scenario, here are " + scenarios.size());
        }
        try (Laboratory open = laboratory.open()) {
            SimulatorBench bench = SimulatorBench.forExploring(open);
            Scenario scenario = scenarios.getFirst();
            SimulatorBench.Machine machine = bench.machine(scenario);
            Scenario configured = bench.asConfigured(scenario);
            List<Interleaving> told = new ArrayList<>();
            Schedule order = Schedule.read(file);
            ExploredVerdict verdict = machine.composition()
                    .run(() -> new ScenarioExploration(machine).replay(configured, order, told::add));
            if (told.stream().anyMatch(run -> !run.follows(order))) {
                environment
                        .out()
                        .println("The scenario does not take the very steps of " + file
                                + " any more; its tasks lose their turn where they did there.");
            }
            if (verdict.counterexample() == null) {
                told.forEach(run -> environment.out().println(run.allColumns()));
            }
            environment.out().print(ExploredFormat.text(new ExploredFormat.Row("", verdict), true));
            environment.out().flush();
            return verdict.isPolicyFailure()
                    ? Failures.POLICY
                    : verdict.counterexample() != null || verdict.status() == Verdict.Status.FAILED
                            ? Failures.CHECK_FAILED
                            : Failures.OK;
        } catch (ScheduleMismatchException | IllegalArgumentException e) {
            throw new UserError(file + ": " + e.getMessage());
        }
    }

    private Verdict simulate(SimulatorBench bench, Scenario text) {
        SimulatorBench.Machine machine = bench.machine(text);
        Scenario scenario = bench.asConfigured(text);
        return scenario.isOpen()
                ? open(scenario, machine)
                : machine.composition().run(() -> run(machine.subject(), machine.circumstances(), scenario));
    }

    private static Verdict open(Scenario scenario, SimulatorBench.Machine machine) {
        return Verdict.skipped(
                scenario,
                machine.circumstances(),
                "leaves the order of its tasks open: polymm explore runs every order");
    }

    private List<Verdict> run(SimulatorBench bench, Host host, Scenario text) {
        SimulatorBench.Machine machine = bench.machine(text);
        Scenario scenario = bench.asConfigured(text);
        if (scenario.isOpen()) {
            return List.of(open(scenario, machine));
        }
        List<Verdict> verdicts = new ArrayList<>();
        if (on != Machines.linux) {
            verdicts.add(simulate(bench, text));
        }
        if (on != Machines.simulator) {
            verdicts.add(onHost(host, scenario));
        }
        if (on == Machines.both) {
            verdicts.add(compare(machine, host, scenario));
        }
        return verdicts;
    }

    private Verdict run(Subject subject, Circumstances circumstances, Scenario scenario) {
        ScenarioRunner.Watcher watcher = trace || draw
                ? new Tracer(scenario, trace, draw, environment.out()::print)
                : ScenarioRunner.Watcher.NONE;
        return new ScenarioRunner(subject, circumstances).run(scenario, watcher);
    }

    private Verdict onHost(Host host, Scenario scenario) {
        Circumstances circumstances = HostNeeds.circumstances();
        String unmet = HostNeeds.unmet(scenario);
        if (unmet != null) {
            return Verdict.skipped(scenario, circumstances, unmet);
        }
        try {
            return run(host.subject(), circumstances, scenario);
        } catch (UnmetException e) {
            return Verdict.skipped(scenario, circumstances, String.valueOf(e.getMessage()));
        }
    }

    private static Verdict compare(SimulatorBench.Machine machine, Host host, Scenario scenario) {
        Circumstances circumstances =
                new Circumstances(BOTH, machine.circumstances().policies(), new TreeMap<>());
        String unmet = HostNeeds.unmet(scenario);
        if (unmet != null) {
            return Verdict.skipped(scenario, circumstances, unmet);
        }
        try {
            Optional<MachineComparison.Divergence> divergence =
                    new MachineComparison(machine.subject(), host.subject()).compare(scenario);
            List<Verdict.Failure> failures =
                    divergence.map(RunCommand::failure).stream().toList();
            return new Verdict(
                    scenario.file(),
                    scenario.title(),
                    circumstances,
                    failures.isEmpty() ? Verdict.Status.PASSED : Verdict.Status.FAILED,
                    "",
                    "",
                    new LinkedHashMap<>(),
                    failures,
                    List.of(),
                    List.of(),
                    scenario.operations().size(),
                    0);
        } catch (UnmetException e) {
            return Verdict.skipped(scenario, circumstances, String.valueOf(e.getMessage()));
        }
    }

    private static Verdict.Failure failure(MachineComparison.Divergence divergence) {
        TextTable table = new TextTable();
        table.row("", Circumstances.SIMULATOR, Circumstances.LINUX);
        table.row("result", divergence.first(), divergence.second());
        divergence
                .differences()
                .forEach(difference -> table.row(difference.where(), difference.first(), difference.second()));
        return new Verdict.Failure(
                divergence.act().at(),
                divergence.act().text(),
                "the machines part here\n" + table.text().stripTrailing());
    }

    /** The host's kernel, asked for when the first scenario needs it. */
    private static final class Host implements AutoCloseable {
        private final CommandEnvironment environment;
        private @Nullable HostSubject subject;
        private @Nullable UnmetException unmet;

        Host(CommandEnvironment environment) {
            this.environment = environment;
        }

        Subject subject() throws UnmetException {
            if (unmet != null) {
                throw unmet;
            }
            HostSubject known = subject;
            if (known == null) {
                try {
                    known = HostSubject.open(environment::progress);
                } catch (UnmetException e) {
                    unmet = e;
                    throw e;
                }
                subject = known;
            }
            return known;
        }

        @Override
        public void close() {
            if (subject != null) {
                subject.close();
            }
        }
    }
}
