/**
 * Traces: what programs did to their memory, as events, and the file format that holds them ({@code .mmt}).
 *
 * <p><b>The event model.</b> A trace is one global order of events. Each belongs to a task (a TID) of a process (a PID),
 * has a time in nanoseconds on the recording's clock, and is of one {@link org.polymm.lab.trace.TraceEventKind kind}; the
 * kind fixes which {@link org.polymm.lab.trace.TraceField fields} it has. There are system calls (at the moment they take
 * effect, with their results), the mappings that {@code execve} makes without any system call, the life of processes and
 * threads, and page faults. A system call that failed is in the trace with its negative errno: a replay may ask the
 * simulated kernel whether it would refuse too.
 *
 * <p>A trace says in its {@link org.polymm.lab.trace.TraceHeader header} where it comes from and what it can know: a
 * recording of page faults knows the first touch and the write upgrade of a page, but no later touch, so a metric that
 * depends on re-accesses is not available from it ({@link org.polymm.lab.trace.Granularity}).
 *
 * <p><b>The file.</b> Blocks of at most 64 KiB, each with its own checksum, so that a reader needs one buffer, a damaged
 * file is noticed before one wrong event is delivered, and the error can say where:
 *
 * <pre>
 *   offset 0   magic 89 'M' 'M' 'T' 0D 0A 1A 0A          (damaged by every text-mode copy, as PNG's is)
 *          8   u16 major, u16 minor, u32 header bytes
 *         16   header: strings and numbers of TraceHeader; a newer minor version may append some
 *              u32 CRC32C of everything before it
 *   block      u32 payload bytes, u32 events, u32 sequence number, payload, u32 CRC32C of these
 *   ...
 *   end        u32 0, u32 0, u32 sequence number, u64 events of the file, u32 CRC32C of these
 *              and nothing after it
 * </pre>
 *
 * All fixed-width numbers are little endian. In a payload an event is
 *
 * <pre>
 *   head       1 byte: kind (bits 0..5), bit 6 = same task as the event before
 *   task       varint index into the task table, absent with bit 6; the next unused index defines a task: varint TID, PID
 *   time       varint nanoseconds since the event before (time never goes back)
 *   fields     in the kind's order: unsigned numbers as varints, signed ones zig-zagged, addresses as the zig-zagged
 *              difference from the address this task used last
 * </pre>
 *
 * and heads 62 and 63 define the next name and the next file of the dictionaries, so that a writer never goes back and a
 * reader knows every name before its first use. Events never straddle blocks. A page fault takes 6 to 8 bytes.
 *
 * <p><b>Reading</b> is a cursor over one reusable {@link org.polymm.lab.trace.TraceEvent}: nothing is allocated an event.
 * {@link org.polymm.lab.trace.TraceFile#open} checks every byte of the file first, so a replay never finds out halfway.
 *
 * <p>Threading: a writer and a cursor belong to one thread; a {@link org.polymm.lab.trace.TraceFile} may be shared.
 */
@NullMarked
package org.polymm.lab.trace;

import org.jspecify.annotations.NullMarked;
