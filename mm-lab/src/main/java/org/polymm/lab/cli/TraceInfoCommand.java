package org.polymm.lab.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;
import org.polymm.lab.trace.TraceHeader;
import org.polymm.lab.trace.TraceSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm trace-info}: where a trace comes from and what is in it. */
@Command(
        name = "trace-info",
        description = {"Shows where a trace comes from and what is in it, after checking every byte of it.", ""},
        footer = {"", "Example:", "  polymm trace-info redis", "  polymm trace-info --events --limit 20 rec.mmt"})
final class TraceInfoCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Parameters(paramLabel = "TRACE", description = TraceArgument.DESCRIPTION)
    private String trace = "";

    @Option(names = "--events", description = "List the events instead.")
    private boolean events;

    @Option(names = "--limit", paramLabel = "N", description = "List at most N events. Default: all.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--format", paramLabel = "FORMAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    TraceInfoCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        TraceFile file = TraceArgument.open(trace);
        if (events) {
            list(file);
        } else {
            environment.deliver(summary(file), null);
        }
        return Failures.OK;
    }

    private void list(TraceFile file) throws IOException {
        try (TraceCursor cursor = file.cursor()) {
            for (long i = 0; i < limit && cursor.next(); i++) {
                StringBuilder line = new StringBuilder(cursor.event().toString());
                if (cursor.event().kind().has(TraceField.NAME)) {
                    line.append(" (")
                            .append(cursor.name(cursor.event().get(TraceField.NAME)))
                            .append(')');
                }
                if (cursor.event().kind().has(TraceField.FILE) && cursor.event().get(TraceField.FILE) != 0) {
                    line.append(" (")
                            .append(cursor.file(cursor.event().get(TraceField.FILE))
                                    .name())
                            .append(')');
                }
                environment.out().println(line);
            }
            environment.out().flush();
        }
    }

    private String summary(TraceFile file) throws IOException {
        TraceSummary summary = TraceSummary.of(file);
        Map<String, String> texts = texts(file);
        Map<String, Long> numbers = numbers(file, summary);
        return switch (format) {
            case table -> table(texts, numbers, summary);
            case json -> json(texts, numbers, summary);
            case csv -> csv(texts, numbers, summary);
        };
    }

    private static Map<String, String> texts(TraceFile file) {
        TraceHeader header = file.header();
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("trace", file.name());
        texts.put("program", header.program());
        texts.put("command", header.command());
        texts.put("kernel", header.kernel());
        texts.put("tool", header.tool());
        texts.put("recorded", header.howRecorded());
        texts.put("source", header.sourceName());
        texts.put("source_sha256", header.sourceSha256());
        texts.put("granularity", header.granularity().name().toLowerCase(Locale.ROOT));
        return texts;
    }

    private static Map<String, Long> numbers(TraceFile file, TraceSummary summary) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("page_size", 1L << file.header().pageShift());
        numbers.put("bytes", file.bytes());
        numbers.put("events", file.events());
        numbers.put("duration_ns", summary.nanos());
        numbers.put("files", (long) summary.files());
        numbers.put("faulted_pages", summary.faultedPages());
        numbers.put("write_faults", summary.writeFaults());
        numbers.put("write_faults_on_present_pages", summary.presentFaults());
        numbers.put("fetch_faults", summary.fetchFaults());
        return numbers;
    }

    private static String table(Map<String, String> texts, Map<String, Long> numbers, TraceSummary summary) {
        TextTable table = new TextTable();
        texts.forEach((name, value) -> table.row(name, value.isEmpty() ? "-" : value));
        numbers.forEach((name, value) -> table.row(name, Long.toString(value)));
        TextTable kinds = new TextTable().column(false).column(true);
        summary.events().forEach((kind, count) -> kinds.row("  " + kind, Long.toString(count)));
        TextTable processes = new TextTable();
        summary.processes().forEach((pid, names) -> processes.row("  " + pid, names));
        return table.text() + "\nevents\n" + kinds.text() + "\nprocesses\n" + processes.text();
    }

    private static String csv(Map<String, String> texts, Map<String, Long> numbers, TraceSummary summary) {
        CsvWriter csv = new CsvWriter().row("name", "value");
        texts.forEach(csv::row);
        numbers.forEach((name, value) -> csv.row(name, Long.toString(value)));
        summary.events().forEach((kind, count) -> csv.row("events." + kind, Long.toString(count)));
        summary.processes().forEach((pid, names) -> csv.row("process." + pid, names));
        return csv.text();
    }

    private static String json(Map<String, String> texts, Map<String, Long> numbers, TraceSummary summary) {
        JsonWriter json = new JsonWriter().beginObject();
        texts.forEach((name, value) -> json.name(name).value(value));
        numbers.forEach((name, value) -> json.name(name).value(value));
        json.name("events_by_kind").beginObject();
        summary.events().forEach((kind, count) -> json.name(kind.name()).value(count));
        json.endObject().name("processes").beginArray();
        summary.processes()
                .forEach((pid, names) -> json.beginObject()
                        .name("pid")
                        .value(pid)
                        .name("names")
                        .value(names)
                        .endObject());
        return json.endArray().endObject().text();
    }
}
