/**
 * The mechanism of a simulated machine: what Linux 6.18 does with memory, less the choices that policies make.
 *
 * <pre>
 *   machine                                       a computer: its system calls and accesses, the wiring
 *     mm   fault   collapse                       what changes address spaces
 *       mapping   rmap                            what becomes of a folio when an entry comes or goes; who maps it
 *         policy                                  the one gateway to policies
 *           vma   pagetable   pagecache   frame   address spaces, tables, files, memory
 *             sync   event                        locks and scheduling points; the log that explains
 *               state                             the arrays in which all of it lives
 *   check                                         looks at everything, changes nothing
 * </pre>
 *
 * Packages know those further down, never those above; there are no cycles. The shape follows from four rules.
 *
 * <p><b>All that changes is a number in an array of {@link org.polymm.engine.state.StateSpace}.</b> A page, an entry, a VMA is named by an
 * {@code int} or a {@code long}; objects are the parts of the machine, made once. So a machine is saved and rewound by copying, and an
 * operation allocates nothing. What a part caches in a field is dropped by a rewind.
 *
 * <p><b>A machine belongs to one thread, and its tasks take turns.</b> A lock is an entry in the stack of the task that holds it. Where the
 * kernel could be interrupted by another processor, {@link org.polymm.engine.sync.Sync} has a scheduling point; without a scheduler that is
 * a comparison with null. The same code replays recordings and is stepped through the interleavings of a race.
 *
 * <p><b>Mechanism asks, policy answers, mechanism checks.</b> Only {@link org.polymm.engine.policy.Decisions} calls a policy: with a view
 * that is valid for the call, in a section without scheduling points. What comes back is checked before it is carried out, and a policy that
 * fails is replaced by safe answers, so that an operation always ends with whole locks and right counts.
 *
 * <p><b>The hot path is written for the compiler.</b> A first touch passes a dozen parts in some sixty nanoseconds. Those parts are final
 * classes with final fields; what a fault reads again and again is kept in a field or a local, because a store to one row of longs may have
 * changed any other; rare cases are methods of their own.
 */
@NullMarked
package org.polymm.engine;

import org.jspecify.annotations.NullMarked;
