/**
 * The one gateway between mechanism and policy.
 *
 * <p>No other package of the engine calls a policy. A fault, an mlock walk or an mremap asks {@code Decisions},
 * which
 *
 * <pre>
 *   points a reusable view at the facts      nothing is allocated; the view is valid during the call
 *   closes the decision guard                reaching a scheduling point or a lock inside is a protocol error
 *   calls the policy
 *   checks the answer                        null, out of range, outside the run: a PolicyFailure, or SAFE from there on
 *   judges the danger                        observe: carry it out; enforce: refuse, count by rule, take SAFE
 * </pre>
 *
 * so that the mechanism above it is written as if every answer were sane. What only the mechanism can judge (whether a page inside a
 * copy is exclusive at the moment of the copy) it judges there and reports through {@code Decisions.refuses}.
 *
 * <p>The gateway keeps no state outside the machine's {@link org.polymm.engine.state.StateSpace}: which policies have failed, how many
 * decisions each slot made and how many were refused are counters that are rewound with everything else.
 */
@NullMarked
package org.polymm.engine.policy;

import org.jspecify.annotations.NullMarked;
