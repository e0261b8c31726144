/**
 * What is collapsed into huge folios, and how the emptied page tables go: mainline, and the stages of the thread on
 * retract_page_tables() without mmap or VMA lock (Hugh Dickins, 2023).
 *
 * <p>A collapse of file memory leaves, in every process that maps the range, a page table full of nothing. To remove it
 * from a process whose mmap_lock one does not hold means to decide, step by step, what can still change:
 *
 * <pre>
 *   i_mmap read lock            keeps the list of mappings
 *   checks without a lock       cheap, and worth nothing on their own
 *   PMD lock, page-table lock   keep the table
 *   the same checks again       now they count: whoever puts a page or a marker there needs one of these locks
 *   clear the PMD, free the table when no lockless walker can be in it
 * </pre>
 *
 * <p>Each class is one answer and opens with what it chooses; {@code KhugepagedPlugin} lists them.
 */
@NullMarked
package org.polymm.policy.khugepaged;

import org.jspecify.annotations.NullMarked;
