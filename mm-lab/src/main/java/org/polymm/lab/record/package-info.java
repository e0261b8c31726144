/**
 * Recording: a real program runs under perf, and a {@link org.polymm.lab.trace trace} of what it did to its memory comes out.
 *
 * <p>The recipe, and why it is so:
 *
 * <ul>
 *   <li><b>One stream.</b> Page faults, system calls, mappings and process events go to one perf recording, so their order is
 *       known. Page faults are the tracepoints {@code exceptions:page_fault_user} and {@code _kernel}, which have the address
 *       <em>and</em> the error code; the software event {@code page-faults} does not tell reads from writes.
 *   <li><b>One CPU</b> ({@code taskset}). Then the order of events is the real order, across threads and processes too.
 *   <li><b>No address randomisation</b> ({@code setarch -R}), so that two recordings can be compared.
 *   <li><b>No huge pages of any size</b> while recording: each first touch of each base page is a fault, and so is in the trace.
 *       {@link org.polymm.linux.HostSettings} changes the settings and gives them back, whatever happens.
 *   <li><b>No lost events</b>: buffers are large, and a recording that lost some is refused unless that was asked for.
 * </ul>
 *
 * <p>The program keeps its standard input, output and error. Everything of ours goes to files, under names that appear when they
 * are complete. What a host lacks is said before anything is started, all of it at once
 * ({@link org.polymm.lab.record.Requirements}).
 */
@NullMarked
package org.polymm.lab.record;

import org.jspecify.annotations.NullMarked;
