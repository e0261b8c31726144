/**
 * userfaultfd: a program handles faults of its own memory.
 *
 * <pre>
 *   task T                                     handler (another task, or the same program later)
 *   fault in a registered VMA
 *     FaultHandler ... UserfaultEvents.report
 *        UserfaultContexts: put in line --------&gt; message
 *        waits, without any lock                 Userfaults.copy, .zeropage, .proceed, .writeProtect, .poison
 *        goes on, and faults again  &lt;------------ wake
 * </pre>
 *
 * <p><b>Who waits how.</b> While tasks are scheduled, a fault that was reported waits at a gate of {@link org.polymm.engine.sync.Sync}, which a
 * resolution opens; one that nobody resolves is found as a deadlock. With a single task nobody could open it, so the access ends with
 * {@link org.polymm.engine.fault.FaultResult#BLOCKED} and stays in line; who made it tries again when it was woken.
 *
 * <p><b>Write protection</b> is a bit in each entry, so that it goes along with the page: into swap entries, into migration entries, through
 * mprotect and the splitting of huge entries. Where no page is mapped, a marker stands for it: always in VMAs of files, whose pages come and go
 * without the program's knowledge; in anonymous ones only if the context asked for {@link org.polymm.engine.uffd.UserfaultFlags#FEATURE_WP_UNPOPULATED}. It does not go along to a
 * child, nor to another place with mremap, because nobody would hear of faults there.
 *
 * <p><b>Filling</b> puts pages where none is mapped, without a look at what a file has there if the mapping is private: that is all that keeps
 * the folio lock of a file's page from protecting an empty page table, and the reason why a retraction must look for the anon_vma.
 *
 * <p><b>Order of locks.</b> mmap lock or VMA lock; the context's {@code map_changing_lock}; folio lock; page-table lock. The lock of the line of
 * faults is innermost.
 *
 * <p>Left out: hugetlb, UFFDIO_MOVE, events other than faults (fork, remap, remove, unmap), faults of the kernel itself.
 */
@NullMarked
package org.polymm.engine.uffd;

import org.jspecify.annotations.NullMarked;
