/**
 * Programs: operations that a simulated machine and a real kernel both carry out, and what can be seen of either afterwards.
 *
 * <p>Scenarios, the fuzzer, the comparison with the host and the generator of C programs all speak in these few types:
 *
 * <pre>
 *   scenario text ─┐                         ┌─&gt; {@link org.polymm.lab.program.Outcome}       errno, signal, value
 *   random program ┼─&gt; {@link org.polymm.lab.program.Operation}s ─&gt; {@link org.polymm.lab.program.Subject} ─┤
 *   saved schedule ┘                         └─&gt; {@link org.polymm.lab.program.MachineImage}  VMAs, pages, folios, contents
 * </pre>
 *
 * <p>An operation is concrete: its addresses are numbers, so the same list means the same on every machine. Whoever makes a program places
 * its mappings itself, with MAP_FIXED, inside the {@link org.polymm.lab.program.Window} that is read back. Processes, files and pins are small
 * numbers which the program chooses; each machine maps them to what it has (an mm handle, a process id, a descriptor).
 *
 * <p>An image holds only what a kernel lets a privileged reader see exactly. It is kept in arrays of {@code long}, because the fuzzer compares
 * millions of pages a second; folios are renamed by order of first appearance ({@link org.polymm.lab.program.MachineImage#normalise}), because
 * page frame numbers mean nothing between machines.
 */
@NullMarked
package org.polymm.lab.program;

import org.jspecify.annotations.NullMarked;
