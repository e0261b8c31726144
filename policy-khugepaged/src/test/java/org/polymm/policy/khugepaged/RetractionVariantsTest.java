package org.polymm.policy.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.testkit.fake.FakeFileMapping;
import org.polymm.testkit.fake.FakeRetractionSteps;

/** What each retraction of the thread withstands, and what it does not. */
class RetractionVariantsTest {

    private static final CollapsePolicy.Retraction MMAP_TRYLOCK = new MmapTrylockRetraction(AnonVmaRule.SKIP);
    private static final CollapsePolicy.Retraction CHECK_BEFORE_LOCK = new CheckBeforeLockRetraction(AnonVmaRule.SKIP);
    private static final CollapsePolicy.Retraction MMAP_READ = new MmapReadRetraction(AnonVmaRule.SKIP);
    private static final CollapsePolicy.Retraction RECHECK_UNDER_PTL = new RecheckUnderPtlRetraction(AnonVmaRule.SKIP);
    private static final CollapsePolicy.Retraction SCAN_EMPTY = new ScanEmptyRetraction(AnonVmaRule.SKIP);
    private static final CollapsePolicy.Retraction RECHECK_TABLE = new RecheckTableRetraction(AnonVmaRule.SKIP);
    private static final CollapsePolicy.Retraction MAINLINE = new MainlineRetraction(AnonVmaRule.SKIP);

