package org.polymm.testkit.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.HugetlbTransition;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;

/** The folio and the hugetlb page keep true books, and tell a scheme what the engine would. */
class FakeCountersTest {

    /** A scheme that counts in every place there is and writes down what it was told. */
    private static final class Recorder implements MapcountScheme.Folio {
        final List<String> told = new ArrayList<>();
        int atZero;

        @Override
        public CounterLayout counters() {
            return CounterLayout.of(2, 1);
        }

        @Override
        public void onMap(MappingRun run) {
            told.add("map " + run.mmId() + " " + run.level() + " " + run.firstPage() + "+" + run.pageCount());
            run.set(0, run.get(0) + run.pageCount());
            atZero = run.addToPages(1);
        }

        @Override
        public void onUnmap(MappingRun run) {
            told.add("unmap " + run.mmId() + " " + run.level() + " " + run.firstPage() + "+" + run.pageCount());
            run.set(0, run.get(0) - run.pageCount());
            atZero = run.addToPages(-1);
        }

        @Override
        public boolean maybeMappedShared(FolioCounters folio) {
            return folio.walkForSharers() > 1;
        }

        @Override
        public boolean isExclusiveTo(FolioCounters folio, int mmId) {
            return false;
        }

        @Override
        public boolean isPartiallyMapped(MappingRun run) {
            return run.pagesAtZero() > 0;
        }

        @Override
        public int reportedMapcount(FolioCounters folio, int page) {
            return folio.getPage(page);
        }

        @Override
        public boolean reportedExclusive(FolioCounters folio, int page) {
            return folio.getPage(page) == 1;
        }

        @Override
        public int pssDivisor(FolioCounters folio, int page) {
            return Math.max(1, folio.getPage(page));
        }
    }

    private final Recorder recorder = new Recorder();
    private final FakeLargeFolio folio = new FakeLargeFolio(3, recorder);

    @Test
    void the_books_know_who_maps_what() {
        folio.map(1, 0, 8);
        folio.map(2, 4, 2);
        assertEquals(2, folio.sharers());
        assertEquals(2, folio.mapcountOf(4));
        assertEquals(1, folio.mapcountOf(6));
        assertEquals(10, folio.entries());
        assertEquals(10, folio.refcount());
        assertEquals(13, folio.extraReferences(3).refcount());
        folio.exit(1);
        assertEquals(1, folio.sharers());
        assertEquals(6, folio.unmappedPages());
        assertEquals(2, folio.get(0));
    }

    @Test
    void a_run_says_how_many_pages_came_to_or_from_zero() {
        folio.map(1, 0, 8);
        assertEquals(8, recorder.atZero);
        folio.map(2, 4, 2);
        assertEquals(0, recorder.atZero);
        assertTrue(folio.unmap(1, 3, 2));
        assertEquals(1, recorder.atZero);
    }

    @Test
    void fork_and_exit_are_told_in_runs_around_holes() {
        folio.map(1, 0, 8);
        folio.unmap(1, 2, 1);
        folio.fork(1, 2);
        folio.exit(2);
        assertEquals(
                List.of(
                        "map 1 PTE 0+8",
                        "unmap 1 PTE 2+1",
                        "map 2 PTE 0+2",
                        "map 2 PTE 3+5",
                        "unmap 2 PTE 0+2",
                        "unmap 2 PTE 3+5"),
                recorder.told);
    }

    @Test
    void a_pmd_split_is_told_small_entries_first() {
        folio.mapEntire(1);
        folio.splitPmd(1);
        assertEquals(List.of("map 1 PMD 0+8", "map 1 PTE 0+8", "unmap 1 PMD 0+8"), recorder.told);
        assertEquals(1, folio.mapcountOf(3));
        assertEquals(8, folio.entries());
    }

    @Test
    void partially_mapped_is_asked_only_while_something_is_mapped() {
        folio.map(1, 0, 8);
        assertFalse(folio.unmap(1, 0, 8));
        assertEquals(8, folio.unmappedPages());
    }

    @Test
    void what_is_not_mapped_cannot_be_unmapped() {
        folio.map(1, 0, 4);
        assertThrows(IllegalStateException.class, () -> folio.unmap(1, 4, 1));
        assertThrows(IllegalStateException.class, () -> folio.unmapEntire(1));
    }

