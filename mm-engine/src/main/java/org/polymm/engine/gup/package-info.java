/**
 * Pins: pages that a device reads or writes while the process goes on, and plain references such as those of a pipe.
 *
 * <pre>
 *   pin_user_pages_fast           FastGup: no locks, gives up at whatever is not simple
 *          |                         | what it got
 *          v                         v
 *      the rest ------------&gt; SlowGup: mmap lock, page-table lock, faults in what is missing
 *                                    |  read-only and not exclusive: an unshare fault first
 *                                    v
 *      Pins: a handle, its pages, until unpin or the end of the process
 * </pre>
 *
 * <p><b>What a pin relies on.</b> The page found under an address stays the page of that address until user space itself unmaps,
 * discards or moves it. For anonymous memory that is so because a pin takes exclusive pages only: a writable entry implies an exclusive page,
 * and behind a read-only entry a page that is not exclusive is first made so by an <em>unshare fault</em>, which asks the policies of a write
 * fault and leaves the entry read-only. From then on whoever would share or replace the page looks at the pin: fork copies the page for the
 * child instead of sharing it, and sharers and unmappers first clear the entry, then call
 * {@link org.polymm.engine.mapping.RmapAccounting#tryShareAnon}, and put the entry back if that fails.
 *
 * <p><b>Counting.</b> A small folio's pin is 1,024 references, so it "may be pinned" from 1,024 references on, which is wrong at times and never
 * the wrong way. A large folio has a count of its own, exact, but for the folio as a whole: one pinned page makes fork copy every exclusive
 * page of it. The zero page is not counted.
 *
 * <p><b>Without locks.</b> {@code FastGup} reads entries as the processor does, takes the pin, and only then makes sure that it pinned
 * the right thing. Each step is a scheduling point:
 *
 * <pre>
 *   S1  the fork sequence; odd: give up             S5  pages of this kind may be pinned so?
 *   S2  the entry; does it permit the access?       S6  read-only and not exclusive? undo, stop
 *   S3  the pin                                     S7  the fork sequence again; changed: undo everything
 *   S4  the entry again; changed: undo, stop
 * </pre>
 *
 * <p>Between S3 and S7 a page may look pinned that is not; a fork that runs meanwhile copies it although nobody needs that.
 *
 * <p><b>Long-term pins</b> ask slot {@code folio-split.pin} about each large anonymous folio, once, before its first page is pinned. Where the
 * answer is to keep the folio, the fast path goes on; any other plan needs locks that sleep, so the fast path stops there, and the slow path
 * asks again and carries the plan out. There is no ZONE_MOVABLE and no CMA in the machine, so nothing is migrated before a long-term pin.
 *
 * <p><b>Whose pins.</b> A pin belongs to the process that took it. Its exit releases it after the address space is torn down, as the kernel does when
 * the last reference to the device's file goes; exec keeps it, as a file that is not closed on exec does. A forked child has no part in it.
 */
@NullMarked
package org.polymm.engine.gup;

import org.jspecify.annotations.NullMarked;
