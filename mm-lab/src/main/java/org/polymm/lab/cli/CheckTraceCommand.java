package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.lab.replay.PageSnapshot;
import org.polymm.lab.replay.SnapshotCheck;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;
import org.polymm.lab.trace.TraceFile;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.compose.StandardKeys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm check-trace}: the replay against the recorded machine. */
@Command(
        name = "check-trace",
        description = {
            "Holds a replay against page-granular snapshots that were taken while the program was recorded: which pages of",
            "anonymous memory are present, which are mapped exactly once, which areas there are. Exit code 1 if anything",
            "differs. The main thread's stack and the kernel's own pages are left out.",
            "",
            "Unless it is set, thp.enabled is never here, as it is on a machine that records.",
            ""
        },
        footer = {"", "Example:", "  polymm check-trace redis traces/raw/redis.snap.txt.xz"})
final class CheckTraceCommand implements Callable<Integer> {
    private static final int SHOWN = 10;

    private final CommandEnvironment environment;

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Parameters(index = "0", paramLabel = "TRACE", description = TraceArgument.DESCRIPTION)
    private String trace = "";

    @Parameters(index = "1", paramLabel = "SNAPSHOTS", description = "The snapshots, plain or compressed.")
    private Path snapshots = Path.of("");

    @Option(names = "--format", paramLabel = "FORMAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    CheckTraceCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        TraceFile file = TraceArgument.open(trace);
        List<PageSnapshot> taken = PageSnapshot.readAll(snapshots);
        List<SnapshotCheck.Result> results;
        try (Laboratory open = laboratory.open()) {
            Map<String, String> overrides = new LinkedHashMap<>();
            String thp = StandardKeys.THP_ENABLED.name();
            if (!open.compose().configuration().value(thp).isSet()) {
                overrides.put(thp, "never");
            }
            MachineBlueprint blueprint = open.compose(overrides, "check-trace").blueprint();
            results = SnapshotCheck.run(blueprint.create(), file, taken);
        } catch (IllegalArgumentException e) {
            throw new UserError(snapshots + ": " + e.getMessage(), e);
        }
        environment.deliver(
                switch (format) {
                    case table -> table(results);
                    case json -> json(results);
                    case csv -> csv(results);
                },
                null);
        return results.stream().allMatch(result -> result.differences().isEmpty())
                ? Failures.OK
                : Failures.CHECK_FAILED;
    }

    private static String table(List<SnapshotCheck.Result> results) {
        TextTable table = new TextTable()
                .column(false)
                .column(true)
                .column(true)
                .column(true)
                .column(true);
        table.row("snapshot", "process", "areas", "pages", "differences");
        for (SnapshotCheck.Result result : results) {
            table.row(
                    result.snapshot().label(),
                    Integer.toString(result.snapshot().process()),
                    Integer.toString(result.areas()),
                    Integer.toString(result.pages()),
                    Integer.toString(result.differences().size()));
        }
        StringBuilder out = new StringBuilder(table.text());
        for (SnapshotCheck.Result result : results) {
            List<String> differences = result.differences();
            if (!differences.isEmpty()) {
                out.append('\n').append(result.snapshot().label()).append('\n');
                differences.stream()
                        .limit(SHOWN)
                        .forEach(line -> out.append("  ").append(line).append('\n'));
                if (differences.size() > SHOWN) {
                    out.append("  and ")
                            .append(differences.size() - SHOWN)
                            .append(" more; --format json has them all\n");
                }
            }
        }
        return out.toString();
    }

    private static String json(List<SnapshotCheck.Result> results) {
        JsonWriter json = new JsonWriter().beginArray();
        for (SnapshotCheck.Result result : results) {
            json.beginObject();
            json.name("snapshot").value(result.snapshot().label());
            json.name("process").value(result.snapshot().process());
            json.name("areas").value(result.areas());
            json.name("pages").value(result.pages());
            json.name("differences").beginArray();
            result.differences().forEach(json::value);
            json.endArray().endObject();
        }
        return json.endArray().text();
    }

    private static String csv(List<SnapshotCheck.Result> results) {
        CsvWriter csv = new CsvWriter().row("snapshot", "process", "areas", "pages", "differences");
        for (SnapshotCheck.Result result : results) {
            csv.row(
                    result.snapshot().label(),
                    Integer.toString(result.snapshot().process()),
                    Integer.toString(result.areas()),
                    Integer.toString(result.pages()),
                    Integer.toString(result.differences().size()));
        }
        return csv.text();
    }
}