    @Test
    void walks_of_the_reverse_map_are_counted() {
        folio.map(1, 0, 8);
        assertEquals(0, folio.walks());
        assertFalse(recorder.maybeMappedShared(folio));
        assertEquals(1, folio.walks());
    }

    @Test
    void a_scheme_cannot_use_counters_that_it_did_not_declare() {
        assertThrows(ArrayIndexOutOfBoundsException.class, () -> folio.get(2));
    }

    // ---- hugetlb ----

    private static final class Transitions implements MapcountScheme.Hugetlb {
        final List<String> told = new ArrayList<>();

        @Override
        public CounterLayout counters() {
            return new CounterLayout(1, 0, 1);
        }

        @Override
        public void onTransition(HugetlbTransition change) {
            told.add(change.level() + (change.isTopLevel() ? "! " : " ") + change.firstPage() + "+" + change.pageCount()
                    + " " + change.from() + ">" + change.to());
            change.setSubtree(0, change.getSubtree(0) + 1);
        }

        @Override
        public int mapcount(FolioCounters page) {
            return 0;
        }

        @Override
        public boolean maybeMappedShared(FolioCounters page) {
            return true;
        }

        @Override
        public int reportedMapcount(FolioCounters page, int basePage) {
            return 0;
        }

        @Override
        public boolean needsPerPageDescriptors() {
            return false;
        }
    }

    private final Transitions transitions = new Transitions();

    @Test
    void continue_maps_a_range_by_the_largest_entries_that_fit() {
        FakeHugetlbPage page = FakeHugetlbPage.of1GiB(transitions);
        assertEquals(3, page.continueRange(1, 512, 514), "2 MiB and two of 4 KiB");
        assertEquals(
                List.of(
                        "PUD! 0+262144 NONE>TABLE",
                        "PMD 512+512 NONE>LEAF",
                        "PMD 1024+512 NONE>TABLE",
                        "PTE 1024+1 NONE>LEAF",
                        "PTE 1025+1 NONE>LEAF"),
                transitions.told);
        assertEquals(3, page.references());
        assertEquals(1, page.sharers());
    }

    @Test
    void continue_over_what_is_mapped_is_an_error() {
        FakeHugetlbPage page = FakeHugetlbPage.small(8, transitions);
        page.continueRange(1, 3, 2);
        assertThrows(IllegalStateException.class, () -> page.continueRange(1, 4, 1));
        page.continueRange(2, 4, 1);
        assertEquals(2, page.sharers());
    }

    @Test
    void a_collapse_is_told_from_the_top_and_an_unmap_from_the_bottom() {
        FakeHugetlbPage page = FakeHugetlbPage.small(8, transitions);
        page.continueRange(1, 8, 1);
        transitions.told.clear();
        page.collapse(1);
        assertEquals(List.of("PUD! 0+64 TABLE>LEAF", "PTE 8+1 LEAF>NONE", "PMD 8+8 TABLE>NONE"), transitions.told);
        transitions.told.clear();
        page.unmapAll(1);
        assertEquals(List.of("PUD! 0+64 LEAF>NONE"), transitions.told);
        assertEquals(0, page.references());
    }

    @Test
    void a_split_is_told_small_entries_first() {
        FakeHugetlbPage page = FakeHugetlbPage.small(2, transitions);
        page.mapWhole(1);
        transitions.told.clear();
        page.split(1);
        assertEquals(List.of("PMD 0+2 NONE>LEAF", "PMD 2+2 NONE>LEAF", "PUD! 0+4 LEAF>TABLE"), transitions.told);
    }

    @Test
    void leaves_unmapped_one_by_one_leave_their_tables() {
        FakeHugetlbPage page = FakeHugetlbPage.of2MiB(transitions);
        page.continueRange(1, 0, 2);
        transitions.told.clear();
        page.unmapLeaves(1, 0, 512);
        assertEquals(List.of("PTE 0+1 LEAF>NONE", "PTE 1+1 LEAF>NONE"), transitions.told);
        assertEquals(0, page.sharers());
        page.unmapAll(1);
        assertEquals("PMD! 0+512 TABLE>NONE", transitions.told.getLast());
    }
}
