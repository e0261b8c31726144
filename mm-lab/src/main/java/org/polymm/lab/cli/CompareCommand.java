package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.compare.Comparison;
import org.polymm.lab.compare.ComparisonFormat;
import org.polymm.lab.compare.ComparisonRun;
import org.polymm.lab.compare.PolicySetSpec;
import org.polymm.lab.compare.PolicySets;
import org.polymm.lab.compare.SharedFileRun;
import org.polymm.lab.compare.Variations;
import org.polymm.lab.io.ReplacingFile;
import org.polymm.lab.trace.BundledTraces;
import org.polymm.lab.trace.TraceFile;
import org.polymm.lab.workload.SharedFileMetrics;
import org.polymm.lab.workload.UnfitMachineException;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.config.Nearest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm compare}: one workload under several policy sets. */
@Command(
        name = "compare",
        description = {
            "Runs a recorded program under several policy sets and prints them side by side.",
            "",
            "Without --vary the columns are mainline, base-pages, mthp-64kB and variable-order; ratios are to the first.",
            "The workload shared-file runs processes at the same time, with clocks; its columns are all retraction policies.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm compare",
            "  polymm compare gcc --vary thp.enabled=always,never --set machine.memory=1GiB",
            "  polymm compare shared-file --set seed=7",
            "  polymm compare redis --sets mainline --add 'wide:policy.cow-sizing.copy.use=copy/wide' --format csv",
            "",
            "docs/compare.md says what the rows mean and describes the JSON and CSV."
        })
final class CompareCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "TRACE",
            defaultValue = BundledTraces.DEFAULT,
            description = TraceArgument.DESCRIPTION + " Or shared-file, which is none. Default: ${DEFAULT-VALUE}.")
    private String trace = BundledTraces.DEFAULT;

    @Option(
            names = "--vary",
            paramLabel = "KEY=A,B",
            description =
                    "One column for each value; with several, one for every combination. Replaces the usual columns."
                            + " A comma that belongs to a value is written \\,.")
    private List<String> vary = new ArrayList<>();

    @Option(
            names = "--sets",
            split = ",",
            paramLabel = "NAME",
            description = "Which of the usual columns, in this order. Default: all.")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--add", paramLabel = "NAME:KEY=VALUE;...", description = "One more column. May be repeated.")
    private List<String> added = new ArrayList<>();

    @Option(names = "--all-rows", description = "Show also the rows that are 0 in every column of the table.")
    private boolean allRows;

    @Option(names = "--format", paramLabel = "FORMAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to a file, which appears when it is complete. Default: standard output.")
    private @Nullable Path output;

    CompareCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        boolean shared = trace.equals(SharedFileMetrics.NAME) && !Files.exists(Path.of(trace));
        List<PolicySetSpec> columns = columns(shared ? SharedFileRun.usualSets() : PolicySets.all());
        if (output != null) {
            ReplacingFile.checkTarget(output);
        }
        Consumer<String> progress = what -> environment.progress(trace + ": " + what);
        TraceFile file = shared ? null : TraceArgument.open(trace);
        try (Laboratory open = laboratory.open()) {
            Comparison comparison = file == null
                    ? sideBySide(new SharedFileRun(open, progress), columns)
                    : new ComparisonRun(open, file, progress).run(columns);
            environment.progressDone();
            environment.deliver(
                    switch (format) {
                        case table -> ComparisonFormat.table(comparison, allRows);
                        case json -> ComparisonFormat.json(comparison);
                        case csv -> ComparisonFormat.csv(comparison);
                    },
                    output);
        }
        return Failures.OK;
    }

    private static Comparison sideBySide(SharedFileRun run, List<PolicySetSpec> columns) {
        try {
            return run.run(columns);
        } catch (UnfitMachineException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }

    private List<PolicySetSpec> columns(List<PolicySetSpec> usual) {
        List<PolicySetSpec> columns = new ArrayList<>();
        try {
            if (!vary.isEmpty()) {
                if (!sets.isEmpty()) {
                    throw new UserError("--vary and --sets cannot be combined: --vary says all columns."
                            + " Use --add for one more");
                }
                columns.addAll(Variations.product(vary));
            } else if (sets.isEmpty()) {
                columns.addAll(usual);
            } else {
                sets.forEach(name -> columns.add(set(name)));
            }
            added.forEach(option -> columns.add(Variations.added(option)));
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
        Set<String> names = new HashSet<>();
        for (PolicySetSpec column : columns) {
            if (!names.add(column.name())) {
                throw new UserError("two columns are called \"" + column.name() + "\"");
            }
        }
        return columns;
    }

    private static PolicySetSpec set(String name) {
        List<String> known = PolicySets.all().stream().map(PolicySetSpec::name).toList();
        return PolicySets.named(name)
                .orElseThrow(() -> new UserError("--sets " + name + ": no such policy set" + Nearest.hint(name, known)
                        + "; there are " + String.join(", ", known)));
    }
}
