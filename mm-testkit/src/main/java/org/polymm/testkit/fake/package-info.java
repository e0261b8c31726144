/**
 * Hand-written fakes of everything the engine shows a policy, for unit tests without an engine.
 *
 * <p>A fake starts as the plainest thing of its kind and is changed by setters that return it; a setter is named like
 * the fact it sets. What the real engine computes from other facts, a fake computes too: {@code FakeAnonFault} knows
 * which orders fit its VMA, {@code FakeLargeFolio} keeps exact books beside the scheme's, {@code FakeRetractionSteps}
 * checks the lock protocol and lets a racer in between any two steps.
 *
 * <pre>
 *   FakeVma vma = FakeVma.anonymous(0x1000, 0x1040).locked(true);
 *   FakeFolio folio = FakeFolio.ofOrder(4);
 *   policy.onWalk(FakeMlockWalk.of(vma, folio).page(0x1000).batchPages(16));
 * </pre>
 *
 * <p>Fakes are mutable and belong to one test and one thread.
 */
@NullMarked
package org.polymm.testkit.fake;

import org.jspecify.annotations.NullMarked;
