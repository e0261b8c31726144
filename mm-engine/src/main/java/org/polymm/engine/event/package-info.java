/**
 * The bounded log of what happened, which everything writes and explanations read.
 *
 * <pre>
 *    ring of 8 (capacity)     seq 13 is written next
 *    slot    0   1   2   3   4   5   6   7
 *    seq     8   9  10  11  12   5   6   7
 *                              ^ oldest that is left
 *    slot = seq mod capacity; each is {kind, a, b, c}: four longs
 * </pre>
 *
 * <p>An event is a kind and three numbers, written by four stores, so the log can stay on while millions of faults go
 * by; text is made when somebody reads. It is part of the machine's state: after a rewind it holds what it held, and a
 * report of a violated invariant ends with the events that led there and no others. With capacity 0 there is no log,
 * and recording is one comparison.
 */
@NullMarked
package org.polymm.engine.event;

import org.jspecify.annotations.NullMarked;
