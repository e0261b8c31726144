package org.polymm.lab.report;

import java.util.List;

/**
 * Writes comma-separated values as RFC 4180 has them, with line feeds: a cell that holds a comma, a quote or a line end is
 * quoted.
 *
 * <p>Used by one thread.
 */
public final class CsvWriter {
    private final StringBuilder out = new StringBuilder();

    /** Adds a line. */
    public CsvWriter row(List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            String cell = cells.get(i);
            boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            out.append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        out.append('\n');
        return this;
    }

    /** Adds a line. */
    public CsvWriter row(String... cells) {
        return row(List.of(cells));
    }

    /** The lines, each ending with a line feed. */
    public String text() {
        return out.toString();
    }
}
