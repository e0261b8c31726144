package org.polymm.policy.hgm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.polymm.testkit.fake.FakeHugetlbPage;
import org.polymm.testkit.fake.FakeLargeFolio;

class OtherSchemesTest {

    private static final int P = 7;
    private static final int A = 8;
    private static final int B = 9;

    private final PageMapcountScheme guess = new PageMapcountScheme();
    private final ExactScheme exact = new ExactScheme();

    @Test
    void page_mapcounts_notice_sharing_by_the_first_page_by_number_and_by_pmd() {
        FakeLargeFolio folio = new FakeLargeFolio(4, guess);
        folio.map(P, 0, 16);
        assertFalse(guess.maybeMappedShared(folio));
        folio.map(A, 0, 1);
        assertTrue(guess.maybeMappedShared(folio));
        folio.unmap(A, 0, 1);
        folio.map(A, 1, 1);
        assertTrue(guess.maybeMappedShared(folio), "17 mappings of 16 pages");

        FakeLargeFolio huge = new FakeLargeFolio(9, guess);
        huge.mapEntire(P);
        assertFalse(guess.maybeMappedShared(huge));
        huge.mapEntire(A);
        assertTrue(guess.maybeMappedShared(huge));
    }

    @Test
    void page_mapcounts_overlook_two_processes_that_map_different_parts() {
        FakeLargeFolio folio = new FakeLargeFolio(4, guess);
        folio.map(P, 0, 8);
        folio.map(A, 8, 8);
        assertEquals(2, folio.sharers());
        assertFalse(guess.maybeMappedShared(folio));
    }

    @Test
    void page_mapcounts_overlook_a_shared_part_without_the_first_page() {
        FakeLargeFolio folio = new FakeLargeFolio(4, guess);
        folio.map(P, 4, 4);
        folio.map(A, 4, 4);
        assertFalse(guess.maybeMappedShared(folio));
        assertFalse(guess.reportedExclusive(folio, 4), "though each page knows");
    }

    @Test
    void page_mapcounts_never_prove_a_folio_exclusive() {
        FakeLargeFolio folio = new FakeLargeFolio(4, guess);
        folio.map(P, 0, 16);
        assertFalse(guess.isExclusiveTo(folio, P));
    }

    @Test
    void page_mapcounts_find_partial_mappings_as_mainline_does() {
        FakeLargeFolio folio = new FakeLargeFolio(4, guess);
        folio.mapEntire(P);
        folio.map(A, 0, 16);
        assertFalse(folio.unmap(A, 0, 4));
        assertTrue(folio.unmapEntire(P));
        assertTrue(folio.unmap(A, 4, 1));
    }

    @Test
    void the_exact_scheme_knows_the_last_owner_whoever_it_is() {
        FakeLargeFolio folio = new FakeLargeFolio(4, exact);
        folio.map(P, 0, 16);
        folio.fork(P, A);
        folio.fork(P, B);
        folio.exit(P);
        assertTrue(exact.maybeMappedShared(folio));
        folio.exit(A);
        assertFalse(exact.maybeMappedShared(folio));
        assertTrue(exact.isExclusiveTo(folio, B));
        assertTrue(folio.walks() > 0);
    }

    @Test
    void the_exact_scheme_finds_every_partial_mapping() {
        FakeLargeFolio folio = new FakeLargeFolio(4, exact);
        folio.mapEntire(P);
        folio.map(A, 0, 16);
        assertFalse(folio.unmap(A, 0, 8));
        assertTrue(folio.unmapEntire(P));
        assertEquals(1, exact.reportedMapcount(folio, 8));
        assertTrue(exact.reportedExclusive(folio, 8));
        assertEquals(0, exact.reportedMapcount(folio, 0));
        assertEquals(1, exact.pssDivisor(folio, 0));
    }

    @Test
    void hugetlb_counts_one_mapping_and_one_reference_an_entry() {
        HgmOff off = new HgmOff();
        FakeHugetlbPage page = FakeHugetlbPage.of1GiB(off);
        page.mapWhole(P);
        assertEquals(1, off.mapcount(page));
        assertFalse(off.maybeMappedShared(page));
        page.mapWhole(A);
        assertEquals(2, off.mapcount(page));
        assertEquals(2, page.references());
        assertTrue(off.maybeMappedShared(page));
        assertEquals(2, off.reportedMapcount(page, 1000));
        page.unmapAll(P);
        page.unmapAll(A);
        assertEquals(0, off.mapcount(page));
        assertEquals(0, page.references());
    }

    @Test
    void hugetlb_in_mainline_refuses_smaller_entries_and_leaves_base_page_descriptors_alone() {
        assertFalse(new HgmOff().supportsHighGranularity());
        assertFalse(new HgmOff().needsPerPageDescriptors());
        assertEquals(0, new HgmOff().counters().intsPerPage());
    }
}
