package org.polymm.lab.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What was measured of one run: metrics in the order in which they are to be shown.
 *
 * <p>Used by one thread.
 */
public final class Measurements {
    private final Map<String, Metric> metrics = new LinkedHashMap<>();
    private final LinkedHashMap<Metric, MetricValue> values = new LinkedHashMap<>();

    /**
     * Adds a value.
     *
     * @throws IllegalArgumentException when a metric of that name has a value already
     */
    public void put(Metric metric, MetricValue value) {
        if (metrics.putIfAbsent(metric.id(), metric) != null) {
            throw new IllegalArgumentException("metric " + metric.id() + " was measured twice");
        }
        values.put(metric, value);
    }

    /** Adds a number. */
    public void put(Metric metric, long value) {
        put(metric, MetricValue.of(value));
    }

    /** All values, in the order in which they were added. */
    public SequencedMap<Metric, MetricValue> values() {
        return Collections.unmodifiableSequencedMap(values);
    }

    /** The value of a metric; not available where the run did not measure it. */
    public MetricValue get(Metric metric) {
        return values.getOrDefault(metric, MetricValue.notAvailable("not measured in this run"));
    }

    /**
     * A number by the metric's name.
     *
     * @throws IllegalArgumentException when the run has no such number
     */
    public long number(String id) {
        Metric metric = metrics.get(id);
        if (metric != null && values.get(metric) instanceof MetricValue.Known known) {
            return known.value();
        }
        throw new IllegalArgumentException("no number for metric " + id);
    }
}
