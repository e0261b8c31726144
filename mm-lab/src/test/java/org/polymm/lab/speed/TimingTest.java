package org.polymm.lab.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TimingTest {

    @Test
    void the_median_of_an_odd_number_of_rounds_is_the_middle_one() {
        assertEquals(new Timing(3, 1, 3), Timing.of(new double[] {9, 1, 3}));
    }

    @Test
    void the_median_of_an_even_number_of_rounds_lies_between_the_middle_two() {
        assertEquals(new Timing(4, 1, 4), Timing.of(new double[] {9, 1, 3, 5}));
    }

    @Test
    void nothing_measured_is_an_error() {
        assertThrows(IllegalArgumentException.class, () -> Timing.of(new double[0]));
    }
}
