package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.vma.TestMm.RO;
import static org.polymm.engine.vma.TestMm.RW;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;

class UnmappedAreaTest {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long PMD = Geometry.X86_64.pmdSize();

    private final TestMm mm = new TestMm();
    private final UnmappedArea area = mm.spaces.unmappedArea();

    private long find(long length) {
        return area.find(mm.mm, 0, length, 0, 0);
    }

    private long mapAnywhere(long length) {
        long start = find(length);
        mm.spaces.mapAnonymous(mm.mm, start, start + length, RW);
        return start;
    }

    private void occupy(long start, long end) {
        mm.spaces.mapAnonymous(mm.mm, start, end, RO);
    }

    @Test
    void without_randomisation_mappings_start_where_linux_starts_them() {
        assertEquals(0x7fff_f7ff_f000L, mm.mms.mmapBase(mm.mm));
        assertEquals(0x7fff_f7ff_e000L, find(PAGE));
    }

    @Test
    void each_new_mapping_goes_right_below_the_last() {
        long first = mapAnywhere(4 * PAGE);
        long second = mapAnywhere(2 * PAGE);

        assertEquals(mm.mms.mmapBase(mm.mm) - 4 * PAGE, first);
        assertEquals(first - 2 * PAGE, second);
        assertEquals(1, mm.mms.mapCount(mm.mm), "which is why they merge");
    }

    @Test
    void the_highest_gap_that_is_large_enough_is_used_from_its_top() {
        //   ...|--c--|  2 free  |--b--|  4 free  |--a--|  1 free  | mmap_base
        long base = mm.mms.mmapBase(mm.mm);
        occupy(base - 3 * PAGE, base - PAGE);
        occupy(base - 9 * PAGE, base - 7 * PAGE);
        occupy(base - 13 * PAGE, base - 11 * PAGE);

        assertEquals(base - PAGE, find(PAGE));
        assertEquals(base - 5 * PAGE, find(2 * PAGE));
        assertEquals(base - 7 * PAGE, find(4 * PAGE));
        assertEquals(base - 18 * PAGE, find(5 * PAGE));
    }

    @Test
    void what_became_free_is_used_again() {
        long first = mapAnywhere(4 * PAGE);
        mapAnywhere(4 * PAGE);
        mm.spaces.unmapping().unmapEmpty(mm.mm, first, first + 2 * PAGE);

        assertEquals(first, find(2 * PAGE));
    }

    @Test
    void a_hint_is_used_if_the_range_there_is_free() {
        mm.map(10, 12, RW);

        assertEquals(TestMm.at(8), area.find(mm.mm, TestMm.at(8), 2 * PAGE, 0, 0));
        assertEquals(mm.mms.mmapBase(mm.mm) - 3 * PAGE, area.find(mm.mm, TestMm.at(8), 3 * PAGE, 0, 0));
        assertEquals(TestMm.at(12), area.find(mm.mm, TestMm.at(12), 3 * PAGE, 0, 0));
        assertEquals(mm.mms.mmapBase(mm.mm) - PAGE, area.find(mm.mm, 0x8000, PAGE, 0, 0), "below mmap_min_addr");
        assertEquals(
                mm.mms.mmapBase(mm.mm) - 2 * PAGE,
                area.find(mm.mm, Geometry.X86_64.taskSize() - PAGE, 2 * PAGE, 0, 0),
                "beyond user space");
    }

    @Test
    void hints_are_rounded_down_to_a_page_and_up_to_the_lowest_address() {
        assertEquals(0, area.roundHint(5));
        assertEquals(0x10000, area.roundHint(0x1005));
        assertEquals(0x20000, area.roundHint(0x20fff));
    }

    @Test
    void a_stack_keeps_the_guard_gap_below_it_free() {
        long base = mm.mms.mmapBase(mm.mm);
        mm.spaces.insert(mm.mm, base - 10 * PAGE, base, RW | VmFlags.VM_GROWSDOWN, 0, base - 10 * PAGE >> 12);

        long below = base - 10 * PAGE - mm.spaces.limits().stackGuardGap();
        assertEquals(below - PAGE, find(PAGE));
        assertEquals(below - PAGE, area.find(mm.mm, below, PAGE, 0, 0), "a hint into the gap is no use");
        assertEquals(below - 2 * PAGE, area.find(mm.mm, below - 2 * PAGE, 2 * PAGE, 0, 0));
    }

    @Test
    void a_guard_gap_that_reaches_over_a_lower_mapping_counts_there_too() {
        long base = mm.mms.mmapBase(mm.mm);
        mm.spaces.insert(mm.mm, base - 10 * PAGE, base, RW | VmFlags.VM_GROWSDOWN, 0, base - 10 * PAGE >> 12);
        occupy(base - 30 * PAGE, base - 20 * PAGE);

        assertEquals(base - 10 * PAGE - mm.spaces.limits().stackGuardGap() - PAGE, find(PAGE));
    }

    // ---- alignment ----

    @Test
    void an_unhinted_multiple_of_the_pmd_size_asks_to_be_aligned() {
        assertEquals(PMD, area.thpAlignment(0, PMD));
        assertEquals(PMD, area.thpAlignment(0, 6 * PMD));
        assertEquals(0, area.thpAlignment(0, PMD + PAGE), "not a multiple");
        assertEquals(0, area.thpAlignment(0, PMD - PAGE));
        assertEquals(0, area.thpAlignment(0x1000_0000, PMD), "hinted");
    }