    static Stream<Arguments> procedures() {
        return Stream.of(
                // procedure, keeps a marker, keeps a page, copes with a freed table, keeps a guard by sticky bit
                Arguments.of("mmap-trylock", MMAP_TRYLOCK, true, true, true, true),
                Arguments.of("check-before-lock", CHECK_BEFORE_LOCK, false, false, false, false),
                Arguments.of("mmap-read", MMAP_READ, true, false, true, false),
                Arguments.of("recheck-under-ptl", RECHECK_UNDER_PTL, true, true, false, false),
                Arguments.of("scan-empty", SCAN_EMPTY, true, true, true, true),
                Arguments.of("recheck-table", RECHECK_TABLE, true, true, true, false),
                Arguments.of("mainline", MAINLINE, true, true, true, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("procedures")
    void a_quiet_mapping_loses_its_table(String name, CollapsePolicy.Retraction policy) {
        FakeFileMapping mapping = new FakeFileMapping();
        FakeRetractionSteps steps = new FakeRetractionSteps(mapping).run(policy);
        assertTrue(mapping.wasCleared() && mapping.wasFreed(), name);
        assertEquals(List.of(), steps.hazards(), name);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("procedures")
    void races_between_the_check_and_the_locks(
            String name,
            CollapsePolicy.Retraction policy,
            boolean keepsMarker,
            boolean keepsPage,
            boolean copesWithFreedTable,
            boolean keepsGuard) {
        assertEquals(keepsMarker, isSound(policy, mapping -> {
            mapping.registerUffdWriteProtect();
            mapping.placeMarker();
        }));
        assertEquals(keepsPage, isSound(policy, mapping -> {
            mapping.prepareAnonVma();
            mapping.placeAnonPage();
        }));
        assertEquals(copesWithFreedTable, isSound(policy, FakeFileMapping::freeEmptyTable));
        assertEquals(keepsGuard, isSound(policy, mapping -> {
            mapping.announceGuardRegion();
            mapping.placeGuardMarker();
        }));
    }

    private static boolean isSound(CollapsePolicy.Retraction policy, Consumer<FakeFileMapping> otherTask) {
        FakeFileMapping mapping = new FakeFileMapping().guardBit(true);
        return new FakeRetractionSteps(mapping)
                .before("lockPmd", () -> otherTask.accept(mapping))
                .run(policy)
                .hazards()
                .isEmpty();
    }

    @Test
    void without_a_notifier_an_iommu_keeps_a_table_that_is_gone() {
        FakeRetractionSteps steps =
                new FakeRetractionSteps(new FakeFileMapping().notifierUser(true)).run(CHECK_BEFORE_LOCK);
        assertEquals(List.of("mapping 0: cleared a table that an MMU notifier still knows"), steps.hazards());
        assertEquals(
                List.of(),
                new FakeRetractionSteps(new FakeFileMapping().notifierUser(true))
                        .run(RECHECK_UNDER_PTL)
                        .hazards());
    }

    @Test
    void mmap_trylock_defers_where_the_mmap_lock_is_busy_and_succeeds_when_khugepaged_comes_back() {
        FakeFileMapping busy = new FakeFileMapping().mmapLockBusy(true);
        FakeFileMapping quiet = new FakeFileMapping();
        FakeRetractionSteps steps = new FakeRetractionSteps(quiet, busy).run(MMAP_TRYLOCK);
        assertTrue(quiet.wasFreed());
        assertTrue(busy.wasDeferred());
        assertFalse(busy.wasCleared());
        steps.runRetry(MMAP_TRYLOCK);
        assertTrue(busy.wasFreed());
        assertFalse(busy.wasDeferred());
    }

    @Test
    void the_others_do_not_mind_a_busy_mmap_lock() {
        for (CollapsePolicy.Retraction policy :
                List.of(CHECK_BEFORE_LOCK, MMAP_READ, RECHECK_UNDER_PTL, SCAN_EMPTY, RECHECK_TABLE, MAINLINE)) {
            FakeFileMapping busy = new FakeFileMapping().mmapLockBusy(true);
            new FakeRetractionSteps(busy).run(policy);
            assertTrue(busy.wasFreed());
        }
    }

    @Test
    void mmap_trylock_maps_the_target_of_madvise_itself_and_leaves_the_others_alone() {
        FakeFileMapping target = new FakeFileMapping().target(true);
        FakeFileMapping other = new FakeFileMapping();
        FakeRetractionSteps steps =
                new FakeRetractionSteps(other, target).khugepaged(false).run(MMAP_TRYLOCK);
        assertTrue(target.wasMappedHuge());
        assertFalse(other.wasCleared());
        assertSame(ScanResult.SUCCEED, steps.targetResult());
        FakeRetractionSteps written =
                new FakeRetractionSteps(new FakeFileMapping().target(true).anonVma(true));
        assertSame(
                ScanResult.PAGE_ANON,
                written.khugepaged(false).run(MMAP_TRYLOCK).targetResult());
        assertNull(new FakeRetractionSteps(new FakeFileMapping().target(true))
                .khugepaged(false)
                .run(RECHECK_TABLE)
                .targetResult());
    }

    static Stream<Arguments> rules() {
        return Stream.of(AnonVmaRule.values())
                .flatMap(rule -> Stream.of(
                                new MmapTrylockRetraction(rule),
                                new CheckBeforeLockRetraction(rule),
                                new MmapReadRetraction(rule),
                                new RecheckUnderPtlRetraction(rule),
                                new ScanEmptyRetraction(rule),
                                new RecheckTableRetraction(rule),
                                new MainlineRetraction(rule))
                        .map(policy -> Arguments.of(rule, policy)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rules")
    void a_mapping_that_once_had_pages_of_its_own_loses_its_empty_table_by_option_only(
            AnonVmaRule rule, CollapsePolicy.Retraction policy) {
        FakeFileMapping patched = new FakeFileMapping().anonVma(true);
        assertEquals(List.of(), new FakeRetractionSteps(patched).run(policy).hazards());
        assertEquals(rule == AnonVmaRule.IF_EMPTY, patched.wasFreed());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rules")
    void a_page_of_its_own_keeps_the_table_by_either_option(AnonVmaRule rule, CollapsePolicy.Retraction policy) {
        FakeFileMapping written = new FakeFileMapping().anonVma(true).table(1, 0);
        assertEquals(List.of(), new FakeRetractionSteps(written).run(policy).hazards());
        assertFalse(written.wasCleared());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rules")
    void where_an_anon_vma_is_not_skipped_no_page_is_lost_between_the_check_and_the_locks(
            AnonVmaRule rule, CollapsePolicy.Retraction policy) {
        if (rule == AnonVmaRule.IF_EMPTY) {
            assertTrue(isSound(policy, mapping -> {
                mapping.prepareAnonVma();
                mapping.placeAnonPage();
            }));
        }
    }
}
