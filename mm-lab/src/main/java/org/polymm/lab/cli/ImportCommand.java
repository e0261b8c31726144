package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.importing.ImportReport;
import org.polymm.lab.importing.TextKind;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.lackey.LackeyImporter;
import org.polymm.lab.perf.PerfScriptImporter;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.strace.StraceImporter;
import org.polymm.lab.strace.TouchRule;
import org.polymm.lab.trace.TraceEventKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm import}: makes a trace of the text of perf, strace or lackey. */
@Command(
        name = "import",
        description = {
            "Makes a trace of the text of perf, strace or Valgrind's lackey.",
            "",
            "The text is the output of",
            "  perf script --ns --show-task-events --show-mmap-events --show-lost-events       every page fault",
            "  strace -f -ttt -y                                                               system calls alone",
            "  valgrind --tool=lackey --trace-mem=yes --trace-syscalls=yes                     every access",
            "plain, or compressed with gzip or xz. Which of them it is is told by its contents. What was kept and what was",
            "left out, and why, is printed. `polymm record` records and imports in one step.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm import --program redis -o redis.mmt redis.perf.txt.xz",
            "  polymm import --touch never -o layout.mmt program.strace.txt",
            "  polymm import -o every-access.mmt program.lackey.txt.xz",
            "  perf script -i rec.data --ns --show-task-events --show-mmap-events | polymm import -o rec.mmt -"
        })
final class ImportCommand implements Callable<Integer> {
    private static final long MAX_TOUCH_LIMIT = 1L << 27;

    private final CommandEnvironment environment;

    @Parameters(paramLabel = "TEXT", description = "The text, or - for standard input.")
    private String text = "-";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The trace to make (.mmt). It appears when the import succeeded.")
    private Path output = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "TOOL",
            description = "What wrote the text: ${COMPLETION-CANDIDATES}. Default: told by the contents.")
    private @Nullable TextKind from;

    @Option(
            names = "--touch",
            paramLabel = "RULE",
            defaultValue = "once",
            description = {
                "Of strace text, which cannot say what was touched: once (the default) takes each page of anonymous memory as",
                "written once when it becomes writable, of stacks the last 16 KiB; never takes nothing as touched."
            })
    private Touch touch = Touch.once;

    @Option(
            names = "--touch-limit",
            paramLabel = "MIB",
            defaultValue = "1024",
            description =
                    "Of strace text: anonymous memory of more than so many MiB in a piece is a reservation, not touched.")
    private long touchLimit = 1024;

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

    /** What is assumed of touches. */
    enum Touch {
        once,
        never
    }

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
            report = run(in, options);
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

    private ImportReport run(TextInput in, ImportOptions options) throws IOException {
        TextKind kind = from != null ? from : TextKind.of(in.peek()).orElse(null);
        if (kind == null) {
            throw new UserError(
                    in.name() + ": neither perf, strace nor lackey wrote this, as far as its beginning tells;"
                            + " say --from TOOL if one did. Expected the output of `perf script --ns --show-task-events"
                            + " --show-mmap-events`, `strace -f -ttt -y` or `valgrind --tool=lackey --trace-mem=yes"
                            + " --trace-syscalls=yes`");
        }
        if (touchLimit < 0 || touchLimit > MAX_TOUCH_LIMIT) {
            throw new UserError("--touch-limit " + touchLimit + " is outside 0.." + MAX_TOUCH_LIMIT + " MiB");
        }
        return switch (kind) {
            case PERF -> PerfScriptImporter.run(in, output, options);
            case STRACE ->
                StraceImporter.run(
                        in,
                        output,
                        options,
                        touch == Touch.never ? TouchRule.NEVER : new TouchRule(true, touchLimit << 20));
            case LACKEY -> LackeyImporter.run(in, output, options);
        };
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
