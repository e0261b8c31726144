package org.polymm.lab.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.polymm.lab.importing.AddressRanges.Range;

class AddressRangesTest {
    private final AddressRanges ranges = new AddressRanges();

    @Test
    void parts_cover_the_range_without_a_gap() {
        ranges.set(10, 20, 1);
        ranges.set(20, 30, 2);
        assertEquals(List.of(new Range(5, 10, 0), new Range(10, 20, 1), new Range(20, 25, 2)), ranges.parts(5, 25));
        assertEquals(List.of(new Range(40, 50, 0)), ranges.parts(40, 50));
    }

    @Test
    void setting_the_middle_of_a_range_leaves_both_ends() {
        ranges.set(10, 40, 1);
        ranges.set(20, 30, 0);
        assertEquals(List.of(new Range(10, 20, 1), new Range(20, 30, 0), new Range(30, 40, 1)), ranges.parts(10, 40));
    }

    @Test
    void a_copy_goes_its_own_way() {
        ranges.set(10, 20, 1);
        AddressRanges copy = ranges.copy();
        copy.set(10, 20, 2);
        assertEquals(1, ranges.get(15));
        assertEquals(2, copy.get(15));
    }

    @Test
    void random_sets_agree_with_an_array() {
        long seed = 20_240_607;
        Random random = new Random(seed);
        int[] model = new int[64];
        for (int i = 0; i < 5000; i++) {
            int start = random.nextInt(64);
            int end = start + random.nextInt(65 - start);
            int attribute = random.nextInt(4);
            ranges.set(start, end, attribute);
            Arrays.fill(model, start, end, attribute);
            int[] all = new int[64];
            for (Range part : ranges.parts(0, 64)) {
                Arrays.fill(all, (int) part.start(), (int) part.end(), part.attribute());
            }
            assertEquals(Arrays.toString(model), Arrays.toString(all), "seed " + seed + ", step " + i);
            int at = random.nextInt(64);
            assertEquals(model[at], ranges.get(at), "seed " + seed + ", step " + i);
        }
    }
}
