/**
 * Scenarios: a claim about memory management as a text that two machines can carry out.
 *
 * <pre>
 *   text ── syntax ──&gt; {@link org.polymm.lab.scenario.syntax.Statement}s ── resolver ──&gt; {@link org.polymm.lab.scenario.Scenario}
 *                                                              operations with numbers, checks
 *   Scenario ── {@link org.polymm.lab.scenario.ScenarioRunner} on a Subject ──&gt; {@link org.polymm.lab.scenario.Verdict}
 *            └─ {@link org.polymm.lab.scenario.MachineComparison} on two Subjects ──&gt; the first difference
 *   Operations ── {@link org.polymm.lab.scenario.ScenarioText} ──&gt; text
 * </pre>
 *
 * <p>A resolved scenario holds {@link org.polymm.lab.program.Operation}s only: whatever the text calls a region is an address by then, placed by
 * one rule ({@link org.polymm.lab.scenario.Layout}) that gives the same addresses on every machine and every run. Checks look at the image that
 * any {@link org.polymm.lab.program.Subject} gives, so that the simulator and a kernel are asked the same. What only the simulator can tell is
 * asked through {@link org.polymm.lab.program.Internals}; elsewhere such a check is left out and said to be.
 *
 * <p>Three classes of observables: <em>exact</em> ones must agree on every machine; <em>deltas</em> are counters that other programs move
 * too, so that a difference on a real kernel is a hint and no failure; <em>engine-only</em> ones exist on the simulator.
 */
@NullMarked
package org.polymm.lab.scenario;

import org.jspecify.annotations.NullMarked;
