/**
 * What happens to a folio when an entry that maps it comes or goes.
 *
 * <p>Faults, fork, munmap, mremap and reclaim all change page tables, and each change has the same consequences for the folio behind it. They are
 * drawn together here, so that the others only say what they map and unmap:
 *
 * <pre>
 *    an entry comes or goes
 *      |-- mapcounts      of the page (base pages) or of the folio, its total, its entire mappings; the mapcount scheme's own counters
 *      |-- exclusiveness  set for a new page, cleared by fork unless the folio may be pinned
 *      |-- vmstat         nr_anon_pages, nr_mapped, nr_anon_transparent_hugepages: pages that are mapped at all, however often
 *      |-- mlock          in a VM_LOCKED VMA the policy says whether the folio is marked or unmarked
 *      '-- partially mapped?   the scheme says so, the policy queues it for a deferred split
 * </pre>
 *
 * <p><b>Counts.</b> A base page has one count. A large folio has a total (each entry of a leaf table counts one, each entry of a PMD table counts
 * one for the folio as a whole), the number of entire mappings, and whatever the configured scheme keeps: a count for each page is the
 * scheme's business, as it is in a kernel that is built without them. What the engine needs of per-page counts it takes from the scheme if the
 * scheme has them. If not, all pages of a folio count as mapped from the first mapping to the last, as with
 * {@code CONFIG_NO_PAGE_MAPCOUNT}.
 *
 * <p><b>The exclusive flag</b> (PageAnonExclusive) says that an anonymous page belongs to one process alone, so that it may be written, and pinned.
 * At PTE level it is a flag of each page; at PMD level the first page has it for all. Its life:
 *
 * <pre>
 *    set      new page mapped by its process; copy by a write fault; reuse proved by the reference count or by the scheme;
 *             a PMD mapping is split: the head's flag goes to all pages
 *    cleared  fork shares the page; KSM shares it; unmapped for swap (goes on as a bit of the swap entry) or for migration (of the entry's kind)
 * </pre>
 *
 * <p><b>Locks.</b> The lock of the table that holds the entry is held by whoever calls. The mapcount lock of a large folio is taken here, around its
 * counts and the scheme's.
 */
@NullMarked
package org.polymm.engine.mapping;

import org.jspecify.annotations.NullMarked;
