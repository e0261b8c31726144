/**
 * Page faults: how memory comes to be mapped, and how a write finds out whether it may go ahead.
 *
 * <pre>
 *   MemoryAccess             the processor: entry allows it? set accessed and dirty bits : trap
 *      |
 *   FaultHandler.fault       VMA under its own lock if that can be had at once, else under the mmap lock; rights; stacks grow
 *   FaultHandler.handle      also for whoever populates or pins, with a lock held
 *      |
 *      |-- PMD entry none ------------ AnonymousFault --&gt; HugeAnonymousFault (a folio of PMD order, or the huge zero folio)
 *      |-- PMD entry huge, read-only -- HugeWriteProtectFault
 *      |-- entry none ---------------- AnonymousFault, or FileFault
 *      |-- entry present, read-only --- WriteProtectFault --&gt; ReuseProof, WideCopy
 *      '-- entry not present ---------- SwapIn, wait for a migration, markers
 * </pre>
 *
 * <p><b>What policies decide.</b> Which orders a first touch tries, what comes next when one cannot be had or the race for the range was lost,
 * and whether zero pages count as empty ({@code cow-sizing.orders}); what proves that a page belongs to the writer alone, and how many
 * neighbours become writable with it ({@code cow-sizing.reuse}); how many pages a write copies ({@code cow-sizing.copy}). Everything else is
 * mechanism, as in Linux 6.18: what is asked for is cut down to what fits the VMA and one page table, ranges must be empty, pages are allocated
 * without the page-table lock and everything is looked at again under it.
 *
 * <p><b>Why look twice.</b> Faults of one address space run side by side under locks that are shared. Whatever was seen without the
 * page-table lock may be gone when the lock is taken: the entry, the range, the page table itself. A fault that finds so gives back what it
 * prepared and returns as if it had succeeded; the access then goes through, or faults again.
 *
 * <p><b>Writes and pins.</b> A writable entry of an anonymous page implies that the page is exclusive, and an exclusive page may be pinned at any
 * moment, without a lock. So a write may make a page exclusive only if nobody else can refer to it, and may replace a page by a copy only if it
 * is not exclusive. A policy that wants a wide reuse or a wide copy is held to the same for every page of it: breaking the rule is a dangerous
 * decision, carried out or refused as {@link org.polymm.engine.policy.SafetyMode} says.
 *
 * <p><b>Order of locks.</b> mmap lock or VMA lock; folio lock; anon_vma; PMD lock; page-table lock; the folio's mapcount lock. A write fault meets
 * them in another order and therefore only tries the folio lock under the page-table lock.
 *
 * <p>Userfaultfd is a seam ({@link org.polymm.engine.fault.UserfaultEvents}): whoever keeps contexts implements it.
 */
@NullMarked
package org.polymm.engine.fault;

import org.jspecify.annotations.NullMarked;
