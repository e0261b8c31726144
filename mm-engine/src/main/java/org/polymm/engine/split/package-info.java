/**
 * Splitting large folios, now or when memory is short.
 *
 * <p>A split is possible while nothing refers to the folio but its mappings, the swap cache and whoever splits it, so all mappings are taken
 * away first and put back page by page afterwards:
 *
 * <pre>
 *   folio lock, anon_vma write lock               nobody maps the folio anew, no walk finds it half way
 *   references as expected, plus the caller's     else EAGAIN: a pin, or somebody who looks at it just now
 *   every entry -&gt; migration entry                a fault that meets one waits for the folio lock; a page that is pinned meanwhile
 *                                                 keeps its entry, and all is put back
 *   references frozen at what remains             else put back: EAGAIN
 *   one folio -&gt; pieces                           flags, index, swap slots, place on the LRU list; the mapcount scheme forgets it
 *   every migration entry -&gt; its page             exclusive, writable, dirty, accessed as before; mlocked anew in a VM_LOCKED VMA;
 *                                                 a page full of zeroes becomes the zero page, unless it is locked
 *   a reference of each piece dropped             which frees those that nothing maps
 * </pre>
 *
 * <p>A folio of the page cache has it easier: its entries are simply taken away, since faults find its pages again.
 *
 * <pre>
 *   folio lock, the file's VMAs for reading       EBUSY if it left the page cache
 *   references as expected, plus the caller's     else EAGAIN
 *   every entry -&gt; none, mlocked or not
 *   references as expected, no mapping left       else EAGAIN: it stays unmapped
 *   one folio -&gt; pieces                           of one order, or as large as can be around one page; those beyond the end of the file
 *                                                 leave the page cache
 * </pre>
 *
 * <p>The counters follow Linux 6.18 where it surprises: entries of a leaf table are taken away one by one, so that the folio is found
 * partially mapped, and counted as deferred, in the middle of its split; a huge entry goes at once, and it is not.
 *
 * <p>{@link org.polymm.engine.split.DeferredScan} is the shrinker behind the deferred split queue. Who goes on the queue is decided elsewhere;
 * what happens to a folio when its turn comes is the policy's decision, in slot {@code folio-split.deferred}.
 */
@NullMarked
package org.polymm.engine.split;

import org.jspecify.annotations.NullMarked;
