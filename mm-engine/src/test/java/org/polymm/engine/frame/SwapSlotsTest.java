package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;

class SwapSlotsTest {

    private final TestMemory m = TestMemory.small();

    private SwapSlots device(int slots) {
        return new SwapSlots(m.space, Geometry.X86_64, slots, true, m.vmstat, m.sync);
    }

    @Test
    void the_lowest_slot_is_taken_first_and_the_header_never() {
        SwapSlots swap = device(8);
        for (int slot = 1; slot < 8; slot++) {
            assertEquals(slot, swap.allocate(20, 0));
        }
        assertEquals(0, swap.allocate(20, 0));
        assertEquals(7, swap.used());
        assertEquals(7, swap.total());
    }

    @Test
    void a_large_folio_gets_slots_aligned_to_its_size_or_none() {
        SwapSlots swap = device(2048);
        assertEquals(1, swap.allocate(20, 0));
        assertEquals(16, swap.allocate(32, 4));
        assertEquals(2, swap.allocate(21, 0));
        assertEquals(512, swap.allocate(512, 9));
        assertEquals(1024, swap.allocate(512, 9));
        assertEquals(1536, swap.allocate(512, 9));
        assertEquals(0, swap.allocate(512, 9));
        assertEquals(47, swap.cached(16 + 15));
    }

    @Test
    void a_slot_is_free_when_nothing_refers_to_it_and_the_cache_has_let_go() {
        SwapSlots swap = device(8);
        int slot = swap.allocate(20, 0);
        swap.duplicate(slot);
        swap.duplicate(slot);
        assertEquals(1, m.count(VmstatItem.NR_SWAPCACHED));
        swap.removeFromCache(slot, 1);
        assertEquals(0, m.count(VmstatItem.NR_SWAPCACHED));
        assertEquals(1, swap.put(slot));
        assertEquals(1, swap.used());
        swap.addToCache(slot, 30, 1);
        assertEquals(0, swap.put(slot));
        assertEquals(1, swap.used(), "still cached");
        swap.removeFromCache(slot, 1);
        assertEquals(0, swap.used());
        assertEquals(slot, swap.allocate(31, 0));
    }

    @Test
    void references_to_free_slots_are_refused() {
        SwapSlots swap = device(8);
        assertThrows(IllegalStateException.class, () -> swap.duplicate(3));
        assertThrows(IllegalStateException.class, () -> swap.put(0));
        int slot = swap.allocate(20, 0);
        assertThrows(IllegalStateException.class, () -> swap.put(slot));
        assertThrows(IllegalStateException.class, () -> swap.addToCache(slot, 21, 1));
    }

    @Test
    void contents_stay_until_the_slot_is_free() {
        SwapSlots swap = device(8);
        int slot = swap.allocate(20, 0);
        swap.duplicate(slot);
        swap.write(slot, 99, false);
        swap.removeFromCache(slot, 1);
        assertEquals(99, swap.read(slot));
        swap.put(slot);
        assertEquals(0, swap.read(slot));
    }

    @Test
    void the_device_is_half_full_above_the_half() {
        SwapSlots swap = device(5);
        swap.allocate(20, 0);
        swap.allocate(21, 0);
        assertFalse(swap.isHalfFull());
        swap.allocate(22, 0);
        assertTrue(swap.isHalfFull());
    }

    @Test
    void a_machine_without_swap_has_no_slot() {
        assertEquals(0, device(0).allocate(20, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void every_allocation_gets_the_lowest_run_that_is_free(long seed) {
        Random random = new Random(seed);
        int slots = 900 + random.nextInt(300);
        SwapSlots swap = device(slots);
        boolean[] used = new boolean[slots];
        used[0] = true;
        List<int[]> runs = new ArrayList<>();
        Snapshot start = m.space.save();
        for (int step = 0; step < 4000; step++) {
            if (random.nextInt(5) < 3) {
                int order = random.nextInt(3) == 0 ? random.nextInt(8) : 0;
                int expected = lowest(used, 1 << order);
                assertEquals(expected, swap.allocate(10, order), "seed " + seed);
                if (expected != 0) {
                    Arrays.fill(used, expected, expected + (1 << order), true);
                    runs.add(new int[] {expected, 1 << order});
                }
            } else if (!runs.isEmpty()) {
                int[] run = runs.remove(random.nextInt(runs.size()));
                swap.removeFromCache(run[0], run[1]);
                Arrays.fill(used, run[0], run[0] + run[1], false);
            }
        }
        m.space.rewind(start);
        assertNull(m.space.firstDifference(start));
        assertEquals(0, swap.used());
    }

    private static int lowest(boolean[] used, int pages) {
        for (int first = 0; first + pages <= used.length; first += pages) {
            boolean free = true;
            for (int slot = first; slot < first + pages; slot++) {
                free &= !used[slot];
            }
            if (free) {
                return first;
            }
        }
        return 0;
    }
}
