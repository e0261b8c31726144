package org.polymm.testkit.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/** Another task can do what the locks held by the procedure allow, and nothing else. */
class FakeFileMappingTest {

    /** What the procedure may hold. */
    enum Held {
        NOTHING,
        PTL,
        PMD,
        MMAP_READ,
        MMAP_WRITE,
        MMAP_AND_VMA_WRITE
    }

    private static Arguments row(String name, Predicate<FakeFileMapping> action, Held... excludedBy) {
        return Arguments.of(name, action, List.of(excludedBy));
    }

    static Stream<Arguments> actions() {
        return Stream.of(
                row(
                        "register uffd-wp",
                        FakeFileMapping::registerUffdWriteProtect,
                        Held.MMAP_READ,
                        Held.MMAP_WRITE,
                        Held.MMAP_AND_VMA_WRITE),
                row(
                        "place a marker",
                        mapping -> mapping.uffdWriteProtect(true).placeMarker(),
                        Held.PTL,
                        Held.MMAP_WRITE,
                        Held.MMAP_AND_VMA_WRITE),
                row("prepare an anon_vma", FakeFileMapping::prepareAnonVma, Held.MMAP_AND_VMA_WRITE),
                row(
                        "place a page",
                        mapping -> mapping.anonVma(true).placeAnonPage(),
                        Held.PTL,
                        Held.MMAP_WRITE,
                        Held.MMAP_AND_VMA_WRITE),
                row(
                        "free the empty table",
                        FakeFileMapping::freeEmptyTable,
                        Held.PTL,
                        Held.PMD,
                        Held.MMAP_AND_VMA_WRITE),
                row(
                        "allocate a table",
                        mapping -> mapping.pmd(PmdState.NONE).allocateTable(),
                        Held.PMD,
                        Held.MMAP_AND_VMA_WRITE),
                row("announce a guard region", FakeFileMapping::announceGuardRegion, Held.MMAP_AND_VMA_WRITE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("actions")
    void an_action_is_excluded_by_its_locks(String name, Predicate<FakeFileMapping> action, List<Held> excludedBy) {
        for (Held held : Held.values()) {
            FakeFileMapping mapping = new FakeFileMapping();
            hold(mapping, held);
            assertEquals(!excludedBy.contains(held), action.test(mapping), name + " while holding " + held);
        }
    }

    private static void hold(FakeFileMapping mapping, Held held) {
        switch (held) {
            case NOTHING -> {}
            case PTL -> mapping.tableLocked = true;
            case PMD -> mapping.pmdLocked = true;
            case MMAP_READ -> mapping.mmapLock = LockMode.READ;
            case MMAP_WRITE -> mapping.mmapLock = LockMode.WRITE;
            case MMAP_AND_VMA_WRITE -> {
                mapping.mmapLock = LockMode.WRITE;
                mapping.vmaWriteLocked = true;
            }
        }
    }

    @Test
    void markers_need_registration_and_pages_an_anon_vma() {
        assertFalse(new FakeFileMapping().placeMarker());
        assertFalse(new FakeFileMapping().placeAnonPage());
        assertFalse(new FakeFileMapping().placeGuardMarker());
    }

    @Test
    void a_guard_region_shows_as_an_anon_vma_or_as_a_bit() {
        FakeFileMapping byAnonVma = new FakeFileMapping();
        assertTrue(byAnonVma.announceGuardRegion() && byAnonVma.placeGuardMarker());
        assertTrue(byAnonVma.hasAnonVma());
        assertFalse(byAnonVma.hadGuardRegions());
        FakeFileMapping byBit = new FakeFileMapping().guardBit(true);
        assertTrue(byBit.announceGuardRegion() && byBit.placeGuardMarker());
        assertFalse(byBit.hasAnonVma());
        assertTrue(byBit.hadGuardRegions());
        assertEquals(1, byBit.markers());
    }

    @Test
    void a_table_with_entries_is_not_freed_as_empty() {
        assertFalse(new FakeFileMapping().table(0, 1).freeEmptyTable());
        assertFalse(new FakeFileMapping().table(1, 0).freeEmptyTable());
    }

    @Test
    void a_busy_mmap_lock_can_be_had_for_reading_only() {
        assertFalse(new FakeFileMapping().mmapLockBusy(true).tryLock(LockMode.WRITE));
        assertTrue(new FakeFileMapping().mmapLockBusy(true).tryLock(LockMode.READ));
    }
}
