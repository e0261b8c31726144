package org.polymm.policy.mlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.polymm.api.split.FolioSplitPolicy.Mlock;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.view.MappingLevel;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeLockedWalk;
import org.polymm.testkit.fake.FakeMlockWalk;
import org.polymm.testkit.fake.FakeRmapChange;
import org.polymm.testkit.fake.FakeVma;

/** Short histories of one folio of 16 pages, as the thread argues them. */
class MlockSequenceTest {

    private static final FakeFolio FOLIO = FakeFolio.ofOrder(4);

    @Test
    void munlock_after_a_vma_split_releases_the_folio_except_where_it_is_symmetric() {
        assertFalse(isMlockedAfterSplitAndMunlock(new Mainline618Mlock()));
        assertFalse(isMlockedAfterSplitAndMunlock(new Mainline67Mlock()));
        assertFalse(isMlockedAfterSplitAndMunlock(new InVmaMlock()));
        assertFalse(isMlockedAfterSplitAndMunlock(new AddOnRmapMlock()));
        assertFalse(isMlockedAfterSplitAndMunlock(new FullyMappedUnsharedMlock()));
        assertTrue(isMlockedAfterSplitAndMunlock(new InVmaSymmetricMlock()));
    }

    /** mlock of all 16 pages, mprotect of the first 8, munlock of all 16: two VMAs, two walks. */
    private static boolean isMlockedAfterSplitAndMunlock(Mlock policy) {
        FakeVma whole = FakeVma.anonymous(0x100, 0x110).locked(true);
        FakeVma first = FakeVma.anonymous(0x100, 0x108);
        FakeVma second = FakeVma.anonymous(0x108, 0x110);
        boolean mlocked = policy.onWalk(FakeMlockWalk.of(whole, FOLIO)) != MlockDecision.LEAVE;
        assertTrue(mlocked, "mlock of a whole folio");
        MlockDecision left =
                policy.onWalk(FakeMlockWalk.of(first, FOLIO).locking(false).batchPages(8));
        MlockDecision right = policy.onWalk(FakeMlockWalk.of(second, FOLIO)
                .locking(false)
                .firstPageInFolio(8)
                .batchPages(8));
        return left == MlockDecision.LEAVE && right == MlockDecision.LEAVE;
    }

    @Test
    void mapped_in_two_batches_and_unmapped_in_one_leaves_a_count_behind_where_each_batch_counts() {
        assertEquals(1, countAfterTwoBatchesInAndOneOut(new AddOnRmapMlock()));
        assertEquals(-1, countAfterTwoBatchesInAndOneOut(new Mainline67Mlock()));
        assertEquals(-1, countAfterTwoBatchesInAndOneOut(new Mainline618Mlock()));
        assertEquals(0, countAfterTwoBatchesInAndOneOut(new SkipLargeMlock()));
    }

    /** Below 0 is harmless: munlock of what is not mlocked does nothing. */
    private static int countAfterTwoBatchesInAndOneOut(Mlock policy) {
        FakeVma vma = FakeVma.anonymous(0x100, 0x120).locked(true);
        int count = 0;
        for (int batch = 0; batch < 2; batch++) {
            count += policy.onRmapAdd(FakeRmapChange.of(vma, FOLIO).batchPages(8)) == MlockDecision.ACT ? 1 : 0;
        }
        count -= policy.onRmapRemove(FakeRmapChange.of(vma, FOLIO)) == MlockDecision.ACT ? 1 : 0;
        return count;
    }

    @Test
    void accessed_bits_seen_through_a_locked_vma_count_under_the_oldest_policy_only() {
        FakeVma vma = FakeVma.anonymous(0x100, 0x120).locked(true);
        assertTrue(new SkipLargeMlock().countsReference(FakeLockedWalk.of(vma, FOLIO)));
        assertFalse(new SkipLargeMlock()
                .countsReference(FakeLockedWalk.of(vma, FOLIO).level(MappingLevel.PMD)));
        assertFalse(new Mainline67Mlock().countsReference(FakeLockedWalk.of(vma, FOLIO)));
        assertFalse(new Mainline618Mlock().countsReference(FakeLockedWalk.of(vma, FOLIO)));
        assertFalse(new InVmaMlock().countsReference(FakeLockedWalk.of(vma, FOLIO)));
    }
}
