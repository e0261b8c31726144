package org.polymm.testkit.sketch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.HugetlbTransition;
import org.polymm.api.mapcount.HugetlbTransition.EntryKind;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.plugin.Slot;
import org.polymm.testkit.Contract;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.Planted;
import org.polymm.testkit.fake.FakeHugetlbPage;

/** The four ways to count high-granularity mappings, each written against the SPI. */
class HugetlbSketchesTest {

    private static int leaves(HugetlbTransition change) {
        return (change.to() == EntryKind.LEAF ? 1 : 0) - (change.from() == EntryKind.LEAF ? 1 : 0);
    }

    /** James, RFC 1: one mapping, and one reference, while the top entry is anything but none. */
    private record TopEntry() implements MapcountScheme.Hugetlb {

        @Override
        public CounterLayout counters() {
            return CounterLayout.of(1, 0);
        }

        @Override
        public int referenceDelta(HugetlbTransition change) {
            if (!change.isTopLevel()) {
                return 0;
            }
            return (change.to() == EntryKind.NONE ? 0 : 1) - (change.from() == EntryKind.NONE ? 0 : 1);
        }

        @Override
        public void onTransition(HugetlbTransition change) {
            change.set(0, change.get(0) + referenceDelta(change));
        }

        @Override
        public int mapcount(FolioCounters page) {
            return (int) page.get(0);
        }

        @Override
        public boolean maybeMappedShared(FolioCounters page) {
            return page.get(0) > 1;
        }

        @Override
        public int reportedMapcount(FolioCounters page, int basePage) {
            return mapcount(page);
        }

        @Override
        public boolean needsPerPageDescriptors() {
            return false;
        }
    }

    /** James, RFC 2 and version 1: one mapping, and one reference, for each leaf of whatever size. */
    private record TableReferences() implements MapcountScheme.Hugetlb {

        @Override
        public CounterLayout counters() {
            return CounterLayout.of(1, 0);
        }

        @Override
        public void onTransition(HugetlbTransition change) {
            change.set(0, change.get(0) + leaves(change));
        }

        @Override
        public int mapcount(FolioCounters page) {
            return (int) page.get(0);
        }

        @Override
        public boolean maybeMappedShared(FolioCounters page) {
            return page.get(0) > 1;
        }

        @Override
        public int reportedMapcount(FolioCounters page, int basePage) {
            return mapcount(page);
        }

        @Override
        public boolean needsPerPageDescriptors() {
            return false;
        }
    }

    /** James, version 2: as THP does it, a count for whole mappings and one for each base page. */
    private record ThpLike() implements MapcountScheme.Hugetlb {

        private static final int COMPOUND = 0;
        private static final int SMALL_LEAVES = 1;

        @Override
        public CounterLayout counters() {
            return CounterLayout.of(2, 1);
        }

        @Override
        public void onTransition(HugetlbTransition change) {
            int delta = leaves(change);
            if (change.isTopLevel()) {
                change.set(COMPOUND, change.get(COMPOUND) + delta);
            } else if (delta != 0) {
                change.set(SMALL_LEAVES, change.get(SMALL_LEAVES) + delta);
                change.addToPages(delta);
            }
        }

        @Override
        public int mapcount(FolioCounters page) {
            return (int) (page.get(COMPOUND) + page.get(SMALL_LEAVES));
        }

        @Override
        public boolean maybeMappedShared(FolioCounters page) {
            return mapcount(page) > 1;
        }

        @Override
        public int reportedMapcount(FolioCounters page, int basePage) {
            return (int) page.get(COMPOUND) + page.getPage(basePage);
        }

        @Override
        public boolean needsPerPageDescriptors() {
            return true;
        }
    }

    /** What David and Mike preferred: one mapping, and one reference, for each subtree that maps anything. */
    private record SingleLogical() implements MapcountScheme.Hugetlb {

        @Override
        public CounterLayout counters() {
            return new CounterLayout(1, 0, 1);
        }

