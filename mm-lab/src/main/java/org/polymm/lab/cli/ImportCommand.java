package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.perf.ImportOptions;
import org.polymm.lab.perf.ImportReport;
import org.polymm.lab.perf.PerfScriptImporter;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.trace.TraceEventKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm import}: makes a trace of perf text. */
@Command(
        name = "import",
        description = {
            "Makes a trace of the text of perf.",
            "",
            "The text is the output of",
            "  perf script --ns --show-task-events --show-mmap-events",
            "plain, or compressed with gzip or xz. What was kept and what was left out, and why, is printed.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm import --program redis -o redis.mmt redis.perf.txt.xz",
            "  perf script -i rec.data --ns --show-task-events --show-mmap-events | polymm import -o rec.mmt -"
        })
final class ImportCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Parameters(paramLabel = "TEXT", description = "The perf text, or - for standard input.")
    private String text = "-";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The trace to make (.mmt). It appears when the import succeeded.")
    private Path output = Path.of("");

    @Option(
            names = "--program",
            paramLabel = "NAME",
            description = "Short name of the program. Default: the last one executed.")
    private String program = "";

    @Option(
            names = "--command",
            paramLabel = "TEXT",
            description = "The recorded command line. Default: from the text.")
    private String command = "";

    @Option(names = "--kernel", paramLabel = "RELEASE", description = "The recorded kernel. Default: from the text.")
    private String kernel = "";

    @Option(names = "--tool", paramLabel = "TEXT", description = "The recording tool. Default: from the text.")
    private String tool = "";

    @Option(names = "--how", paramLabel = "TEXT", description = "How it was recorded, in a sentence.")
    private String how = "";

    @Option(
            names = "--allow-lost",
            description = "Accept a recording in which the kernel lost events; its replay is not exact.")
    private boolean allowLost;

    @Option(names = "--format", paramLabel = "FORMAT", description = "Form of the report: ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    ImportCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        ImportOptions options = new ImportOptions(program, command, kernel, tool, how, allowLost);
        environment.progress("importing " + text);
        ImportReport report;
        try (TextInput in =
                text.equals("-") ? TextInput.of("standard input", environment.in()) : TextInput.open(Path.of(text))) {
            report = PerfScriptImporter.run(in, output, options);
        } finally {
            environment.progressDone();
        }
        environment.deliver(
                switch (format) {
                    case table -> report.text() + output + ": " + Files.size(output) + " bytes\n";
                    case json -> json(report);
                    case csv -> csv(report);
                },
                null);
        return Failures.OK;
    }

    private static String json(ImportReport report) {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("lines").value(report.lines());
        json.name("events").beginObject();
        for (TraceEventKind kind : TraceEventKind.values()) {
            if (report.events(kind) != 0) {
                json.name(kind.name()).value(report.events(kind));
            }
        }
        json.endObject().name("leftOut").beginArray();
        skipped(report)
                .forEach((reason, entry) -> json.beginObject()
                        .name("reason")
                        .value(reason)
                        .name("count")
                        .value(entry.count())
                        .name("firstLine")
                        .value(entry.firstLine())
                        .endObject());
        return json.endArray().endObject().text();
    }

    private static String csv(ImportReport report) {
        CsvWriter csv = new CsvWriter().row("what", "name", "count", "first_line");
        for (TraceEventKind kind : TraceEventKind.values()) {
            if (report.events(kind) != 0) {
                csv.row("event", kind.name(), Long.toString(report.events(kind)), "");
            }
        }
        skipped(report)
                .forEach((reason, entry) ->
                        csv.row("left out", reason, Long.toString(entry.count()), Long.toString(entry.firstLine())));
        return csv.text();
    }

    private static Map<String, ImportReport.Skipped> skipped(ImportReport report) {
        return new TreeMap<>(report.skipped());
    }
}
