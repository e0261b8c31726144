/**
 * How fast the simulator is, operation by operation, and how fast the host's kernel is at the same work.
 *
 * <p>All figures are thread CPU time for one page (or one huge page) in nanoseconds, since wall time on a shared machine says little. Each
 * operation runs in rounds on fresh processes, after rounds that warm the compiler up; the median is what to quote, the minimum is what an
 * undisturbed machine does.
 *
 * <p>Simulator time is no policy's merit: what a policy costs the kernel is estimated by the cost model of {@code compare}.
 */
@NullMarked
package org.polymm.lab.speed;

import org.jspecify.annotations.NullMarked;
