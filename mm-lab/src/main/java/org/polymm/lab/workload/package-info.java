/**
 * Workloads that nobody recorded: programs made up to show what a recording cannot, written as {@linkplain org.polymm.lab.trace traces} of every
 * access. A recording of first touches does not know what reclaim decides by; and no small recording has locked memory, pins and pressure
 * in one.
 *
 * <p>{@code shared-file} is no trace: what it is about is who meets whom at a lock, so its processes run at the same time, with clocks
 * ({@link org.polymm.lab.timed}).
 *
 * <p>Traces are made anew whenever they are asked for, the same to the last byte, and say in their header that they are made up.
 */
@NullMarked
package org.polymm.lab.workload;

import org.jspecify.annotations.NullMarked;
