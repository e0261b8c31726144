package org.polymm.engine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class StateSpaceTest {

    private final StateSpace space = new StateSpace();

    @Test
    void a_rewound_space_equals_the_saved_one_whatever_happened_in_between() {
        LongVector longs = new LongVector(space, "longs", 2);
        IntVector ints = new IntVector(space, "ints", 2);
        RecordPool records = new RecordPool(space, "records", 3);
        LongRows rows = new LongRows(space, "rows");
        longs.add(7);
        ints.add(8);
        records.set(records.allocate(), 1, 9);
        rows.row(rows.newRow(4))[3] = 10;
        Snapshot saved = space.save();

        for (int i = 0; i < 100; i++) {
            longs.add(i);
            ints.add(i);
            records.set(records.allocate(), 2, i);
            rows.row(rows.newRow(i + 1))[i] = i;
        }
        longs.set(0, -1);
        records.free(1);
        rows.freeRow(1, true);
        space.rewind(saved);

        assertNull(space.firstDifference(saved));
        assertEquals(7, longs.get(0));
        assertEquals(1, ints.size());
        assertEquals(9, records.get(1, 1));
        assertEquals(10, rows.row(1)[3]);
    }

    @Test
    void the_difference_names_the_container_and_the_place() {
        LongVector first = LongVector.sized(space, "first", 3);
        IntVector second = IntVector.sized(space, "second", 3);
        Snapshot saved = space.save();

        second.set(2, 5);
        assertEquals("second: [2] was 0, is 5", space.firstDifference(saved));
        first.set(1, 6);
        assertEquals("first: [1] was 0, is 6", space.firstDifference(saved));
    }

    @Test
    void snapshots_can_be_restored_in_any_order_and_any_number_of_times() {
        LongVector vector = new LongVector(space, "vector", 1);
        Snapshot empty = space.save();
        vector.add(1);
        vector.add(2);
        Snapshot two = space.save();

        space.rewind(empty);
        assertEquals(0, vector.size());
        space.rewind(two);
        assertEquals(2, vector.get(1));
        vector.set(1, 3);
        space.rewind(two);
        assertEquals(2, vector.get(1));
    }

    @Test
    void caches_are_dropped_after_a_rewind() {
        LongVector vector = LongVector.sized(space, "vector", 1);
        long[] seen = {-1};
        space.onRewind(() -> seen[0] = vector.get(0));
        vector.set(0, 4);
        Snapshot saved = space.save();
        vector.set(0, 5);

        space.rewind(saved);

        assertEquals(4, seen[0], "the hook runs when the state is back");
    }

    @Test
    void a_snapshot_of_another_machine_is_refused() {
        Snapshot other = new StateSpace().save();
        assertThrows(IllegalArgumentException.class, () -> space.rewind(other));
    }

    @Test
    void a_snapshot_from_before_the_machine_was_complete_is_refused_by_the_name_of_what_came_later() {
        Snapshot early = space.save();
        LongVector late = new LongVector(space, "late", 1);
        Exception error = assertThrows(IllegalArgumentException.class, () -> space.rewind(early));
        assertTrue(Objects.requireNonNull(error.getMessage()).contains(late.name()), error::getMessage);
    }

    @Test
    void two_containers_of_one_name_are_refused() {
        LongVector first = new LongVector(space, "twice", 1);
        Exception error = assertThrows(IllegalArgumentException.class, () -> new IntVector(space, first.name(), 1));
        assertTrue(Objects.requireNonNull(error.getMessage()).contains("twice"), error::getMessage);
    }
}
