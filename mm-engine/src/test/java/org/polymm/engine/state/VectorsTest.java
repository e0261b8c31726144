package org.polymm.engine.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VectorsTest {

    private final StateSpace space = new StateSpace();

    @Test
    void a_vector_grows_and_its_new_words_are_zero() {
        LongVector vector = new LongVector(space, "v", 1);
        vector.add(3);
        vector.ensureSize(10);
        assertEquals(10, vector.size());
        assertEquals(3, vector.get(0));
        assertEquals(0, vector.get(9));
    }

    @Test
    void words_that_are_cut_off_come_back_as_zero() {
        IntVector vector = new IntVector(space, "v", 4);
        for (int i = 1; i <= 4; i++) {
            vector.add(i);
        }
        assertEquals(4, vector.removeLast());
        vector.truncate(1);
        vector.ensureSize(4);
        assertArrayEquals(new int[] {1, 0, 0, 0}, Arrays.copyOf(vector.array(), 4));
    }

    @Test
    void growth_after_saving_leaves_no_trace_when_rewound() {
        LongVector vector = new LongVector(space, "v", 2);
        vector.add(1);
        Snapshot saved = space.save();
        for (int i = 0; i < 1000; i++) {
            vector.add(i + 1);
        }

        space.rewind(saved);

        assertEquals(1, vector.size());
        for (long word : Arrays.copyOfRange(vector.array(), 1, vector.array().length)) {
            assertEquals(0, word);
        }
    }

    @Test
    void access_beyond_the_size_is_refused_although_there_is_room() {
        LongVector vector = new LongVector(space, "v", 8);
        assertThrows(IndexOutOfBoundsException.class, () -> vector.set(0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> vector.get(0));
    }

    @Test
    void increments_return_the_new_value() {
        LongVector vector = LongVector.sized(space, "v", 1);
        assertEquals(5, vector.increment(0, 5));
        assertEquals(3, vector.increment(0, -2));
    }
}
