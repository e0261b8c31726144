/**
 * Runs of one workload under several policy sets, side by side.
 *
 * <p>A {@link org.polymm.lab.compare.Comparison} is the finished result, plain data: what was run, on what, and what came
 * out. {@link org.polymm.lab.compare.ComparisonFormat} prints it as a table, JSON or CSV. Ratios are always to the first
 * column, which is therefore the one to compare with (mainline, unless told otherwise).
 */
@NullMarked
package org.polymm.lab.compare;

import org.jspecify.annotations.NullMarked;
