package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;

class BuddyAllocatorTest {

    @Test
    void allocation_starts_at_the_bottom_above_the_reserved_frames() {
        TestMemory m = TestMemory.small();
        assertEquals(62, m.buddy.freeFrames());
        assertEquals(2, m.buddy.allocate(0));
        assertEquals(3, m.buddy.allocate(0));
        assertEquals(4, m.buddy.allocate(0));
        assertEquals(8, m.buddy.allocate(3));
        assertEquals(16, m.buddy.allocate(4));
    }

    @Test
    void a_cached_machine_hands_frames_out_in_the_same_order_as_one_without_a_cache_would() {
        TestMemory m = TestMemory.large();
        for (int pfn = 2; pfn < 2000; pfn++) {
            assertEquals(pfn, m.folios.allocAnon(0));
        }
        assertTrue(m.buddy.cachedFrames() > 0);
        m.checkFreeLists();
    }

    @Test
    void the_frame_freed_last_is_taken_first() {
        TestMemory m = TestMemory.large();
        int first = m.folios.allocAnon(0);
        int second = m.folios.allocAnon(0);
        m.folios.put(first, 1);
        m.folios.put(second, 1);
        assertEquals(second, m.folios.allocAnon(0));
        assertEquals(first, m.folios.allocAnon(0));
    }

