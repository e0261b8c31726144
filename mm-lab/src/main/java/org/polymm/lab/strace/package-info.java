/**
 * Import of strace texts: what {@code strace -f -ttt -y} prints becomes a {@link org.polymm.lab.trace trace}.
 *
 * <pre>
 *   11436 1795220487.428256 mprotect(0x7ffff4dfe000, 8388608, PROT_READ|PROT_WRITE &lt;unfinished ...&gt;
 *   11439 1795220487.428262 prctl(PR_SET_NAME, "bio_aof_fsync") = 0
 *   11436 1795220487.428279 &lt;... mprotect resumed&gt;) = 0
 * </pre>
 *
 * <p>strace sees system calls and nothing else. Two things that a replay needs are therefore not in its text, and are put in
 * by rules that the report counts and the trace's header states:
 *
 * <ul>
 *   <li><b>Which pages were touched.</b> {@link org.polymm.lab.strace.TouchRule} says what is assumed: by default each page
 *       of anonymous memory is written once, as soon as it may be written.
 *   <li><b>What execve mapped.</b> The program's image and its interpreter are in no system call of the program. A call that
 *       succeeds on a range nobody mapped proves that it was mapped (the dynamic linker's {@code mprotect} of relocated
 *       data): it is mapped as a part of the image just before.
 * </ul>
 *
 * <p>What takes thought is the order. A call becomes one event where its result is printed. The parent's line of a fork may
 * come after the child's first line; then the fork takes effect before that line, and an unfinished clone, fork or vfork
 * tells whose it is. The last thread takes the address space with it. Files are told apart by path (with {@code -y}), so a file
 * that replaced another of the same name is taken for it.
 */
@NullMarked
package org.polymm.lab.strace;

import org.jspecify.annotations.NullMarked;
