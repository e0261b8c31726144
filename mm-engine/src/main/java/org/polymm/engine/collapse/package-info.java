/**
 * Collapse: many small mappings of a PMD-sized range of anonymous memory become one huge folio, by khugepaged or by MADV_COLLAPSE.
 *
 * <pre>
 *   mmap_lock   what happens                                                        may others be in between?
 *   read        scan: the page table is looked at under its lock; the policy        faults, reclaim
 *               collapse.choice says collapse, or a SCAN_* reason
 *   none        a huge folio is allocated; memory may be reclaimed for it           anybody: all that was seen is stale
 *   read        where entries are swapped out: the VMA is looked up anew, and       faults, reclaim; a locked folio is waited for
 *               they are brought back one by one                                    without the lock, and the collapse given up
 *   write       the VMA is looked up anew; anon_vma locked for writing; the table   rmap walks (until the anon_vma lock),
 *               is taken out of its PMD entry; GUP-fast is waited for               nobody else
 *               isolate: the policy is asked again, every folio is locked and
 *               taken off its LRU list, or the table goes back
 *               copy, unmap the old pages, map the huge folio, table set aside
 * </pre>
 *
 * <p>A folio that another process maps too is copied like any other: that process keeps the old pages. Entries that are empty or map the zero
 * page are filled with zeroes and become resident. Only the caller's mappings change.
 *
 * <p>The rules of the scan (which entries forbid a collapse, which limits bind khugepaged and not MADV_COLLAPSE) are the policy's. What would
 * corrupt memory is checked here whatever the policy says: an entry that is not present any more, write-protection by userfaultfd, a folio
 * locked or referenced by others, or not on an LRU list.
 *
 * <p>Where the policy would rather have a smaller order, aligned pieces of the range are collapsed in the same way, one after the other, each into a folio
 * that entries of the same table map: the table goes back into its PMD entry, and the anon_vma lock is held until then, because it maps other
 * pages that walks look for.
 *
 * <p>Of file memory a block of the page cache is collapsed ({@link org.polymm.engine.collapse.FileCollapse}); then the policy retracts the page
 * tables of all mappings, by steps that {@link org.polymm.engine.collapse.Retraction} provides.
 */
@NullMarked
package org.polymm.engine.collapse;

import org.jspecify.annotations.NullMarked;