    @Test
    void an_aligned_mapping_takes_the_highest_aligned_place() {
        long found = area.find(mm.mm, 0, 2 * PMD, PMD, 0);

        assertEquals(0, found % PMD);
        assertTrue(found + 2 * PMD <= mm.mms.mmapBase(mm.mm));
        assertTrue(found + 3 * PMD > mm.mms.mmapBase(mm.mm));
    }

    @Test
    void an_aligned_gap_of_exactly_the_padded_size_is_used_at_its_top() {
        long base = mm.mms.mmapBase(mm.mm);
        long top = base & -PMD;
        occupy(top, base);

        assertEquals(top - PMD, area.find(mm.mm, 0, PMD, PMD, 0));
    }

    @Test
    void a_file_is_aligned_where_its_offset_is() {
        long found = area.find(mm.mm, 0, 4 * PMD, PMD, 3);

        assertEquals(3 * PAGE, found % PMD);
        assertEquals(mm.mms.mmapBase(mm.mm) - 4 * PAGE, area.find(mm.mm, 0, 4 * PAGE, PMD, 3), "no aligned PMD inside");
    }

    @Test
    void alignment_is_dropped_where_it_does_not_fit() {
        TestMm small = new TestMm(Geometry.SMALL);
        UnmappedArea its = small.spaces.unmappedArea();
        long base = small.mms.mmapBase(small.mm);
        long low = small.spaces.limits().mmapMinAddr();
        small.spaces.mapAnonymous(small.mm, low, base - 9 * PAGE, RO);
        small.spaces.mapAnonymous(small.mm, base, Geometry.SMALL.taskSize(), RO);

        assertEquals(base - 8 * PAGE, its.find(small.mm, 0, 8 * PAGE, Geometry.SMALL.pmdSize(), 0));
    }

    // ---- the end of the address space ----

    @Test
    void when_nothing_is_free_below_the_search_goes_up_from_a_third_of_user_space() {
        TestMm small = new TestMm(Geometry.SMALL);
        UnmappedArea its = small.spaces.unmappedArea();
        long base = small.mms.mmapBase(small.mm);
        small.spaces.mapAnonymous(small.mm, small.spaces.limits().mmapMinAddr(), base, RO);

        assertEquals(base, its.find(small.mm, 0, 2 * PAGE, 0, 0));
        small.spaces.mapAnonymous(small.mm, base, Geometry.SMALL.taskSize(), RW);
        assertEquals(-Errno.ENOMEM, its.find(small.mm, 0, PAGE, 0, 0));
        assertEquals(-Errno.ENOMEM, its.find(small.mm, 0, PAGE, 0, 0));
        small.spaces.unmapping().unmapEmpty(small.mm, 0x10_0000, 0x10_1000);
        assertEquals(0x10_0000, its.find(small.mm, 0, PAGE, 0, 0));
    }

    @Test
    void more_than_user_space_is_never_free() {
        assertEquals(-Errno.ENOMEM, find(Geometry.X86_64.taskSize()));
        assertEquals(-Errno.ENOMEM, area.find(mm.mm, 0, 1L << 62, 1L << 21, 0));
    }

    @Test
    void a_search_after_many_mappings_does_not_look_at_them_again() {
        for (int i = 0; i < 20_000; i++) {
            long start = find(PAGE);
            mm.spaces.mapAnonymous(mm.mm, start, start + PAGE, i % 2 == 0 ? RW : RO);
        }

        assertEquals(20_000, mm.mms.mapCount(mm.mm));
        assertEquals(mm.mms.mmapBase(mm.mm) - 20_001 * PAGE, find(PAGE));
        assertNull(mm.problem());
    }

    /** What the search must find, by looking at every page from the top. */
    private static long byLookingEverywhere(TestMm mm, long length) {
        long base = mm.mms.mmapBase(mm.mm);
        for (long start = base - length; start >= mm.spaces.limits().mmapMinAddr(); start -= PAGE) {
            if (isFree(mm, start, start + length)) {
                return start;
            }
        }
        long third = (Geometry.SMALL.taskSize() / 3 + PAGE - 1) & -PAGE;
        for (long start = third; start + length <= Geometry.SMALL.taskSize(); start += PAGE) {
            if (isFree(mm, start, start + length)) {
                return start;
            }
        }
        return -Errno.ENOMEM;
    }

    private static boolean isFree(TestMm mm, long start, long end) {
        return mm.spaces.findIntersection(mm.mm, start, end) == 0;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void a_search_finds_what_looking_everywhere_finds(long seed) {
        Random random = new Random(seed);
        TestMm small = new TestMm(Geometry.SMALL);
        UnmappedArea its = small.spaces.unmappedArea();
        int pages = (int) (Geometry.SMALL.taskSize() / PAGE);
        for (int step = 0; step < 400; step++) {
            long length = (1 + random.nextInt(1 + random.nextInt(60))) * PAGE;
            long expected = byLookingEverywhere(small, length);
            assertEquals(expected, its.find(small.mm, 0, length, 0, 0), "seed " + seed + " step " + step);
            if (expected > 0 && random.nextInt(4) != 0) {
                small.spaces.mapAnonymous(small.mm, expected, expected + length, random.nextBoolean() ? RW : RO);
            }
            if (random.nextInt(3) == 0) {
                long start = random.nextInt(pages - 40) * PAGE;
                small.spaces.unmapping().unmapEmpty(small.mm, start, start + random.nextInt(1, 40) * PAGE);
            }
        }
    }
}
