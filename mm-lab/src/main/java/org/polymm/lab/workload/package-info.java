/**
 * Workloads that nobody recorded: programs made up to show what a recording cannot, written as {@linkplain org.polymm.lab.trace traces} of every
 * access. A recording of first touches does not know what reclaim decides by; and no small recording has locked memory, pins and pressure
 * in one.
 *
 * <p>They are made anew whenever they are asked for, the same to the last byte, and say in their header that they are made up.
 */
@NullMarked
package org.polymm.lab.workload;

import org.jspecify.annotations.NullMarked;
