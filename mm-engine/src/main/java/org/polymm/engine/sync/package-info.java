/**
 * Locks, read-side sections, scheduling points and simulated tasks, without one lock word.
 *
 * <p>A simulated machine runs on one thread. Locks cannot protect anything there; they exist so that the code under
 * test shows <em>where</em> it would be protected. {@link org.polymm.engine.sync.Sync} keeps, for each simulated task,
 * the stack of what it holds, and that is all there is:
 *
 * <pre>
 *   task 0 "main"        | MMAP_LOCK read mm 1 | PTL write table 17 |
 *   task 1 "khugepaged"  | MMAP_LOCK read mm 1 |
 *                                                ^ whoever wants MMAP_LOCK write mm 1 now has to wait for both
 * </pre>
 *
 * <p>The state of a lock <em>is</em> the set of stack entries that name it. A lock therefore costs no memory in the
 * million objects that have one, saving a machine saves its locks with a few words, and a report of a deadlock or of a
 * broken rule can print exactly what every task holds.
 *
 * <p><b>What is checked, always.</b> A blocking acquisition must go down the order of
 * {@link org.polymm.engine.sync.LockClass} (which is Linux's), below <em>everything</em> the task holds and not only
 * below the last; a second lock of one class needs the nested form; taking a lock twice, giving up one that is not
 * held, and sleeping in a read-side section are errors. Each is a
 * {@link org.polymm.engine.sync.LockProtocolError} with the stack in its message. With one task and no hook, an
 * acquisition and its release cost two to three nanoseconds.
 *
 * <p><b>Scheduling.</b> An explorer installs a {@link org.polymm.engine.sync.SchedulingHook} and switches tasks in it.
 * Engine code marks with {@link org.polymm.engine.sync.Sync#point} each read or write of shared state that is not
 * covered by a lock: what a lock covers needs no point, because the acquisition is one. Without a hook a point is a
 * null check.
 *
 * <p><b>Decisions.</b> While a policy decides, nothing may be scheduled: the view it reads would change under it.
 * {@link org.polymm.engine.sync.Sync#enterDecision} makes any point or acquisition an error until
 * {@link org.polymm.engine.sync.Sync#exitDecision}.
 *
 * <p><b>Grace periods.</b> RCU and disabled interrupts are sections: entries in the same stack that conflict with
 * nobody. They carry a time stamp, so that freeing a page table can wait for the sections which were open when it was
 * unhooked, and for no later one.
 *
 * <p>Sequence counts ({@code write_protect_seq}, the per-VMA lock count) are ordinary fields of the objects they belong
 * to; their readers and writers call {@code point}.
 */
@NullMarked
package org.polymm.engine.sync;

import org.jspecify.annotations.NullMarked;
