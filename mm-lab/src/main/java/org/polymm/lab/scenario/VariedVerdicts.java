package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;

/**
 * What became of one scenario under several policies: one row of a table of scenarios by policies.
 *
 * @param file what its text is called
 * @param title what it is about
 * @param verdicts one for each column
 */
public record VariedVerdicts(String file, String title, List<Verdict> verdicts) {

    /** Copies the verdicts. */
    public VariedVerdicts {
        verdicts = List.copyOf(verdicts);
    }

    /** {@return whether something is not as the scenario says, in any column} */
    public boolean isFailed() {
        return verdicts.stream().anyMatch(verdict -> verdict.status() == Verdict.Status.FAILED);
    }

    /**
     * A table of scenarios by variations, and how many of each kind there are.
     *
     * @param variations the columns
     * @param rows the rows
     * @return lines, each ended
     */
    public static String table(List<String> variations, List<VariedVerdicts> rows) {
        TextTable table = new TextTable();
        List<String> head = new ArrayList<>(List.of("scenario"));
        head.addAll(variations);
        table.row(head);
        for (VariedVerdicts row : rows) {
            List<String> cells = new ArrayList<>(List.of(name(row.file())));
            row.verdicts().forEach(verdict -> cells.add(verdict.outcome()));
            table.row(cells);
        }
        return table.text()
                + VerdictFormat.summary(
                        rows.stream().flatMap(row -> row.verdicts().stream()).toList());
    }

    private static String name(String file) {
        String last = file.substring(file.replace('\\', '/').lastIndexOf('/') + 1);
        return last.endsWith(ScenarioFiles.SUFFIX)
                ? last.substring(0, last.length() - ScenarioFiles.SUFFIX.length())
                : last;
    }

    /**
     * The same as one JSON document.
     *
     * @param variations the columns
     * @param rows the rows
     * @return the document
     */
    public static String json(List<String> variations, List<VariedVerdicts> rows) {
        JsonWriter json = new JsonWriter().beginObject().name("scenarios").beginArray();
        for (VariedVerdicts row : rows) {
            json.beginObject();
            json.name("file").value(row.file());
            json.name("title").value(row.title());
            json.name("variations").beginArray();
            for (int column = 0; column < variations.size(); column++) {
                Verdict verdict = row.verdicts().get(column);
                json.beginObject();
                json.name("variation").value(variations.get(column));
                json.name("status").value(word(verdict));
                json.name("outcome").value(verdict.outcome());
                json.name("broken").value(verdict.broken());
                json.name("reason").value(verdict.reason());
                json.name("expectations").value(verdict.checks());
                json.name("failures").value(verdict.failures().size());
                json.endObject();
            }
            json.endArray();
            json.endObject();
        }
        return json.endArray().endObject().text();
    }

    /**
     * The same as CSV, a line for each scenario and variation.
     *
     * @param variations the columns
     * @param rows the rows
     * @return the lines, with a header
     */
    public static String csv(List<String> variations, List<VariedVerdicts> rows) {
        CsvWriter csv = new CsvWriter().row("file", "variation", "status", "outcome", "broken", "expectations");
        for (VariedVerdicts row : rows) {
            for (int column = 0; column < variations.size(); column++) {
                Verdict verdict = row.verdicts().get(column);
                csv.row(
                        row.file(),
                        variations.get(column),
                        word(verdict),
                        verdict.outcome(),
                        verdict.broken(),
                        Integer.toString(verdict.checks()));
            }
        }
        return csv.text();
    }

    private static String word(Verdict verdict) {
        return verdict.status().name().toLowerCase(Locale.ROOT);
    }
}
