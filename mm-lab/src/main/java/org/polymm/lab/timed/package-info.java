/**
 * Simulated tasks that run at the same time, each on a processor of its own with a clock of its own.
 *
 * <p>The engine has no time. It says at each scheduling point what a task is about to do, and counts the work that costs a kernel time. That is
 * enough for a discrete-event simulation, and nothing in it depends on how fast the simulator is:
 *
 * <pre>
 *   task A   0 ──work──┬ lock ──work──┬ unlock ─────┐               A's clock goes on by what its work costs
 *   task B   0 ─work─┬ lock: waits ···············──┴ got it ──     B's clock goes on to the moment at which A gives it up
 *                    '- whoever's clock shows least takes the next step
 * </pre>
 *
 * <p><b>Clocks.</b> A step ends at the next scheduling point, or where a lock is about to be given up. What the machine counted meanwhile, times
 * its unit costs ({@link org.polymm.lab.cost.CostModel}), goes on the clock of the task that did it, and {@code cost.step} for the step. Then the
 * task whose clock shows least goes on. So everything that others can notice happens in the order of the clocks, within one step.
 *
 * <p><b>Waiting.</b> A lock goes to who asks first, by the clocks; readers do not queue behind a writer that waits. A task that waits takes no
 * time but waits; spinning and sleeping are not told apart. A task that sleeps or computes adds that to its clock.
 *
 * <p><b>Processors.</b> There are as many as tasks. A task is never preempted.
 *
 * <p>{@link org.polymm.lab.timed.LockTimes} keeps how long each kind of lock was held and waited for. The same tasks give the same times, to the
 * nanosecond.
 */
@NullMarked
package org.polymm.lab.timed;

import org.jspecify.annotations.NullMarked;
