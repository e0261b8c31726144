/**
 * How mappings are counted: of large folios, mainline's MM owner tracking with what was before it and what could be in
 * an ideal world; of hugetlb pages, mainline and the stages of the thread on high-granularity mapping (James Houghton,
 * 2022).
 *
 * <p>Two questions look alike and are not. <em>How often is this page mapped?</em> wants a count for each page.
 * <em>Does more than one process map this folio?</em> is what write faults, khugepaged and mlock want to know, and no
 * count of mappings answers it: sixteen mappings of a folio of sixteen pages are one process's or two processes'. A
 * scheme may say "maybe" too often, at the price of a copy; it must not say "no" wrongly.
 *
 * <p>Each class is one answer and opens with what it chooses; {@code HgmPlugin} lists them.
 */
@NullMarked
package org.polymm.policy.hgm;

import org.jspecify.annotations.NullMarked;
