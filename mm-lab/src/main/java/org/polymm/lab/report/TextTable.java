package org.polymm.lab.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Columns aligned with spaces. The first column and those marked as text are aligned left, the others right; lines have no
 * trailing spaces.
 *
 * <p>Used by one thread.
 */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();

    /** Sets how a column is aligned, in order of the columns. Columns beyond the last one that was set are aligned left. */
    public TextTable column(boolean alignRight) {
        right.add(alignRight);
        return this;
    }

    /** Adds a row; it may have fewer cells than others. */
    public TextTable row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Adds a row. */
    public TextTable row(String... cells) {
        return row(List.of(cells));
    }

    /** A line of its own that does not widen any column, such as a heading; may be empty. */
    public TextTable line(String text) {
        rows.add(List.of(text));
        return this;
    }

    /** The lines, each ending with a line feed. */
    public String text() {
        int[] widths = widths();
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                boolean alignRight = i < right.size() && right.get(i);
                if (i > 0) {
                    line.append(GAP);
                }
                String padding = " ".repeat(Math.max(0, widths[i] - cell.length()));
                line.append(alignRight ? padding + cell : cell + padding);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private int[] widths() {
        int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() && row.size() > 1; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }
}
