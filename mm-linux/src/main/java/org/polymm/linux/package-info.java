/**
 * The kernel of this host as a machine: real processes that do as they are told, and what the kernel shows of them.
 *
 * <h2>Why a helper</h2>
 *
 * A JVM cannot be the process whose memory is looked at. It has threads, so it cannot fork; a load that it must not do ends it, where a
 * simulated process only gets a signal; mlockall, limits and prctl would be its own; and its collector moves while one looks. So a small C
 * program does the work: a controller, and a worker for each process of a program, up to {@value org.polymm.linux.HostKernel#WORKERS}. The program
 * travels as source and is compiled where it runs, when it is first needed, so an archive of PolyMM needs no
 * particular libc.
 *
 * <p>A worker is told one thing at a time and allocates nothing, so its address space changes by what it is told and by nothing else. Programs
 * put their memory far below everything that belongs to C ({@link org.polymm.linux.HostKernel#BASE}); reading back ends there. Workers read memory
 * for snapshots themselves, by plain loads, and only from pages that are present and readable: process_vm_readv takes a pin, which unshares
 * pages after a fork, and {@code /proc/PID/mem} marks folios accessed.
 *
 * <h2>A stream, not a conversation</h2>
 *
 * Requests have one size and need no answer before the next: {@link org.polymm.linux.HostKernel} writes hundreds of them, then reads replies in the
 * same order. A round trip for each would cost a few scheduler slices each time on a busy host. Neither side can wait for the other for ever:
 * the client has at most so many requests on the way as fit the helper's memory, and the helper takes requests in while the client does not read.
 *
 * <p>A {@linkplain org.polymm.linux.HostSnapshot snapshot} is one request for all processes: VMAs by PROCMAP_QUERY (their flags from smaps, only
 * after a process made a system call), page maps, and flags and counts of all frames found, each once, in order of their numbers. What is absent
 * is not sent. It lands in arrays of {@code long} that are used again.
 *
 * <h2>What it takes to see the same twice</h2>
 *
 * <ul>
 *   <li>Everything runs on one CPU, so that per-CPU batches and lists are the same ones.
 *   <li>A process is gone only when it is reaped: until then its pages may still be mapped. Every worker is a child of the controller, whoever
 *       forked it, and an exit waits for it.
 *   <li>Folios wait in per-CPU batches on their way to an LRU list; a drain before reading back makes UNEVICTABLE mean something.
 *   <li>Page frame numbers are names. Two runs are compared after folios were renamed by their first appearance, without the flags that depend
 *       on time.
 *   <li>Settings are the host's own. {@link org.polymm.linux.HostSettings} changes and restores them, {@link org.polymm.linux.HostLock} lets one run at a time
 *       do so, {@link org.polymm.linux.HostGuard} notices strangers.
 * </ul>
 *
 * <p>Then thousands of random operations end in the same state twice, and a difference to a simulated machine means something. Swap is of this
 * class on a device that is done when a request returns, and with one page read at a time: the swap area of a run is on zram. On a disk it would
 * depend on time what is still in the swap cache.
 *
 * <h2>Which host</h2>
 *
 * {@link org.polymm.linux.HostAvailability} says what there is, and why not, as plain data: whoever cannot run something skips it with that reason and
 * never counts it as passed. The package knows nothing of simulated machines; the laboratory compares.
 */
@NullMarked
package org.polymm.linux;

import org.jspecify.annotations.NullMarked;
