/**
 * What is measured of a run, and what cannot be known of it.
 *
 * <p>A {@link org.polymm.lab.metrics.Metric} has a name (the kernel's own where it has one), a unit and a sentence; a run
 * gives it a {@link org.polymm.lab.metrics.MetricValue}, which is a number or the reason why there is none. "Not available"
 * is an answer like another: a recording of page faults cannot say what a later touch of a present page would have done,
 * and a number in that place would be an invention.
 *
 * <p>The time the simulator takes is not a metric.
 */
@NullMarked
package org.polymm.lab.metrics;

import org.jspecify.annotations.NullMarked;
