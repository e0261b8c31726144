package org.polymm.policy.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.api.collapse.RetractionSteps.PmdState;
import org.polymm.testkit.fake.FakeFileMapping;
import org.polymm.testkit.fake.FakeRetractionSteps;

class MainlineRetractionTest {

    private final MainlineRetraction policy = new MainlineRetraction(AnonVmaRule.SKIP);

    @Test
    void the_order_of_the_steps_is_mainlines() {
        FakeRetractionSteps steps = new FakeRetractionSteps(new FakeFileMapping()).run(policy);
        assertEquals(
                List.of(
                        "lockMapping(READ)",
                        "nextMapping: 0",
                        "0:readHasAnonVma",
                        "0:readPmd",
                        "0:readMmExiting",
                        "0:readUffdWriteProtect",
                        "0:startNotifier",
                        "0:lockPmd",
                        "0:readPmd",
                        "0:lockTable",
                        "0:readHasAnonVma",
                        "0:readUffdWriteProtect",
                        "0:readGuardRegions",
                        "0:clearPmd",
                        "0:unlockTable",
                        "0:unlockPmd",
                        "0:endNotifier",
                        "0:freeTableDeferred",
                        "nextMapping: none",
                        "unlockMapping"),
                steps.trace());
    }

    @Test
    void every_suitable_mapping_loses_its_table_and_no_other() {
        FakeFileMapping plain = new FakeFileMapping();
        FakeFileMapping written = new FakeFileMapping().anonVma(true);
        FakeFileMapping unaligned = new FakeFileMapping().fitsPmd(false);
        FakeFileMapping protectedOne =
                new FakeFileMapping().uffdWriteProtect(true).table(0, 3);
        FakeFileMapping dying = new FakeFileMapping().exiting(true);
        FakeFileMapping huge = new FakeFileMapping().pmd(PmdState.HUGE);
        FakeFileMapping last = new FakeFileMapping();
        FakeRetractionSteps steps =
                new FakeRetractionSteps(plain, written, unaligned, protectedOne, dying, huge, last).run(policy);
        assertTrue(plain.wasCleared() && plain.wasFreed());
        assertTrue(last.wasCleared() && last.wasFreed());
        for (FakeFileMapping kept : List.of(written, unaligned, protectedOne, dying, huge)) {
            assertFalse(kept.wasCleared());
        }
        assertEquals(3, protectedOne.markers());
        assertEquals(List.of(), steps.hazards());
    }

    @Test
    void a_marker_placed_between_check_and_locks_is_kept() {
        FakeFileMapping mapping = new FakeFileMapping();
        FakeRetractionSteps steps = new FakeRetractionSteps(mapping)
                .before("lockPmd", () -> {
                    assertTrue(mapping.registerUffdWriteProtect());
                    assertTrue(mapping.placeMarker());
                })
                .run(policy);
        assertEquals(List.of(), steps.hazards());
        assertEquals(1, mapping.markers());
        assertFalse(mapping.wasCleared());
    }

    @Test
    void a_page_copied_into_a_private_mapping_between_check_and_locks_is_kept() {
        FakeFileMapping mapping = new FakeFileMapping();
        FakeRetractionSteps steps = new FakeRetractionSteps(mapping)
                .before("lockTable", () -> {
                    assertTrue(mapping.prepareAnonVma());
                    assertTrue(mapping.placeAnonPage());
                })
                .run(policy);
        assertEquals(List.of(), steps.hazards());
        assertEquals(1, mapping.pages());
    }

    @Test
    void a_guard_marker_is_kept_whether_it_shows_as_an_anon_vma_or_by_a_mark_of_the_vma() {
        for (FakeFileMapping mapping : List.of(new FakeFileMapping(), new FakeFileMapping().guardBit(true))) {
            FakeRetractionSteps steps = new FakeRetractionSteps(mapping)
                    .before("lockPmd", () -> {
                        assertTrue(mapping.announceGuardRegion());
                        assertTrue(mapping.placeGuardMarker());
                    })
                    .run(policy);
            assertEquals(List.of(), steps.hazards());
        }
    }

    @Test
    void a_table_that_was_freed_and_replaced_by_another_empty_one_is_removed() {
        FakeFileMapping mapping = new FakeFileMapping();
        FakeRetractionSteps steps = new FakeRetractionSteps(mapping)
                .before("lockPmd", () -> {
                    assertTrue(mapping.freeEmptyTable());
                    assertTrue(mapping.allocateTable());
                })
                .run(policy);
        assertEquals(List.of(), steps.hazards());
        assertTrue(mapping.wasFreed());
    }

    @Test
    void a_table_that_was_freed_meanwhile_is_left_alone() {
        FakeFileMapping mapping = new FakeFileMapping();
        FakeRetractionSteps steps = new FakeRetractionSteps(mapping)
                .before("lockPmd", () -> assertTrue(mapping.freeEmptyTable()))
                .run(policy);
        assertEquals(List.of(), steps.hazards());
        assertFalse(mapping.wasCleared());
        assertFalse(steps.trace().contains("0:lockTable"));
    }

    @Test
    void a_clear_that_the_engine_refuses_frees_nothing() {
        FakeFileMapping mapping = new FakeFileMapping().table(1, 0);
        new FakeRetractionSteps(mapping).enforcing(true).run(policy);
        assertFalse(mapping.wasFreed());
        assertEquals(1, mapping.pages());
    }

    @Test
    void a_long_held_mmap_lock_is_no_hindrance() {
        FakeFileMapping mapping = new FakeFileMapping().mmapLockBusy(true);
        new FakeRetractionSteps(mapping).run(policy);
        assertTrue(mapping.wasFreed());
        assertFalse(mapping.wasDeferred());
    }
}
