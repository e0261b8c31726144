package org.polymm.engine.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongRowsTest {

    private final StateSpace space = new StateSpace();
    private final LongRows rows = new LongRows(space, "rows");

    @Test
    void rows_are_zero_and_have_the_length_asked_for() {
        int row = rows.newRow(6);
        assertEquals(1, row);
        assertEquals(6, rows.length(row));
        assertArrayEquals(new long[6], Arrays.copyOf(rows.row(row), 6));
    }

    @Test
    void arrays_of_freed_rows_serve_rows_of_their_size() {
        int first = rows.newRow(512);
        long[] array = rows.row(first);
        rows.freeRow(first);
        rows.newRow(8);
        assertSame(array, rows.row(rows.newRow(512)));
    }

    @Test
    void a_row_is_new_if_it_was_made_since_the_last_rewind_whatever_its_handle_stood_for_before() {
        int old = rows.newRow(8);
        Snapshot saved = space.save();
        space.rewind(saved);
        int young = rows.newRow(8);
        assertFalse(rows.isNew(old));
        assertTrue(rows.isNew(young));

        rows.freeRow(old);
        assertEquals(old, rows.newRow(8));
        assertTrue(rows.isNew(old));

        space.rewind(saved);
        assertFalse(rows.isNew(old));
        assertEquals(young, rows.newRow(8));
        assertTrue(rows.isNew(young));
    }

    @Test
    void a_row_freed_with_clearing_is_zero_when_it_is_reused() {
        int row = rows.newRow(8);
        Arrays.fill(rows.row(row), 3);
        rows.freeRow(row, true);
        assertArrayEquals(new long[8], rows.row(rows.newRow(8)));
    }

    @Test
    void growing_keeps_the_words_and_shrinking_forgets_them() {
        int row = rows.newRow(2);
        rows.row(row)[1] = 5;
        rows.setLength(row, 9);
        assertEquals(5, rows.row(row)[1]);
        assertEquals(0, rows.row(row)[8]);
        rows.row(row)[8] = 6;
        rows.setLength(row, 1);
        rows.setLength(row, 9);
        assertEquals(0, rows.row(row)[1]);
        assertEquals(0, rows.row(row)[8]);
    }

    @Test
    void a_row_that_is_not_live_has_no_words_and_cannot_be_freed() {
        int row = rows.newRow(4);
        rows.freeRow(row);
        assertEquals(0, rows.row(row).length);
        assertEquals(0, rows.length(row));
        assertThrows(IllegalStateException.class, () -> rows.freeRow(row));
        assertThrows(IllegalStateException.class, () -> rows.setLength(row, 8));
    }

    @Test
    void a_row_that_was_promised_to_be_zero_and_is_not_is_found_with_assertions_on() {
        int row = rows.newRow(4);
        rows.row(row)[2] = 1;
        assertThrows(AssertionError.class, () -> rows.freeRow(row));
    }

    @Test
    void rewinding_to_a_larger_state_brings_its_rows_back() {
        Snapshot empty = space.save();
        for (int i = 0; i < 50; i++) {
            rows.row(rows.newRow(8 + i))[7] = i;
        }
        Snapshot full = space.save();
        space.rewind(empty);
        assertEquals(0, rows.live());
        space.rewind(full);
        assertNull(space.firstDifference(full));
        assertEquals(49, rows.row(50)[7]);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void it_behaves_like_a_map_of_arrays_through_random_use_and_rewinds(long seed) {
        Random random = new Random(seed);
        TreeMap<Integer, long[]> model = new TreeMap<>();
        TreeMap<Integer, long[]> savedModel = new TreeMap<>();
        Snapshot saved = space.save();
        for (int step = 0; step < 2000; step++) {
            int choice = random.nextInt(100);
            Integer handle = model.isEmpty() ? null : model.ceilingKey(1 + random.nextInt(model.lastKey()));
            if (choice < 40 || handle == null) {
                int length = random.nextInt(20);
                assertNull(model.put(rows.newRow(length), new long[length]), "seed " + seed);
            } else if (choice < 60) {
                rows.freeRow(handle, true);
                model.remove(handle);
            } else if (choice < 80) {
                long[] words = model.get(handle);
                if (words != null && words.length != 0) {
                    int at = random.nextInt(words.length);
                    words[at] = random.nextLong();
                    rows.row(handle)[at] = words[at];
                }
            } else if (choice < 92) {
                int length = random.nextInt(40);
                rows.setLength(handle, length);
                model.computeIfPresent(handle, (key, words) -> Arrays.copyOf(words, length));
            } else if (choice < 95) {
                saved = space.save();
                savedModel = copy(model);
            } else {
                space.rewind(saved);
                model = copy(savedModel);
                assertNull(space.firstDifference(saved), "seed " + seed);
            }
        }
        assertEquals(model.size(), rows.live(), "seed " + seed);
        model.forEach((row, words) -> {
            assertEquals(words.length, rows.length(row), "seed " + seed);
            assertArrayEquals(words, Arrays.copyOf(rows.row(row), words.length), "seed " + seed);
            for (long rest : Arrays.copyOfRange(rows.row(row), words.length, rows.row(row).length)) {
                assertEquals(0, rest, "seed " + seed);
            }
        });
    }

    private static TreeMap<Integer, long[]> copy(TreeMap<Integer, long[]> model) {
        TreeMap<Integer, long[]> copy = new TreeMap<>();
        model.forEach((row, words) -> copy.put(row, words.clone()));
        return copy;
    }
}
