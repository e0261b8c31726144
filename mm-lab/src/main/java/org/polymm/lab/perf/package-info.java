/**
 * Import of perf recordings: the text of
 * {@code perf script --ns --show-task-events --show-mmap-events} becomes a {@link org.polymm.lab.trace trace}.
 *
 * <p>perf prints one line an event, in time order:
 *
 * <pre>
 *   COMM TID [CPU] SECONDS.NANOS: EVENT: FIELDS
 *
 *   redis-server 11269 [001] 1710.417295399: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00002000, ...
 *   redis-server 11269 [001] 1710.417303653: PERF_RECORD_MMAP2 11269/11269: [0x7ffff7fc0000(0x2000) @ ...]: rw-p //anon
 *   redis-server 11269 [001] 1710.417304276: syscalls:sys_exit_mmap: 0x7ffff7fc0000
 *   redis-server 11269 [001] 1710.417310000: exceptions:page_fault_user: address=0x7ffff7fc0000 ip=0x.. error_code=0x6
 * </pre>
 *
 * <p>What takes thought is which line <em>is</em> the event:
 *
 * <ul>
 *   <li>A system call is two lines of one thread, and other threads' lines may stand between. It becomes one event at its
 *       exit. What the thread faults on in between (the kernel copying to user memory) keeps its place.
 *   <li>The file of an {@code mmap} is not in its arguments (an fd is a number) but in the {@code PERF_RECORD_MMAP2}
 *       between the two lines. That record shows the mapping after merging with its neighbours, so only the identity of
 *       the file is taken from it, never the range.
 *   <li>A fork takes effect where {@code task:task_newtask} stands, which is before the parent's call returns and, for
 *       vfork, long before. The child's own return of a call it never entered is expected.
 *   <li>{@code execve} has no arguments worth keeping: its mappings are the MMAP2 records between
 *       {@code PERF_RECORD_COMM exec} and {@code sched:sched_process_exec}. Its first file mapping covers the whole image
 *       and is then overlaid by the following ones, exactly as the kernel did it; the hole that the kernel punches between
 *       segments that do not touch is not in the recording, and stays mapped.
 *   <li>A stack that grows prints an MMAP2 record too, behind the fault that made it grow. The fault is the event; the record
 *       of a stack that is known already is left out.
 *   <li>The address space dies with the <em>last</em> thread ({@code group_dead=true}), not with the thread that has the
 *       process's number.
 * </ul>
 *
 * <p>Nothing is dropped silently. A line that cannot be read ends the import with its file, number and what was expected.
 * Lines that are read and not kept are counted by reason in the {@link org.polymm.lab.importing.ImportReport}, and so is every
 * enter without an exit and every exit without an enter. A recording that lost events is refused unless that is asked for,
 * since a replay of it would drift from the truth without anybody noticing.
 */
@NullMarked
package org.polymm.lab.perf;

import org.jspecify.annotations.NullMarked;
