/**
 * The memory system calls: what mmap, munmap, mprotect, madvise, mlock, mremap, brk, fork, exec and exit do to an address space.
 *
 * <p>A call is a change of VMAs, which {@link org.polymm.engine.vma} knows how to make, and a change of the page tables below them, which is
 * made here. The two come in a fixed order, because others look on: a fault must not find a VMA whose pages are going, a reverse-map walk
 * must not miss a page that is still mapped.
 *
 * <pre>
 *              flags and ranges of VMAs                  page tables                         folios
 *   mmap       (replaced ones out) ............... zap | new VMA in ................ populate
 *   munmap     VMAs out ........................... zap, flush .................... references given back | tables freed
 *   mprotect   split or merge, new flags ........... entries follow ................ (locked and now writable: populate)
 *   mlock      split or merge, new flags ........... walk .......................... marked as mlocked | populate
 *   mremap     VMA at the new place ................ entries, tables, huge entries move | old VMA out
 *   fork       VMAs of the child, one by one ....... entries copied ................ shared, no longer exclusive
 *   exit       ..................................... zap, flush .................... references given back | VMAs out, tables freed
 * </pre>
 *
 * <p><b>Walking a range.</b> Every walk is a loop over PMD entries, and for each of them over the entries of one leaf table under its lock:
 *
 * <pre>
 *   start                                                                              end
 *     [..........)[.....................)[.....................)      [.....................)[....)
 *      a part of   a huge entry, whole:    a table: its entries   none   a huge entry, whole      a part of a huge
 *      a table     treated as one          one by one or in runs  skipped                         entry: split first
 * </pre>
 *
 * <p>A run is consecutive entries that map consecutive pages of one folio and are otherwise alike. Counting, references and freeing go by
 * runs, so that a large folio costs little more than one page.
 *
 * <p><b>Large folios that are cut.</b> An edge of a VMA, a partial munmap or a partial mprotect may cut a folio. The mechanism splits a PMD
 * <em>mapping</em> there and leaves the folio whole; what else should happen to the folio is for a boundary policy to say, who is asked
 * in one place, {@code Boundaries}.
 *
 * <p><b>Freeing.</b> A page whose entry was removed may still be in a TLB. References are gathered and given back after the flush
 * ({@code Gather}), and then in runs of frames, which is how most of them were handed out.
 *
 * <p><b>Results.</b> As inside the kernel: an address, a handle, 0, or an errno negated. A call that fails in the middle of a range leaves
 * what it did before done, as Linux does; which calls do is said at each. The tables of errors in the tests were read off a 6.18 kernel.
 *
 * <p><b>Locks.</b> Each call takes the mmap lock itself and holds nothing when it returns. madvise(MADV_DONTNEED) within one VMA is
 * content with that VMA's lock. munmap, and mremap when it shrinks, downgrade the lock once the VMAs are out, so that faults elsewhere go on
 * while the pages are freed.
 */
@NullMarked
package org.polymm.engine.mm;

import org.jspecify.annotations.NullMarked;
