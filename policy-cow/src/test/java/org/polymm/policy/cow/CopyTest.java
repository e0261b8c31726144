package org.polymm.policy.cow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy.Copy;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeVma;
import org.polymm.testkit.fake.FakeWriteFault;

/** How far a write to page 0x200 + n of a folio of 16 pages copies, mapped from 0x200 unless said otherwise. */
class CopyTest {

    private static final FakeVma VMA = FakeVma.anonymous(0x100, 0x800);

    private final Copy onePage = new OnePageCopy();
    private final Copy wide = new WideCopy(9, 2);
    private final Copy unchecked = new WideUncheckedCopy(9);
    private final Copy inherit = new InheritOrderCopy();

    @ParameterizedTest(name = "page {0}, run -{1}..{2}, exclusive from {3}")
    @CsvSource({
        // all 16 pages mapped and shared
        "0,  0, 15, 99, '[0, 16)',  '[0, 16)',  '[0, 16)'",
        "5,  5, 10, 99, '[-5, 11)', '[-5, 11)', '[-5, 11)'",
        // the last 8 pages exclusive: a fork with MADV_DONTFORK on them
        "0,  0, 15,  8, '[0, 8)',   '[0, 16)',  '[0, 1)'",
        "5,  5, 10,  8, '[-5, 3)',  '[-5, 11)', '[0, 1)'",
        // all but the first 3 exclusive: nothing aligned of 4 pages is free of them
        "0,  0, 15,  3, '[0, 1)',   '[0, 16)',  '[0, 1)'",
        // a hole after page 1, as fork leaves it when page 2 was pinned for a moment
        "0,  0,  1, 99, '[0, 1)',   '[0, 1)',   '[0, 1)'",
        // a hole after page 9
        "4,  4,  5, 99, '[-4, 4)',  '[-4, 4)',  '[0, 1)'",
        "9,  9,  0, 99, '[0, 1)',   '[0, 1)',   '[0, 1)'",
    })
    void a_copy_reaches_as_far_as_its_variant(
            int page,
            int before,
            int after,
            int exclusiveFrom,
            String checked,
            String uncheckedSpan,
            String inherited) {
        FakeWriteFault fault = FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x200 + page, page)
                .run(before, after)
                .exclusive(exclusiveFrom - page, 16);
        assertEquals("[0, 1)", PageSpan.toString(onePage.copyExtent(fault)));
        assertEquals(checked, PageSpan.toString(wide.copyExtent(fault)));
        assertEquals(uncheckedSpan, PageSpan.toString(unchecked.copyExtent(fault)));
        assertEquals(inherited, PageSpan.toString(inherit.copyExtent(fault)));
    }

    @Test
    void a_folio_moved_off_its_alignment_is_copied_in_aligned_parts() {
        // Page 0 of the folio is mapped at 0x204: aligned spans of 16 pages hold a part of it only.
        FakeWriteFault fault = FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x209, 5);
        assertEquals("[-1, 7)", PageSpan.toString(wide.copyExtent(fault)));
        assertEquals("[-1, 7)", PageSpan.toString(unchecked.copyExtent(fault)));
        assertEquals("[0, 1)", PageSpan.toString(inherit.copyExtent(fault)));
    }

    @Test
    void a_maximum_order_caps_the_copy() {
        FakeWriteFault fault = FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x206, 6);
        assertEquals("[-2, 2)", PageSpan.toString(new WideCopy(2, 2).copyExtent(fault)));
        assertEquals("[-6, 2)", PageSpan.toString(new WideUncheckedCopy(3).copyExtent(fault)));
    }

    @Test
    void an_alignment_leaves_no_smaller_span() {
        // The last 8 pages are exclusive, or of another folio: 8 aligned pages are left, and 16 are not.
        FakeWriteFault half =
                FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x203, 3).exclusive(8 - 3, 16);
        assertEquals("[-3, 5)", PageSpan.toString(new WideCopy(9, 3).copyExtent(half)));
        assertEquals("[0, 1)", PageSpan.toString(new WideCopy(9, 4).copyExtent(half)));
        FakeWriteFault cut =
                FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x203, 3).run(3, 4);
        assertEquals("[-3, 5)", PageSpan.toString(new WideCopy(9, 2).copyExtent(cut)));
        assertEquals("[0, 1)", PageSpan.toString(new WideCopy(3, 4).copyExtent(cut)));
    }

    @Test
    void ksm_pages_and_folios_too_small_are_copied_alone() {
        FakeWriteFault ksm = FakeWriteFault.of(VMA, FakeFolio.ofOrder(4).ksm(true), 0x200, 0);
        FakeWriteFault pair = FakeWriteFault.of(VMA, FakeFolio.ofOrder(1), 0x200, 0);
        for (Copy policy : new Copy[] {wide, unchecked, inherit}) {
            assertEquals(PageSpan.ONE_PAGE, policy.copyExtent(ksm));
            assertEquals(PageSpan.ONE_PAGE, policy.copyExtent(pair));
        }
    }

    @Test
    void when_no_folio_of_the_size_can_be_had_one_page_is_copied() {
        FakeWriteFault fault = FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x200, 0);
        for (Copy policy : new Copy[] {wide, unchecked, inherit}) {
            assertEquals(PageSpan.ONE_PAGE, policy.afterAllocationFailure(fault, policy.copyExtent(fault)));
        }
    }
}
