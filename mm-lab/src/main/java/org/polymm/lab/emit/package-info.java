/**
 * Emission: a sequential program and what must be true of it, as a stand-alone C program.
 *
 * <p>What a laboratory found should be runnable by someone who has never heard of it. The C program needs a C library and root, nothing else;
 * it prints TAP as the kernel's selftests do, exits with their codes (0 passed, 1 failed, 4 skipped), skips what the host lacks, and restores
 * the settings it changed.
 *
 * <pre>
 *   prologue    selftest.c, the same for all: processes, steps, accesses, reading /proc
 *   main()      settings, then a line for every operation and every check, in the order of the program
 * </pre>
 *
 * <p>All its processes run {@code main()} from top to bottom and take turns: a line belongs to one of them, the others wait until it is over.
 * So the C reads like the scenario it was made from.
 */
@NullMarked
package org.polymm.lab.emit;

import org.jspecify.annotations.NullMarked;
