/**
 * Where every mutable word of a simulated machine lives.
 *
 * <p>A machine is explored by running it, rewinding it and running it again, some hundred thousand times a second. So
 * a machine is not an object graph that has to be cloned. It is a {@link org.polymm.engine.state.StateSpace}: a list
 * of containers of primitive arrays, and saving or rewinding is copying arrays.
 *
 * <pre>
 *   StateSpace
 *     |-- LongVector   [ v v v v v . . . ]            one array, a size, zeroes above the size
 *     |-- IntVector    [ v v v . . . . . ]
 *     |-- RecordPool   [ - - - | a a a | b b b | . ]  records of equal width, handle h at h * width, record 0 unused
 *     |-- LongRows     1 -> [ 512 longs ]             rows of their own length: page tables, indexes of VMAs
 *     |                2 -> [ 512 longs ]
 *     |                3 -> [ 8 longs ]
 *     `-- anything     that implements Stateful
 * </pre>
 *
 * <p><b>The zero rule.</b> What is not in use is zero: words above the size of a vector, freed records, freed rows. It
 * makes allocation cheap (nothing is cleared twice), and it makes equality of states decidable: a rewound space equals
 * the saved one word for word, and {@link org.polymm.engine.state.StateSpace#firstDifference} can say so.
 *
 * <p><b>Handles.</b> Objects are {@code int} handles, starting with 1; 0 is "none". Freed handles are reused last in,
 * first out, and the free list is part of the state, so a replay hands out the same handles.
 *
 * <p><b>Array identity is not state.</b> A container may replace its array when it grows, and never gives memory back
 * on a rewind: after the first replay neither running nor rewinding allocates. Hence
 * {@link org.polymm.engine.state.LongVector#array()} and its sisters are valid until the container grows next.
 *
 * <p>What may stay outside: final references, scratch that is overwritten at each use, and caches that register with
 * {@link org.polymm.engine.state.StateSpace#onRewind}. One thread works on a space at a time; nothing here locks.
 */
@NullMarked
package org.polymm.engine.state;

import org.jspecify.annotations.NullMarked;
