package org.polymm.lab.speed;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;

/**
 * Timings side by side.
 *
 * @param host what the host is, such as {@code linux 6.18.44}; null if it was not measured
 * @param rows an operation each
 */
public record SpeedReport(@Nullable String host, List<Row> rows) {

    /**
     * One operation.
     *
     * @param operation which
     * @param engine what it costs the simulator
     * @param kernel what it costs the host's kernel; null if it was not measured
     * @param reason why it was not measured; empty if it was
     */
    public record Row(
            TimedOperation operation,
            Timing engine,
            @Nullable Timing kernel,
            String reason) {

        /** {@return how many times as long the kernel takes, by the medians; NaN if it was not measured} */
        public double ratio() {
            return kernel == null ? Double.NaN : kernel.medianNanos() / engine.medianNanos();
        }
    }

    /** Copies the rows. */
    public SpeedReport {
        rows = List.copyOf(rows);
    }

    /** {@return aligned columns} */
    public String table() {
        TextTable table =
                new TextTable().column(false).column(false).column(true).column(true);
        if (host == null) {
            table.row("operation", "for each", "engine ns", "minimum");
        } else {
            table.column(true).column(true).column(true);
            table.row("operation", "for each", "engine ns", "minimum", host + " ns", "minimum", "kernel / engine");
        }
        for (Row row : rows) {
            Timing kernel = row.kernel();
            if (host == null) {
                table.row(name(row), row.operation().unit(), nanos(median(row.engine())), nanos(minimum(row.engine())));
            } else {
                table.row(
                        name(row),
                        row.operation().unit(),
                        nanos(median(row.engine())),
                        nanos(minimum(row.engine())),
                        kernel == null ? "n/a" : nanos(median(kernel)),
                        kernel == null ? "n/a" : nanos(minimum(kernel)),
                        kernel == null ? "-" : String.format(Locale.ROOT, "%.1f", row.ratio()));
            }
        }
        StringBuilder text = new StringBuilder(table.text());
        for (Row row : rows) {
            if (!row.reason().isEmpty()) {
                text.append("n/a: ")
                        .append(name(row))
                        .append(": ")
                        .append(row.reason())
                        .append('\n');
            }
        }
        return text.append("\nnanoseconds of thread CPU time, the median of the rounds and the fastest one\n")
                .toString();
    }

    private static String name(Row row) {
        return row.operation().words();
    }

    private static double median(Timing timing) {
        return timing.medianNanos();
    }

    private static double minimum(Timing timing) {
        return timing.minimumNanos();
    }

    private static String nanos(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    /** {@return a JSON document} */
    public String json() {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("unit").value("ns of thread CPU time");
        if (host != null) {
            json.name("host").value(host);
        }
        json.name("operations").beginArray();
        for (Row row : rows) {
            json.beginObject();
            json.name("operation").value(id(row));
            json.name("for_each").value(row.operation().unit());
            json.name("engine_ns").value(nanos(median(row.engine())));
            json.name("engine_min_ns").value(nanos(minimum(row.engine())));
            Timing kernel = row.kernel();
            if (kernel != null) {
                json.name("kernel_ns").value(nanos(median(kernel)));
                json.name("kernel_min_ns").value(nanos(minimum(kernel)));
                json.name("kernel_by_engine").value(String.format(Locale.ROOT, "%.2f", row.ratio()));
            } else if (!row.reason().isEmpty()) {
                json.name("not_measured").value(row.reason());
            }
            json.endObject();
        }
        return json.endArray().endObject().text();
    }

    private static String id(Row row) {
        return row.operation().name().toLowerCase(Locale.ROOT);
    }

    /** {@return lines of comma-separated values} */
    public String csv() {
        CsvWriter csv = new CsvWriter()
                .row("operation", "for_each", "engine_ns", "engine_min_ns", "kernel_ns", "kernel_min_ns", "reason");
        for (Row row : rows) {
            Timing kernel = row.kernel();
            csv.row(
                    id(row),
                    row.operation().unit(),
                    nanos(median(row.engine())),
                    nanos(minimum(row.engine())),
                    kernel == null ? "" : nanos(median(kernel)),
                    kernel == null ? "" : nanos(minimum(kernel)),
                    row.reason());
        }
        return csv.text();
    }
}
