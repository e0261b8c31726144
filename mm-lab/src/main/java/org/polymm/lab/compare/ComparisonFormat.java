package org.polymm.lab.compare;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.polymm.lab.metrics.Metric;
import org.polymm.lab.metrics.MetricValue;
import org.polymm.lab.metrics.MetricValue.Known;
import org.polymm.lab.metrics.MetricValue.NotAvailable;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;

/** Prints a {@link Comparison}. Stateless. */
public final class ComparisonFormat {
    /** The version of the JSON document, raised when a member changes its meaning or goes. */
    public static final int JSON_VERSION = 1;

    private ComparisonFormat() {}

    /**
     * A table for people: what ran, how it was configured, then metrics by policy sets with ratios to the first.
     *
     * @param allRows whether to show rows that are 0 in every column
     */
    public static String table(Comparison comparison, boolean allRows) {
        StringBuilder out = new StringBuilder();
        TextTable head = new TextTable();
        comparison.workload().forEach((name, text) -> head.row(name, text));
        out.append(head.text());
        out.append("\nconfiguration\n").append(configuration(comparison));
        out.append('\n').append(metrics(comparison, allRows));
        out.append(remarks(comparison));
        return out.toString();
    }

    private static String configuration(Comparison comparison) {
        TextTable table = new TextTable();
        List<String> names = new ArrayList<>(List.of("  key"));
        comparison.columns().forEach(column -> names.add(column.name()));
        table.row(names);
        for (String key : comparison.keys()) {
            List<String> row = new ArrayList<>(List.of("  " + key));
            if (comparison.isCommon(key)) {
                row.add(comparison.columns().getFirst().configuration().getOrDefault(key, ""));
            } else {
                for (Comparison.Column column : comparison.columns()) {
                    row.add(column.configuration().getOrDefault(key, "-"));
                }
            }
            table.row(row);
        }
        return table.text();
    }

    private static String metrics(Comparison comparison, boolean allRows) {
        TextTable table = new TextTable().column(false).column(false);
        List<String> head = new ArrayList<>(List.of("metric", "unit"));
        for (int i = 0; i < comparison.columns().size(); i++) {
            head.add(comparison.columns().get(i).name());
            table.column(true);
            if (i > 0) {
                head.add("ratio");
                table.column(true);
            }
        }
        table.row(head);
        String section = "";
        int hidden = 0;
        for (Metric metric : comparison.metrics()) {
            if (!allRows && comparison.isZero(metric)) {
                hidden++;
                continue;
            }
            if (!metric.section().equals(section)) {
                section = metric.section();
                table.line("").line(section);
            }
            List<String> row =
                    new ArrayList<>(List.of("  " + metric.id(), metric.unit().label()));
            MetricValue base = comparison.columns().getFirst().measurements().get(metric);
            for (int i = 0; i < comparison.columns().size(); i++) {
                MetricValue value = comparison.columns().get(i).measurements().get(metric);
                row.add(value instanceof Known known ? metric.unit().display(known.value()) : "n/a");
                if (i > 0) {
                    row.add(ratio(base, value));
                }
            }
            table.row(row);
        }
        if (hidden > 0) {
            table.line("").line(hidden + " rows that are 0 in every column are left out (--all-rows shows them)");
        }
        return table.text();
    }

    private static String remarks(Comparison comparison) {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        for (Metric metric : comparison.metrics()) {
            Set<String> why = new LinkedHashSet<>();
            for (Comparison.Column column : comparison.columns()) {
                if (column.measurements().get(metric) instanceof NotAvailable none) {
                    why.add(none.reason());
                }
            }
            why.forEach(reason ->
                    reasons.computeIfAbsent(reason, r -> new ArrayList<>()).add(metric.id()));
        }
        StringBuilder out = new StringBuilder();
        if (!reasons.isEmpty()) {
            out.append("\nn/a\n");
            reasons.forEach((reason, metrics) -> out.append("  ")
                    .append(reason)
                    .append(": ")
                    .append(String.join(", ", metrics))
                    .append('\n'));
        }
        Map<String, List<String>> notes = new LinkedHashMap<>();
        for (Comparison.Column column : comparison.columns()) {
            column.notes()
                    .forEach(note ->
                            notes.computeIfAbsent(note, n -> new ArrayList<>()).add(column.name()));
        }
        if (!notes.isEmpty()) {
            out.append("\nnotes\n");
        }
        notes.forEach((note, columns) -> {
            boolean all =
                    columns.size() > 1 && columns.size() == comparison.columns().size();
            out.append("  ")
                    .append(all ? "all" : String.join(", ", columns))
                    .append(": ")
                    .append(note)
                    .append('\n');
        });
        return out.toString();
    }

    /** A JSON document; docs/compare.md describes its members. */
    public static String json(Comparison comparison) {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("format").value("polymm-compare").name("version").value(JSON_VERSION);
        json.name("workload").beginObject();
        comparison.workload().forEach((name, text) -> json.name(name).value(text));
        json.endObject();
        json.name("metrics").beginArray();
        for (Metric metric : comparison.metrics()) {
            json.beginObject();
            json.name("id").value(metric.id());
            json.name("section").value(metric.section());
            json.name("unit").value(metric.unit().id());
            json.name("help").value(metric.help());
            json.endObject();
        }
        json.endArray();
        json.name("sets").beginArray();
        for (Comparison.Column column : comparison.columns()) {
            json.beginObject().name("name").value(column.name());
            json.name("configuration").beginObject();
            column.configuration().forEach((key, value) -> json.name(key).value(value));
            json.endObject();
            json.name("notes").beginArray();
            column.notes().forEach(json::value);
            json.endArray();
            json.name("values").beginObject();
            for (Metric metric : comparison.metrics()) {
                json.name(metric.id());
                switch (column.measurements().get(metric)) {
                    case Known known -> json.value(known.value());
                    case NotAvailable none ->
                        json.beginObject()
                                .name("notAvailable")
                                .value(none.reason())
                                .endObject();
                }
            }
            json.endObject().endObject();
        }
        return json.endArray().endObject().text();
    }

    /** One line a metric and policy set; docs/compare.md describes the columns. */
    public static String csv(Comparison comparison) {
        CsvWriter csv = new CsvWriter().row("section", "metric", "unit", "set", "value", "ratio", "not_available");
        for (Metric metric : comparison.metrics()) {
            MetricValue base = comparison.columns().getFirst().measurements().get(metric);
            for (Comparison.Column column : comparison.columns()) {
                MetricValue value = column.measurements().get(metric);
                String ratio = ratio(base, value);
                csv.row(
                        metric.section(),
                        metric.id(),
                        metric.unit().id(),
                        column.name(),
                        value instanceof Known known ? Long.toString(known.value()) : "",
                        ratio.equals("-") ? "" : ratio,
                        value instanceof NotAvailable none ? none.reason() : "");
            }
        }
        return csv.text();
    }

    /** {@code value / base} with two decimals, 1.00 where both are 0; {@code -} where there is no ratio. */
    private static String ratio(MetricValue base, MetricValue value) {
        if (!(base instanceof Known from) || !(value instanceof Known to)) {
            return "-";
        }
        if (from.value() == 0) {
            return to.value() == 0 ? "1.00" : "-";
        }
        return BigDecimal.valueOf(to.value())
                .divide(BigDecimal.valueOf(from.value()), 2, RoundingMode.HALF_UP)
                .toPlainString();
    }
}
