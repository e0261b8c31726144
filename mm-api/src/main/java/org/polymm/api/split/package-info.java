/**
 * When large folios are mlocked and when they are split: the questions of the thread on large folios and mlock (Yin Fengwei, 2023)
 * and of the discussions that grew from it.
 *
 * <p>Five roles with a slot each. {@code Mlock} decides what counts as locked; {@code Boundary}, {@code Reclaim},
 * {@code Deferred} and {@code Pin} decide about splitting at the five moments the thread names: a VMA edge cuts a folio, reclaim
 * picks one, the deferred queue is filled or scanned, a long-term pin arrives. A split can always fail (pins, speculative
 * references), so these answer with a {@link org.polymm.api.split.SplitPlan}: a chain of actions, each tried when the one before it
 * failed.
 */
@NullMarked
package org.polymm.api.split;

import org.jspecify.annotations.NullMarked;
