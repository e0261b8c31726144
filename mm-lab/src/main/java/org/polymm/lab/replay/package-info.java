/**
 * Replay: a machine does what a recorded program did.
 *
 * <p>The {@link org.polymm.lab.replay.Replayer} maps the recording's processes to address spaces of the machine, carries out
 * every operation at the addresses that the recording shows (an {@code mmap} without {@code MAP_FIXED} is fixed at its
 * recorded result), and turns every recorded fault into an access. The layout of address spaces is thus the recorded one
 * whatever the policies do; how memory is backed, shared and counted is the policies' doing.
 *
 * <p>What follows from the nature of a recording of faults:
 *
 * <ul>
 *   <li>A recorded fault is a first touch or a write upgrade. Under another policy the page may be there already: then the
 *       access takes no fault, which is the effect to be measured.
 *   <li>An access that the recorded program made without a fault is not in the recording and is not replayed.
 *   <li>Pages that the kernel filled without an exception follow from operations: {@code mlock} and {@code MAP_POPULATE}
 *       populate because the machine does it as the kernel does, and {@code execve} writes the program's arguments to the
 *       top of the new stack.
 *   <li>khugepaged wakes by the clock of the recording, every {@code scan_sleep_millisecs}; a recording shorter than that sees none of it.
 *   <li>An operation that failed when it was recorded is not carried out: it changed nothing then.
 *   <li>A fault that got no page (the program received a signal) is replayed as an access that is refused.
 * </ul>
 *
 * <p>What cannot be carried out is counted by reason, and so is every operation that succeeded when recorded and fails in
 * the replay ({@link org.polymm.lab.replay.ReplayReport}). Under mainline policies a faithful replay has none of the latter.
 */
@NullMarked
package org.polymm.lab.replay;

import org.jspecify.annotations.NullMarked;
