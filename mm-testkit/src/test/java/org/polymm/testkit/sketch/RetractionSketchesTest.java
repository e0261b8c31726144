package org.polymm.testkit.sketch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;
import org.polymm.api.plugin.Slot;
import org.polymm.testkit.Contract;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.Planted;
import org.polymm.testkit.fake.FakeFileMapping;
import org.polymm.testkit.fake.FakeRetractionSteps;

/**
 * The retraction procedures of the thread, each written against the SPI, with what it withstands and what it does not.
 */
class RetractionSketchesTest {

    /** To 6.5: everything under the mmap_lock and the VMA held for writing; what cannot be had is tried again later. */
    static final class Legacy implements CollapsePolicy.Retraction {

        @Override
        public void retract(RetractionSteps steps) {
            steps.lockMapping(LockMode.WRITE);
            while (steps.nextMapping()) {
                ScanResult result = visit(steps);
                if (steps.isTarget()) {
                    steps.reportTarget(result);
                }
            }
            steps.unlockMapping();
        }

        private static ScanResult visit(RetractionSteps steps) {
            if (steps.readHasAnonVma()) {
                return ScanResult.PAGE_ANON;
            }
            if (!steps.fitsPmd() || (!steps.isKhugepaged() && !steps.isTarget())) {
                return ScanResult.FAIL;
            }
            PmdState pmd = steps.readPmd();
            if (pmd != PmdState.TABLE) {
                return pmd == PmdState.HUGE ? ScanResult.PMD_MAPPED : ScanResult.NO_PTE_TABLE;
            }
            if (!steps.tryLockMmap(LockMode.WRITE)) {
                if (steps.isKhugepaged()) {
                    steps.deferRetry();
                }
                return ScanResult.FAIL;
            }
            ScanResult result = replace(steps);
            steps.unlockMmap();
            return result;
        }

        /** With the mmap_lock held for writing. */
        private static ScanResult replace(RetractionSteps steps) {
            steps.startVmaWrite();
            if (steps.readHasAnonVma()) {
                return ScanResult.PAGE_ANON;
            }
            if (steps.readMmExiting()) {
                return ScanResult.ANY_PROCESS;
            }
            if (steps.readUffdWriteProtect()) {
                return ScanResult.PTE_UFFD_WP;
            }
            steps.startNotifier();
            steps.lockPmd();
            boolean cleared = steps.readPmd() == PmdState.TABLE && steps.clearPmd();
            if (cleared && steps.isTarget()) {
                steps.installHugePmd();
            }
            steps.unlockPmd();
            steps.endNotifier();
            if (cleared) {
                steps.freeTableNow();
            }
            return cleared ? ScanResult.SUCCEED : ScanResult.FAIL;
        }

        @Override
        public void retryDeferred(RetractionSteps steps) {
            while (steps.nextMapping()) {
                replace(steps);
            }
        }
    }

    /** What a procedure does between its first checks and the end, after which version. */
    private enum Recheck {
        NOTHING,
        VMA,
        VMA_AND_PMD,
        VMA_PMD_AND_GUARD,
        EMPTY_TABLE
    }

    /** Hugh's line: i_mmap for reading, no mmap_lock, and a growing list of things to look at again. */
    private record Lockless(Recheck recheck, boolean notifies) implements CollapsePolicy.Retraction {

        @Override
        public void retract(RetractionSteps steps) {
            steps.lockMapping(LockMode.READ);
            while (steps.nextMapping()) {
                boolean suitable = !steps.readHasAnonVma()
                        && steps.fitsPmd()
                        && steps.readPmd() == PmdState.TABLE
                        && !steps.readMmExiting()
                        && !steps.readUffdWriteProtect();
                if (suitable) {
                    clear(steps);
                }
            }
            steps.unlockMapping();
        }

        private void clear(RetractionSteps steps) {
            if (notifies) {
                steps.startNotifier();
            }
            boolean cleared = false;
            steps.lockPmd();
            boolean looksAtPmd = recheck.compareTo(Recheck.VMA_AND_PMD) >= 0;
            if (!looksAtPmd || steps.readPmd() == PmdState.TABLE) {
                steps.lockTable();
                cleared = mayClear(steps) && steps.clearPmd();
                steps.unlockTable();
            }
            steps.unlockPmd();
            if (notifies) {
                steps.endNotifier();
            }
            if (cleared) {
                steps.freeTableDeferred();
            }
        }

        private boolean mayClear(RetractionSteps steps) {
            boolean vma = !steps.readHasAnonVma() && !steps.readUffdWriteProtect();
            return switch (recheck) {
                case NOTHING -> true;
                case VMA, VMA_AND_PMD -> vma;
                case VMA_PMD_AND_GUARD -> vma && !steps.readGuardRegions();
                case EMPTY_TABLE -> steps.isTableEmpty();
            };
        }
    }

    /** Peter's question: would the mmap_lock for reading, around the check and the clear, help? */
    static final class MmapReadTrylock implements CollapsePolicy.Retraction {

        @Override
        public void retract(RetractionSteps steps) {
            steps.lockMapping(LockMode.READ);
            while (steps.nextMapping()) {
                if (steps.readHasAnonVma() || !steps.fitsPmd() || steps.readPmd() != PmdState.TABLE) {
                    continue;
                }
                if (steps.tryLockMmap(LockMode.READ)) {
                    if (!steps.readMmExiting() && !steps.readUffdWriteProtect()) {
                        clear(steps);
                    }
                    steps.unlockMmap();
                }
            }
            steps.unlockMapping();
        }

