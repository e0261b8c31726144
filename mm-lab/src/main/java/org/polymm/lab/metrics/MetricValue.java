package org.polymm.lab.metrics;

/** A number, or the reason why there is none. */
public sealed interface MetricValue {

    /** A number in the metric's unit. */
    record Known(long value) implements MetricValue {}

    /** There is no number. */
    record NotAvailable(String reason) implements MetricValue {}

    /** A number. */
    static MetricValue of(long value) {
        return new Known(value);
    }

    /** No number, and why. */
    static MetricValue notAvailable(String reason) {
        return new NotAvailable(reason);
    }
}
