/**
 * How mappings of large folios and of hugetlb pages are counted: the questions of the thread on high-granularity mapping (James
 * Houghton, 2022) and of the "maybe mapped shared" discussion (David Hildenbrand, 2023 to 2025).
 *
 * <p>A scheme declares how many counters it needs; the engine stores them with the folio, so they are saved and rewound with the
 * machine. The engine calls the scheme whenever a run of pages is mapped or unmapped, with the folio's mapcount lock held, and asks it
 * the questions whose answers the rest of memory management depends on. Folios of a single page are counted by the engine alone.
 */
@NullMarked
package org.polymm.api.mapcount;

import org.jspecify.annotations.NullMarked;
