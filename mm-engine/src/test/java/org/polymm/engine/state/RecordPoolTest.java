package org.polymm.engine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPoolTest {

    private final StateSpace space = new StateSpace();
    private final RecordPool pool = new RecordPool(space, "things", 3);

    @Test
    void handles_start_with_one_and_are_reused_last_in_first_out() {
        assertEquals(1, pool.allocate());
        assertEquals(2, pool.allocate());
        assertEquals(3, pool.allocate());
        pool.free(1);
        pool.free(3);
        assertEquals(3, pool.allocate());
        assertEquals(1, pool.allocate());
        assertEquals(4, pool.allocate());
    }

    @Test
    void a_reused_record_is_zero() {
        int handle = pool.allocate();
        pool.set(handle, 0, 1);
        pool.set(handle, 2, 2);
        pool.free(handle);
        assertEquals(handle, pool.allocate());
        assertEquals(0, pool.get(handle, 0));
        assertEquals(0, pool.get(handle, 2));
    }

    @Test
    void records_do_not_overlap() {
        for (int i = 0; i < 100; i++) {
            int handle = pool.allocate();
            for (int field = 0; field < 3; field++) {
                pool.set(handle, field, handle * 10L + field);
            }
        }
        pool.forEachLive(handle -> {
            for (int field = 0; field < 3; field++) {
                assertEquals(handle * 10L + field, pool.array()[pool.base(handle) + field]);
            }
        });
        assertEquals(100, pool.live());
    }

    @Test
    void freeing_twice_is_refused_by_name_and_handle() {
        int handle = pool.allocate();
        pool.free(handle);
        Exception error = assertThrows(IllegalStateException.class, () -> pool.free(handle));
        String message = Objects.requireNonNull(error.getMessage());
        assertTrue(message.contains("things") && message.contains("record 1") && message.contains("freed"), message);
        assertThrows(IllegalStateException.class, () -> pool.free(0));
        assertThrows(IllegalStateException.class, () -> pool.free(99));
    }

    @Test
    void live_handles_are_visited_in_ascending_order_and_may_be_freed_by_the_visitor() {
        for (int i = 0; i < 5; i++) {
            pool.allocate();
        }
        pool.free(3);
        List<Integer> visited = new ArrayList<>();
        pool.forEachLive(handle -> {
            visited.add(handle);
            pool.free(handle);
        });
        assertEquals(List.of(1, 2, 4, 5), visited);
        assertEquals(0, pool.live());
    }

    @Test
    void a_freed_record_is_told_from_a_live_one_of_zeroes() {
        int handle = pool.allocate();
        Snapshot saved = space.save();
        pool.free(handle);
        assertNotNull(space.firstDifference(saved));
        assertFalse(pool.isLive(handle));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void it_behaves_like_a_map_through_random_use_and_rewinds(long seed) {
        Random random = new Random(seed);
        TreeMap<Integer, Long> model = new TreeMap<>();
        TreeMap<Integer, Long> savedModel = new TreeMap<>();
        Snapshot saved = space.save();
        for (int step = 0; step < 3000; step++) {
            int choice = random.nextInt(100);
            if (choice < 50 || model.isEmpty()) {
                int handle = pool.allocate();
                assertNull(model.put(handle, 0L), "seed " + seed + ": handle " + handle + " was live");
            } else if (choice < 75) {
                int handle = model.floorKey(1 + random.nextInt(model.lastKey())) == null
                        ? model.firstKey()
                        : model.floorKey(model.firstKey() + random.nextInt(model.lastKey()));
                pool.free(handle);
                model.remove(handle);
            } else if (choice < 95) {
                int handle = model.lastKey();
                long value = random.nextLong();
                pool.set(handle, 2, value);
                model.put(handle, value);
            } else if (choice < 97) {
                saved = space.save();
                savedModel = new TreeMap<>(model);
            } else {
                space.rewind(saved);
                model = new TreeMap<>(savedModel);
                assertNull(space.firstDifference(saved), "seed " + seed);
            }
            assertEquals(model.size(), pool.live(), "seed " + seed);
        }
        TreeMap<Integer, Long> used = model;
        model.forEach((handle, value) -> assertEquals(value, pool.get(handle, 2), "seed " + seed + ", " + handle));
        pool.forEachLive(handle -> assertTrue(used.containsKey(handle), "seed " + seed + ", " + handle));
    }
}
