/**
 * How large anonymous folios are made, reused and copied: mainline, its baselines, and the stages of the thread on
 * variable-order large anonymous folios (Ryan Roberts, with David Hildenbrand and Yu Zhao, 2023).
 *
 * <p>Three questions, each with siblings to choose from:
 *
 * <pre>
 *   orders/...   a first touch: which orders, what after a failure, what of the shared zero page
 *   reuse/...    a write to what may be this process's own: what proves it, how far it reaches
 *   copy/...     a write to what is shared: how far the copy reaches
 * </pre>
 *
 * <p>The rule that decides which of them are right: a page with the exclusive flag may be pinned at any moment, without
 * a lock, by somebody who then counts on the page staying where it is. To make such a page writable is what it is for.
 * To replace it by a copy is corruption.
 *
 * <p>Each class is one answer and opens with what it chooses; {@code CowPlugin} lists them.
 */
@NullMarked
package org.polymm.policy.cow;

import org.jspecify.annotations.NullMarked;
