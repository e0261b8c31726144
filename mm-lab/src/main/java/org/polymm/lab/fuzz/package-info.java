/**
 * Random programs, and the smallest of those that fail.
 *
 * <pre>
 *   seed, number ─&gt; {@link org.polymm.lab.fuzz.ProgramGenerator} ─&gt; operations ─&gt; trial ─&gt; nothing
 *                                                                       │
 *                                                                       └─&gt; finding ─&gt; shrinker ─&gt; scenario
 *
 *   trial on the simulator   rewound between programs; every load is held against the model of contents, at the end of a program
 *                            every page, and every invariant. With --check every, after every operation
 *   trial beside the host    each outcome and each image of the simulator is held against the kernel's
 * </pre>
 *
 * <p>A program is made without looking at any machine, so the same one runs on two, or under five hundred policy sets. It keeps a guess at
 * what is mapped, so that most of its operations do something.
 *
 * <p>What a failure is worth: it is run once more on a machine that looks after every operation, which says at which one things went wrong
 * and which invariant noticed first; candidates must then fail with the same kind. The shrunk program was run, and failed.
 */
@NullMarked
package org.polymm.lab.fuzz;

import org.jspecify.annotations.NullMarked;