        private static void clear(RetractionSteps steps) {
            steps.startNotifier();
            boolean cleared = false;
            steps.lockPmd();
            if (steps.readPmd() == PmdState.TABLE) {
                steps.lockTable();
                cleared = steps.clearPmd();
                steps.unlockTable();
            }
            steps.unlockPmd();
            steps.endNotifier();
            if (cleared) {
                steps.freeTableDeferred();
            }
        }
    }

    private static final CollapsePolicy.Retraction LEGACY = new Legacy();
    private static final CollapsePolicy.Retraction HUGH_V1 = new Lockless(Recheck.NOTHING, false);
    private static final CollapsePolicy.Retraction PETER = new MmapReadTrylock();
    private static final CollapsePolicy.Retraction HUGH_6_6 = new Lockless(Recheck.VMA, true);
    private static final CollapsePolicy.Retraction JANN = new Lockless(Recheck.EMPTY_TABLE, true);
    private static final CollapsePolicy.Retraction QI_6_14 = new Lockless(Recheck.VMA_AND_PMD, true);
    private static final CollapsePolicy.Retraction MAINLINE_7_0 = new Lockless(Recheck.VMA_PMD_AND_GUARD, true);

    static Stream<Arguments> procedures() {
        return Stream.of(
                // procedure, keeps a marker, keeps a page, copes with a freed table, keeps a guard by sticky bit
                Arguments.of("legacy", LEGACY, true, true, true, true),
                Arguments.of("hugh-v1", HUGH_V1, false, false, false, false),
                Arguments.of("peter", PETER, true, false, true, false),
                Arguments.of("hugh-6.6", HUGH_6_6, true, true, false, false),
                Arguments.of("jann", JANN, true, true, true, true),
                Arguments.of("qi-6.14", QI_6_14, true, true, true, false),
                Arguments.of("mainline-7.0", MAINLINE_7_0, true, true, true, true));
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

    @ParameterizedTest(name = "{0}")
    @MethodSource("procedures")
    void every_procedure_keeps_the_rules(
            String name, CollapsePolicy.Retraction policy, boolean marker, boolean page, boolean freedTable) {
        assertEquals(Optional.empty(), breach(Contracts.RETRACTION_PROTOCOL, policy), name);
        assertEquals(Optional.empty(), breach(Contracts.ANSWERS_IN_RANGE, policy), name);
        assertEquals(Optional.empty(), breach(Contracts.KEEPS_NO_VIEW, policy), name);
        // The random tasks know 6.18's guard regions, which show as an anon_vma.
        assertEquals(
                marker && page && freedTable,
                breach(Contracts.RETRACTION_LOSES_NOTHING, policy).isEmpty(),
                name);
    }

    private static Optional<String> breach(Contract contract, CollapsePolicy.Retraction policy) {
        return contract.breach(Planted.policy(Slot.COLLAPSE_RETRACTION, () -> policy), 7);
    }

    @Test
    void without_a_notifier_an_iommu_keeps_a_table_that_is_gone() {
        FakeRetractionSteps steps = new FakeRetractionSteps(new FakeFileMapping().notifierUser(true)).run(HUGH_V1);
        assertEquals(List.of("mapping 0: cleared a table that an MMU notifier still knows"), steps.hazards());
        assertEquals(
                List.of(),
                new FakeRetractionSteps(new FakeFileMapping().notifierUser(true))
                        .run(HUGH_6_6)
                        .hazards());
    }

    @Test
    void legacy_defers_where_the_mmap_lock_is_busy_and_succeeds_when_khugepaged_comes_back() {
        FakeFileMapping busy = new FakeFileMapping().mmapLockBusy(true);
        FakeFileMapping quiet = new FakeFileMapping();
        FakeRetractionSteps steps = new FakeRetractionSteps(quiet, busy).run(LEGACY);
        assertTrue(quiet.wasFreed());
        assertTrue(busy.wasDeferred());
        assertFalse(busy.wasCleared());
        steps.runRetry(LEGACY);
        assertTrue(busy.wasFreed());
        assertFalse(busy.wasDeferred());
    }

    @Test
    void the_others_do_not_mind_a_busy_mmap_lock() {
        for (CollapsePolicy.Retraction policy : List.of(HUGH_V1, PETER, HUGH_6_6, JANN, QI_6_14, MAINLINE_7_0)) {
            FakeFileMapping busy = new FakeFileMapping().mmapLockBusy(true);
            new FakeRetractionSteps(busy).run(policy);
            assertTrue(busy.wasFreed());
        }
    }

    @Test
    void legacy_maps_the_target_of_madvise_itself_and_leaves_the_others_alone() {
        FakeFileMapping target = new FakeFileMapping().target(true);
        FakeFileMapping other = new FakeFileMapping();
        FakeRetractionSteps steps =
                new FakeRetractionSteps(other, target).khugepaged(false).run(LEGACY);
        assertTrue(target.wasMappedHuge());
        assertFalse(other.wasCleared());
        assertSame(ScanResult.SUCCEED, steps.targetResult());
        FakeRetractionSteps written =
                new FakeRetractionSteps(new FakeFileMapping().target(true).anonVma(true));
        assertSame(ScanResult.PAGE_ANON, written.khugepaged(false).run(LEGACY).targetResult());
        assertNull(new FakeRetractionSteps(new FakeFileMapping().target(true))
                .khugepaged(false)
                .run(QI_6_14)
                .targetResult());
    }
}
