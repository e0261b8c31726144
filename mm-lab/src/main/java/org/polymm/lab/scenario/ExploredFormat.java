package org.polymm.lab.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.explore.Exploration;
import org.polymm.lab.explore.FailureKind;
import org.polymm.lab.explore.Interleaving;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;

/** Prints what explorations have found. */
public final class ExploredFormat {

    private ExploredFormat() {}

    /**
     * One verdict, with its counterexample.
     *
     * @param variation what was set for it; empty if nothing was varied
     * @param verdict the verdict
     */
    public record Row(String variation, ExploredVerdict verdict) {}

    /**
     * One verdict for people.
     *
     * @param row the verdict
     * @param allSteps whether a counterexample shows the steps, too, that meet no step of another task
     * @return lines, each ended
     */
    public static String text(Row row, boolean allSteps) {
        ExploredVerdict verdict = row.verdict();
        StringBuilder out = new StringBuilder();
        out.append(verdict.status()).append("  ").append(verdict.file());
        if (!verdict.title().isEmpty()) {
            out.append("  ").append(verdict.title());
        }
        out.append('\n');
        Exploration exploration = verdict.exploration();
        if (exploration != null) {
            out.append("    ").append(exploration.verdict()).append('\n');
        }
        if (verdict.status() != Verdict.Status.SKIPPED) {
            out.append("    under ")
                    .append(VerdictFormat.under(verdict.circumstances()))
                    .append('\n');
        }
        if (!verdict.reason().isEmpty()) {
            out.append("    ").append(verdict.reason().replace("\n", "\n    ")).append('\n');
        }
        Interleaving wrong = verdict.counterexample();
        if (wrong != null) {
            out.append('\n')
                    .append(allSteps ? wrong.allColumns() : wrong.columns())
                    .append('\n');
        }
        return out.toString();
    }

    /**
     * How many scenarios are as they say.
     *
     * @param rows all verdicts
     * @return one line, ended
     */
    public static String summary(List<Row> rows) {
        return String.format(
                Locale.ROOT,
                "%d passed, %d failed, %d skipped; %d interleavings%n",
                count(rows, Verdict.Status.PASSED),
                count(rows, Verdict.Status.FAILED),
                count(rows, Verdict.Status.SKIPPED),
                rows.stream().mapToLong(ExploredFormat::interleavings).sum());
    }

    private static long count(List<Row> rows, Verdict.Status status) {
        return rows.stream().filter(row -> row.verdict().status() == status).count();
    }

    private static long interleavings(Row row) {
        Exploration exploration = row.verdict().exploration();
        return exploration == null ? 0 : exploration.interleavings();
    }

    /**
     * A table of scenarios by variations, whichever of the two makes the narrower one as its rows.
     *
     * @param variations what was varied
     * @param rows verdicts, those of one scenario together and in the order of the variations
     * @return the table
     */
    public static String table(List<String> variations, List<Row> rows) {
        CrossTable table = new CrossTable(variations);
        for (int first = 0; first < rows.size(); first += variations.size()) {
            table.scenario(
                    rows.get(first).verdict().file(),
                    rows.subList(first, first + variations.size()).stream()
                            .map(row -> cell(row.verdict()))
                            .toList());
        }
        return table.text();
    }

    /**
     * A table of what scenarios say that they go wrong under: what was found there, after how many interleavings, and how it is otherwise.
     *
     * @param rows verdicts, those of one scenario together, the one with nothing set for it first
     * @return the table
     */
    public static String controls(List<Row> rows) {
        TextTable table = new TextTable()
                .column(false)
                .column(false)
                .column(false)
                .column(true)
                .column(false)
                .row("scenario", "with", "is", "after", "without");
        String without = "";
        for (Row row : rows) {
            if (row.variation().isEmpty()) {
                Exploration mended = row.verdict().exploration();
                without = mended == null ? row.verdict().outcome() : mended.verdict();
            } else {
                table.row(
                        CrossTable.name(row.verdict().file()),
                        row.variation(),
                        cell(row.verdict()),
                        Long.toString(interleavings(row)),
                        without);
            }
        }
        return table.text();
    }

    private static String cell(ExploredVerdict verdict) {
        String unexpected = verdict.status() == Verdict.Status.FAILED ? " (not as the scenario says)" : "";
        return shortened(verdict.outcome()) + unexpected;
    }

