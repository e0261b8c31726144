package org.polymm.lab.compare;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.polymm.lab.metrics.Measurements;
import org.polymm.lab.metrics.Metric;
import org.polymm.lab.metrics.MetricValue;

/**
 * One workload under several policy sets.
 *
 * @param workload what was run, as name and text, in the order to show
 * @param columns one run each, at least one; the first is what the others are compared with
 */
public record Comparison(SequencedMap<String, String> workload, List<Column> columns) {

    /**
     * One run.
     *
     * @param name the policy set's name, unique in the comparison
     * @param configuration the effective configuration: key to value, in the order to show
     * @param notes what the reader has to know about this run; may be empty
     * @param measurements what came out
     */
    public record Column(
            String name, SequencedMap<String, String> configuration, List<String> notes, Measurements measurements) {}

    /** Copies the lists. */
    public Comparison {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("a comparison needs at least one column");
        }
    }

    /** Every metric that any run measured, in the order in which the runs have them. */
    Set<Metric> metrics() {
        Set<Metric> metrics = new LinkedHashSet<>();
        for (Column column : columns) {
            metrics.addAll(column.measurements().values().keySet());
        }
        return metrics;
    }

    /** Whether a metric is 0 in every column. */
    boolean isZero(Metric metric) {
        return columns.stream()
                .allMatch(column -> column.measurements().get(metric).equals(MetricValue.of(0)));
    }

    /** Configuration that is the same in every column. */
    boolean isCommon(String key) {
        Set<String> values = new LinkedHashSet<>();
        for (Column column : columns) {
            values.add(column.configuration().getOrDefault(key, ""));
        }
        return values.size() == 1;
    }

    /** Every configuration key of any column, in order. */
    Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        for (Column column : columns) {
            for (Map.Entry<String, String> entry : column.configuration().entrySet()) {
                keys.add(entry.getKey());
            }
        }
        return keys;
    }
}
