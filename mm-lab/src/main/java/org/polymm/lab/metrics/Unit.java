package org.polymm.lab.metrics;

import java.util.Locale;

/** What a metric's number counts. */
public enum Unit {
    /** Things. */
    COUNT,
    /** Bytes; a table shows KiB. */
    BYTES,
    /** Thousandths; a table shows per cent with one decimal. */
    PER_MILLE,
    /** Nanoseconds of estimated kernel time; a table shows microseconds. */
    NANOSECONDS;

    /** The unit's name in JSON and CSV. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The unit's name in a table, beside a {@link #display}ed number. */
    public String label() {
        return switch (this) {
            case COUNT -> "";
            case BYTES -> "KiB";
            case PER_MILLE -> "%";
            case NANOSECONDS -> "us";
        };
    }

    /** A number as a table shows it. */
    public String display(long value) {
        return switch (this) {
            case COUNT -> Long.toString(value);
            case BYTES -> value % 1024 == 0 ? Long.toString(value / 1024) : tenths(value * 10 / 1024);
            case PER_MILLE -> tenths(value);
            case NANOSECONDS -> Long.toString(Math.round(value / 1000.0));
        };
    }

    private static String tenths(long value) {
        return value / 10 + "." + Math.abs(value % 10);
    }
}