        @Override
        public int referenceDelta(HugetlbTransition change) {
            long before = change.getSubtree(0);
            long after = before + leaves(change);
            return (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
        }

        @Override
        public void onTransition(HugetlbTransition change) {
            change.set(0, change.get(0) + referenceDelta(change));
            change.setSubtree(0, change.getSubtree(0) + leaves(change));
        }

        @Override
        public int mapcount(FolioCounters page) {
            return (int) page.get(0);
        }

        @Override
        public boolean maybeMappedShared(FolioCounters page) {
            return page.get(0) > 1;
        }

        @Override
        public int reportedMapcount(FolioCounters page, int basePage) {
            return mapcount(page);
        }

        @Override
        public boolean needsPerPageDescriptors() {
            return false;
        }
    }

    private static final int GIB = 512 * 512;

    static Stream<Arguments> schemes() {
        return Stream.of(
                // scheme; mapcounts (and references, where they differ) after the events of the thread:
                // one 4K of 1G; all of it by 4K; then collapsed; one 4K mapped and unmapped, tables left
                Arguments.of(new TopEntry(), 1, 1, 1, 1),
                Arguments.of(new TableReferences(), 1, GIB, 1, 0),
                Arguments.of(new ThpLike(), 1, GIB, 1, 0),
                Arguments.of(new SingleLogical(), 1, 1, 1, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemes")
    void the_counts_of_a_page_of_1_gib(
            MapcountScheme.Hugetlb scheme, int oneEntry, int allEntries, int collapsed, int emptyTables) {
        FakeHugetlbPage page = FakeHugetlbPage.of1GiB(scheme);
        page.continueRange(1, 0, 1);
        assertEquals(oneEntry, scheme.mapcount(page));
        assertEquals(oneEntry, page.references());
        for (int basePage = 1; basePage < GIB; basePage++) {
            page.continueRange(1, basePage, 1);
        }
        assertEquals(allEntries, scheme.mapcount(page));
        assertEquals(allEntries, page.references());
        page.collapse(1);
        assertEquals(collapsed, scheme.mapcount(page));
        assertEquals(collapsed, page.references());
        page.unmapAll(1);
        assertEquals(0, scheme.mapcount(page));

        page.continueRange(1, 77, 1);
        page.unmapLeaves(1, 77, 1);
        assertEquals(emptyTables, scheme.mapcount(page));
        page.unmapAll(1);
        assertEquals(0, page.references());
    }

    @Test
    void thp_like_counts_know_each_base_page() {
        ThpLike scheme = new ThpLike();
        FakeHugetlbPage page = FakeHugetlbPage.of1GiB(scheme);
        page.continueRange(1, 512, 514);
        assertEquals(1, scheme.reportedMapcount(page, 512));
        assertEquals(1, scheme.reportedMapcount(page, 1025));
        assertEquals(0, scheme.reportedMapcount(page, 0));
        page.mapWhole(2);
        assertEquals(2, scheme.reportedMapcount(page, 512));
        assertTrue(scheme.needsPerPageDescriptors(), "so it excludes the vmemmap optimisation");
    }

    @Test
    void a_reference_for_each_leaf_overflows_after_8192_mappings_of_all_4k_entries() {
        FakeHugetlbPage page = FakeHugetlbPage.of2MiB(new TableReferences());
        for (int basePage = 0; basePage < 512; basePage++) {
            page.continueRange(1, basePage, 1);
        }
        long ofOneMapping = page.references() * 512;
        assertEquals(1L << 18, ofOneMapping);
        assertEquals((long) Integer.MAX_VALUE + 1, ofOneMapping * 8192);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemes")
    void every_scheme_keeps_all_contracts(MapcountScheme.Hugetlb scheme) {
        for (Contract contract : Contracts.of(Slot.MAPCOUNT_HUGETLB)) {
            assertEquals(
                    Optional.empty(),
                    contract.breach(Planted.policy(Slot.MAPCOUNT_HUGETLB, () -> scheme), 3),
                    contract.id());
        }
    }
}
