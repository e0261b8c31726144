package org.polymm.policy.mremap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.testkit.fake.FakeRelocationRequest;
import org.polymm.testkit.fake.FakeVma;

class KeepIndexTest {

    private final KeepIndex policy = new KeepIndex();

    @Test
    void the_index_is_kept_even_where_relocating_would_merge_on_both_sides() {
        FakeVma vma = FakeVma.anonymous(0x100, 0x200).withAnonVma(true);
        assertSame(
                RelocationPlan.KEEP_INDEX,
                policy.onMove(FakeRelocationRequest.of(vma, 0x900)
                        .mergingWithPrevious(true)
                        .mergingWithNext(true)));
    }

    @Test
    void the_flags_of_the_relocation_series_are_unknown() {
        assertEquals(0, policy.acceptedFlags());
    }
}
