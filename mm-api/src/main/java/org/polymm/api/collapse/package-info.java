/**
 * What is collapsed into a huge folio, and how page tables go away afterwards: the questions of the thread on
 * retract_page_tables() without mmap or VMA lock (Hugh Dickins, 2023).
 *
 * <p>In that thread the proposal <em>is</em> an order of steps: which lock is taken in which mode, which check stands before it and
 * which is repeated after it. So the role {@code Retraction} is a procedure written over engine-provided
 * {@link org.polymm.api.collapse.RetractionSteps}; every step is a point where other tasks may run. All other roles are plain decisions.
 */
@NullMarked
package org.polymm.api.collapse;

import org.jspecify.annotations.NullMarked;
