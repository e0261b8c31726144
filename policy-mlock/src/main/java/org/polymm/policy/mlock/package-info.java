/**
 * When large folios are mlocked and when they are split: mainline, the stages of its history, and what was proposed
 * beside it in the thread on large folios and mlock (Yin Fengwei, July 2023).
 *
 * <p>The thread's question in one picture. A folio of 16 pages (64 KiB), and what may have happened to it when mlock
 * walks by:
 *
 * <pre>
 *   VMA (VM_LOCKED)   |----------------------------|
 *   (i)                  FFFFFFFFFFFFFFFF              inside and fully mapped
 *   (ii)                 FFFFF.FFFFFFFFFF              inside, a hole: was discarded, or copied on write
 *   (iii)                               FFFFFF|ffffffffff   crosses the edge of the VMA
 *   (iv)                 FFFFFFFF#FFFFFFFF             crosses from one page table to the next (#)
 * </pre>
 *
 * <p>RLIMIT_MEMLOCK is charged by VMA, and reclaim never unmaps from a VM_LOCKED VMA: no answer here can lose a locked
 * page. What is at stake is whether reclaim keeps scanning folios that it cannot take, and, on the other side, whether
 * a folio is called unevictable of which nobody locks a part.
 *
 * <p>Each class is one answer and opens with what it chooses; {@code MlockPlugin} lists them.
 */
@NullMarked
package org.polymm.policy.mlock;

import org.jspecify.annotations.NullMarked;
