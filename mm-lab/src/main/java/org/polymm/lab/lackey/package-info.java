/**
 * Import of the texts of Valgrind's tool lackey: what
 * {@code valgrind --tool=lackey --trace-mem=yes --trace-syscalls=yes --log-file=NAME.%p} prints becomes a
 * {@link org.polymm.lab.trace trace} of every access.
 *
 * <pre>
 *   I  0401ab73,5                                             fetch: address, bytes
 *    S 1fff000cf8,8                                           store; L is a load, M a load and a store
 *   SYSCALL[14058,1](9) sys_mmap ( 0x0, 8192, 3, 34, 4294967295, 0 ) --&gt; [pre-success] Success(0x4835000)
 * </pre>
 *
 * <p>Such a text is of one process: a forked child writes one of its own, and no order between the two is known.
 *
 * <ul>
 *   <li><b>Accesses.</b> Millions of lines touch a few hundred pages. An access is left out if the last access of its kind
 *       (fetch, load, store, both) went to the same page and no system call came between. First touches, and every return to
 *       a page after another one, are all in the trace, in order.
 *   <li><b>Time.</b> The text has none. An instruction takes a nanosecond.
 *   <li><b>What execve mapped</b> is not in the text. Pages that are accessed, or that a call works on, and that no call
 *       mapped, must have been there from the beginning: they are mapped at the start of the trace. The highest ones
 *       that are written are the stack, other written ones data of the image, the rest its text. So the trace is
 *       made in two steps: the events go to a trace of their own, which is copied behind those mappings.
 * </ul>
 *
 * <p>Addresses are those that Valgrind gives the program, not those it would have without. What the kernel writes into the
 * program's memory (the buffer of {@code read}) is no access of the program and not in the text.
 */
@NullMarked
package org.polymm.lab.lackey;

import org.jspecify.annotations.NullMarked;