    @Test
    void frames_freed_in_pairs_merge_back_to_what_the_machine_started_with() {
        TestMemory m = TestMemory.large();
        String before = m.buddy.buddyinfo();
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            taken.add(m.folios.allocAnon(i % 4));
        }
        assertNotEquals(before, m.buddy.buddyinfo());
        for (int head : taken) {
            m.folios.put(head, 1);
        }
        m.buddy.drain();
        assertEquals(before, m.buddy.buddyinfo());
        m.checkFreeLists();
    }

    @Test
    void memory_with_every_second_frame_taken_has_no_block_of_two() {
        TestMemory m = TestMemory.small();
        List<Integer> taken = new ArrayList<>();
        for (int pfn = m.folios.allocAnon(0); pfn != 0; pfn = m.folios.allocAnon(0)) {
            taken.add(pfn);
        }
        assertEquals(62, taken.size());
        for (int pfn : taken) {
            if (pfn % 2 == 0) {
                m.folios.put(pfn, 1);
            }
        }
        assertEquals(31, m.buddy.freeFrames());
        assertEquals(31, m.buddy.nrFree(0));
        assertEquals(0, m.folios.allocAnon(1));
        m.checkFreeLists();
        m.folios.put(3, 1);
        assertEquals(2, m.folios.allocAnon(1));
    }

    @Test
    void a_larger_allocation_finds_what_only_the_cache_kept_apart() {
        TestMemory m = TestMemory.large();
        int taken = 0;
        while (m.folios.allocAnon(0) != 0) {
            taken++;
        }
        assertEquals((1 << 16) - 2, taken);
        for (int pfn = 512; pfn < 1024; pfn++) {
            m.folios.put(pfn, 1);
        }
        assertTrue(m.buddy.cachedFrames() > 0);
        assertEquals(512, m.folios.allocAnon(9));
    }

    @Test
    void injected_failures_hit_the_order_and_the_number_asked_for() {
        TestMemory m = TestMemory.large();
        m.folios.put(m.folios.allocAnon(0), 1);
        m.buddy.failNext(4, 1);
        assertEquals(0, m.folios.allocAnon(4));
        assertNotEquals(0, m.folios.allocAnon(4));
        m.buddy.failNext(0, 2);
        assertEquals(0, m.folios.allocAnon(0));
        assertEquals(0, m.folios.tryAllocAnon(0));
        assertNotEquals(0, m.folios.allocAnon(0));
        m.buddy.failNext(0, 5);
        m.buddy.failNext(0, 0);
        assertNotEquals(0, m.folios.allocAnon(0));
        assertEquals("no folio of order 0", lastFailure(m));
    }

    @Test
    void a_demand_of_several_orders_lets_the_first_ones_succeed_and_leaves_smaller_ones_alone() {
        TestMemory m = TestMemory.large();
        m.buddy.failures().demand(3, 9, 1, AllocationFailures.ALWAYS);
        assertNotEquals(0, m.folios.allocAnon(4));
        for (int i = 0; i < 20; i++) {
            assertEquals(0, m.folios.allocAnon(3 + i % 7));
            assertNotEquals(0, m.folios.allocAnon(i % 3));
        }
        m.buddy.failures().callOff();
        assertNotEquals(0, m.folios.allocAnon(9));
    }

    @Test
    void a_demand_of_page_tables_is_no_demand_of_pages_and_is_saved_with_the_machine() {
        TestMemory m = TestMemory.large();
        AllocationFailures failures = m.buddy.failures();
        failures.demandTables(2, 1);
        Object saved = failures.capture();
        for (int round = 0; round < 2; round++) {
            assertNotEquals(0, m.folios.allocAnon(0));
            assertFalse(failures.strikesTable());
            assertFalse(failures.strikesTable());
            assertTrue(failures.strikesTable());
            assertFalse(failures.strikesTable());
            assertNotNull(failures.difference(saved));
            failures.restore(saved);
            assertNull(failures.difference(saved));
        }
    }

    private static String lastFailure(TestMemory m) {
        return m.events.tail(64).stream()
                .filter(line -> line.contains("no folio"))
                .reduce("", (first, second) -> second)
                .replaceFirst("^\\d+ ", "");
    }

    @Test
    void an_allocation_that_finds_nothing_reclaims_and_tries_again_while_that_helps() {
        TestMemory m = TestMemory.small();
        List<Integer> taken = new ArrayList<>();
        for (int pfn = m.folios.allocAnon(0); pfn != 0; pfn = m.folios.allocAnon(0)) {
            taken.add(pfn);
        }
        List<Integer> asked = new ArrayList<>();
        m.buddy.connect(order -> {
            asked.add(order);
            m.folios.put(taken.removeLast(), 1);
            return true;
        });
        assertEquals(0, m.folios.tryAllocAnon(0), "trying does not reclaim");
        assertEquals(63, m.folios.allocAnon(0));
        assertEquals(List.of(0), asked);
        assertNotEquals(0, m.folios.allocAnon(2), "goes on until four frames in a row are free");
        assertEquals(2, m.count(VmstatItem.ALLOCSTALL_NORMAL) - 1);
    }

    @Test
    void the_largest_blocks_have_no_records_until_they_are_used() {
        TestMemory m = TestMemory.large();
        long before = m.frames.recordBytes();
        List<Integer> huge = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            huge.add(m.folios.allocAnon(9));
        }
        assertTrue(m.frames.recordBytes() - before <= 16_384, "50 folios of PMD order share one chunk of records");
        huge.forEach(head -> m.folios.put(head, 1));
        m.checkFreeLists();
    }

    @ParameterizedTest
    @CsvSource({"3, 35", "3, 64", "3, 100", "3, 4099", "9, 2048", "9, 3001", "9, 8192"})
    void any_number_of_frames_is_all_free_at_first(int shift, int frameCount) {
        TestMemory m = new TestMemory(new Geometry(shift), frameCount);
        assertEquals(frameCount - 2, m.buddy.freeFrames());
        m.checkFreeLists();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void random_use_never_hands_a_frame_out_twice_and_ends_where_it_began(long seed) {
        Random random = new Random(seed);
        TestMemory m = switch (random.nextInt(3)) {
            case 0 -> TestMemory.small();
            case 1 -> new TestMemory(Geometry.SMALL, 3000 + random.nextInt(2000));
            default -> new TestMemory(Geometry.X86_64, 4096 + random.nextInt(9000));
        };
        String about = "seed " + seed;
        BitSet used = new BitSet();
        List<int[]> taken = new ArrayList<>();
        Snapshot start = m.space.save();
        String before = m.buddy.buddyinfo();
        for (int step = 0; step < 3000; step++) {
            if (random.nextInt(100) < 55) {
                int order = random.nextInt(10) < 7 ? 0 : random.nextInt(m.buddy.maxOrder() + 1);
                int head = m.folios.allocAnon(order);
                if (head != 0) {
                    assertEquals(0, head & (1 << order) - 1, about);
                    int next = used.nextSetBit(head);
                    assertTrue(next < 0 || next >= head + (1 << order), about + ": frame " + next + " is used");
                    used.set(head, head + (1 << order));
                    taken.add(new int[] {head, order});
                }
            } else if (!taken.isEmpty()) {
                int[] folio = taken.remove(random.nextInt(taken.size()));
                m.folios.put(folio[0], 1);
                used.clear(folio[0], folio[0] + (1 << folio[1]));
            }
            assertEquals(m.frames.frameCount() - 2 - used.cardinality(), m.buddy.freeFrames(), about);
        }
        m.checkFreeLists();
        for (int[] folio : taken) {
            m.folios.put(folio[0], 1);
        }
        m.buddy.drain();
        assertEquals(before, m.buddy.buddyinfo(), about);
        m.checkFreeLists();
        m.space.rewind(start);
        assertNull(m.space.firstDifference(start), about);
        m.checkFreeLists();
    }
}
