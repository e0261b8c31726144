/**
 * Every interleaving of a few simulated tasks: stateless model checking of the engine's own code.
 *
 * <p>A {@link org.polymm.lab.explore.Program} is a world that has been set up (a machine, with processes and mappings), some tasks that make
 * calls on it, and what must hold whatever comes of it. {@link org.polymm.lab.explore.Explorer} runs it again and again from the same start,
 * each time with another order of steps, and ends with "all N interleavings hold" or with a run in which something does not.
 *
 * <pre>
 *   Explorer ── Execution (the SchedulingHook) ── Coroutine A    machine.write(...)       stops at scheduling points,
 *      |             |                        └── Coroutine B    machine.madvise(...)     deep inside the engine
 *      |             '- steps and their footprints
 *      '─ Chooser: who is next?   Reduction | Enumeration | RandomWalk | PriorityWalk | a schedule
 * </pre>
 *
 * <p><b>Stateless.</b> No states are kept to go back to; a run is repeated from the start up to where it is to go another way. A machine of some
 * dozen frames is rewound in a microsecond, and the task that runs decides itself, in the hook, that it goes on: only a real switch costs a
 * yield. That is some hundred thousand runs a second.
 *
 * <p><b>Steps and footprints.</b> Between two announcements of a task nobody else runs. So that stretch is one step, and its footprint is what
 * it announced (a point, a lock), what it released, and what the engine said it {@linkplain org.polymm.engine.sync.Sync#touch touches}
 * besides. Two steps of different tasks commute unless their footprints meet in something that one of them writes. All else follows from the
 * footprints: {@link org.polymm.lab.explore.Reduction} leaves out runs that only commute with others, and a test compares what is left with
 * plain enumeration. The other side of it: an access of shared state that no footprint shows is a bug of the engine's annotations. Random walks
 * over real programs, whose end states must all be among those of the reduced exploration, look for such.
 *
 * <p><b>Locks.</b> A task that waits for a lock announces that and is not enabled while others hold it; a try is enabled always. When nobody is
 * enabled and somebody has not ended, that is a deadlock. {@link org.polymm.lab.explore.LockOrder} finds the deadlocks that a run came near.
 *
 * <p><b>Preemptions.</b> A counterexample with the fewest switches is the one a person understands. {@link org.polymm.lab.explore.Enumeration}
 * goes by their number, with a memory of states instead of the reduction, because the two do not mix.
 *
 * <p>Everything is deterministic; a seed gives the same walk. Memory is bounded: stacks as deep as a run is long, and one table of fixed size.
 */
@NullMarked
package org.polymm.lab.explore;

import org.jspecify.annotations.NullMarked;