    /** Of several invariants, whose ids are single words with hyphens, the first and how many more there are. */
    private static String shortened(String outcome) {
        String[] words = outcome.split(" ", -1);
        boolean several = words.length > 2
                && outcome.startsWith("broken: ")
                && Arrays.stream(words).skip(1).allMatch(word -> word.indexOf('-') > 0);
        return several ? words[0] + ' ' + words[1] + " +" + (words.length - 2) : outcome;
    }

    /**
     * All verdicts as one JSON document.
     *
     * @param rows all of them
     * @return the document
     */
    public static String json(List<Row> rows) {
        JsonWriter json = new JsonWriter().beginObject().name("explorations").beginArray();
        for (Row row : rows) {
            ExploredVerdict verdict = row.verdict();
            json.beginObject();
            json.name("file").value(verdict.file());
            json.name("title").value(verdict.title());
            json.name("variation").value(row.variation());
            json.name("status").value(word(verdict));
            json.name("outcome").value(verdict.outcome());
            json.name("broken_by").value(verdict.brokenBy());
            json.name("reason").value(verdict.reason());
            Exploration exploration = verdict.exploration();
            json.name("coverage")
                    .value(
                            exploration == null
                                    ? ""
                                    : exploration.coverage().name().toLowerCase(Locale.ROOT));
            json.name("interleavings").value(interleavings(row));
            json.name("preemption_bound").value(exploration == null ? -1 : exploration.preemptions());
            map(json.name("policies"), verdict.circumstances().policies());
            map(json.name("switches"), verdict.circumstances().switches());
            json.name("counterexample");
            counterexample(json, verdict.counterexample());
            json.endObject();
        }
        json.endArray();
        json.name("passed").value(count(rows, Verdict.Status.PASSED));
        json.name("failed").value(count(rows, Verdict.Status.FAILED));
        json.name("skipped").value(count(rows, Verdict.Status.SKIPPED));
        return json.endObject().text();
    }

    private static void map(JsonWriter json, Map<String, String> map) {
        json.beginObject();
        map.forEach((name, value) -> json.name(name).value(value));
        json.endObject();
    }

    private static void counterexample(JsonWriter json, @Nullable Interleaving wrong) {
        json.beginObject();
        if (wrong != null) {
            FailureKind kind = wrong.failure();
            json.name("kind").value(kind == null ? "" : kind.id());
            json.name("text").value(wrong.text());
            json.name("legend").value(wrong.legend());
            json.name("preemptions").value(wrong.preemptions());
            json.name("steps").beginArray();
            for (Interleaving.Line line : wrong.lines()) {
                json.beginObject();
                json.name("task").value(wrong.tasks().get(line.task()));
                json.name("call").value(line.call());
                json.name("point").value(line.point());
                json.name("meets").value(line.meets());
                json.name("held").beginArray();
                line.held().forEach(json::value);
                json.endArray();
                json.endObject();
            }
            json.endArray();
            json.name("history").beginArray();
            wrong.history().forEach(json::value);
            json.endArray();
        }
        json.endObject();
    }

    /**
     * All verdicts as CSV, a line each.
     *
     * @param rows all of them
     * @return the lines, with a header
     */
    public static String csv(List<Row> rows) {
        CsvWriter csv = new CsvWriter()
                .row(
                        "file",
                        "title",
                        "variation",
                        "status",
                        "outcome",
                        "coverage",
                        "interleavings",
                        "preemptions",
                        "reason");
        for (Row row : rows) {
            ExploredVerdict verdict = row.verdict();
            Exploration exploration = verdict.exploration();
            Interleaving wrong = verdict.counterexample();
            csv.row(
                    verdict.file(),
                    verdict.title(),
                    row.variation(),
                    word(verdict),
                    verdict.outcome(),
                    exploration == null ? "" : exploration.coverage().name().toLowerCase(Locale.ROOT),
                    Long.toString(interleavings(row)),
                    wrong == null ? "" : Integer.toString(wrong.preemptions()),
                    verdict.reason());
        }
        return csv.text();
    }

    private static String word(ExploredVerdict verdict) {
        return verdict.status().name().toLowerCase(Locale.ROOT);
    }
}
