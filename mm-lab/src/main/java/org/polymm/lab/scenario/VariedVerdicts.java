package org.polymm.lab.scenario;

import java.util.List;
import java.util.Locale;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;

/**
 * What became of one scenario under several policies: one line of a table of scenarios by policies.
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
     * A table of scenarios by variations, whichever of the two makes the narrower one as its rows, and how many of each kind
     * there are.
     *
     * @param variations what was varied
     * @param rows one for each scenario, its verdicts in the order of the variations
     * @return lines, each ended
     */
    public static String table(List<String> variations, List<VariedVerdicts> rows) {
        CrossTable table = new CrossTable(variations);
        for (VariedVerdicts row : rows) {
            table.scenario(
                    row.file(), row.verdicts().stream().map(Verdict::outcome).toList());
        }
        return table.text()
                + VerdictFormat.summary(
                        rows.stream().flatMap(row -> row.verdicts().stream()).toList());
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
