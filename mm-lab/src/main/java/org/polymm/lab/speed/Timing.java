package org.polymm.lab.speed;

import java.util.Arrays;

/**
 * What one operation costs.
 *
 * @param medianNanos nanoseconds of thread CPU time for each page or huge page, the median of the rounds
 * @param minimumNanos the same in the fastest round
 * @param rounds how many rounds were measured
 */
public record Timing(double medianNanos, double minimumNanos, int rounds) {

    /**
     * Sums rounds up.
     *
     * @param nanos nanoseconds for each page, one number a round, at least one
     * @return median and minimum
     */
    public static Timing of(double[] nanos) {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("no round was measured");
        }
        double[] sorted = nanos.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Timing(median, sorted[0], sorted.length);
    }
}
