/**
 * Reclaim: which folios go when memory is short, and how they go.
 *
 * <pre>
 *   new, or swapped in --&gt; inactive list --oldest--&gt; isolated --&gt; one by one:
 *                            ^      |                   locked by somebody, young once, referenced by somebody ---&gt; back
 *                       aged |      | young twice       mlocked, in locked memory, pinned, no swap --------------&gt; active
 *                            |      v                   large: the policy may have it split; pieces come next
 *                          active list                  slots, entries become swap entries, written, freed
 *                                                       lazily freed (MADV_FREE) and clean: entries cleared, freed
 * </pre>
 *
 * <p>The order of decisions is that of {@code shrink_folio_list} in Linux 6.18. A policy says whether a large folio is split before it gets
 * slots ({@code folio-split.reclaim}), and whether a walk that meets it in a VM_LOCKED VMA marks it mlocked ({@code folio-split.mlock});
 * that locked memory stays is mechanism. A folio that was unmapped in part, because a locked VMA maps the rest, stays in the swap cache with
 * all its slots and is made active: nothing is freed.
 *
 * <p>Who reclaims: kswapd, which a machine runs between operations while fewer pages are free than the low watermark; an allocation that
 * finds nothing, if its task holds no lock that forbids it; MADV_PAGEOUT; and whoever asks for a number of pages. A round that frees too
 * little is followed by one that looks at twice as much. Then the deferred split queue is shrunk.
 *
 * <p>A page of a file loses its mappings, and leaves the cache if it was never written: files have no storage behind them here, so what was
 * written stays. Shmem is unmapped likewise, but not written to swap.
 */
@NullMarked
package org.polymm.engine.reclaim;

import org.jspecify.annotations.NullMarked;
