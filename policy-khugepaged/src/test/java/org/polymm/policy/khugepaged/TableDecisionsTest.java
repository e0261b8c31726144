package org.polymm.policy.khugepaged;

import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.collapse.WhenFullDecision;
import org.polymm.testkit.fake.FakeFullRange;
import org.polymm.testkit.fake.FakeTableMove;
import org.polymm.testkit.fake.FakeVma;

class TableDecisionsTest {

    @Test
    void mremap_looks_again_under_the_locks_for_every_kind_of_mapping() {
        RecheckTableMove policy = new RecheckTableMove();
        assertSame(TableMoveDecision.RECHECK_UNDER_LOCKS, policy.onTableMove(new FakeTableMove()));
        assertSame(
                TableMoveDecision.RECHECK_UNDER_LOCKS,
                policy.onTableMove(new FakeTableMove().fileMapping(true).rmapLocks(true)));
    }

    @Test
    void mremap_to_6_11_trusts_what_it_saw_before_the_locks() {
        assertSame(TableMoveDecision.UNCHECKED, new UncheckedTableMove().onTableMove(new FakeTableMove()));
    }

    @Test
    void a_full_range_is_left_to_user_space() {
        FakeVma vma = FakeVma.file(0x200, 0x400).shared(true);
        assertSame(WhenFullDecision.LEAVE, new LeaveWhenFull().onFull(FakeFullRange.of(vma)));
        assertSame(
                WhenFullDecision.LEAVE,
                new LeaveWhenFull().onFull(FakeFullRange.of(vma).wholePage(false)));
    }
}
