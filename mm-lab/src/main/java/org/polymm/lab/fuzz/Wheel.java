package org.polymm.lab.fuzz;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws numbers by weight, in one step. */
final class Wheel {

    private int[] slots = new int[0];

    /**
     * Adds a number.
     *
     * @param number what is drawn
     * @param weight how often, relative to the others
     */
    void add(int number, int weight) {
        int from = slots.length;
        slots = Arrays.copyOf(slots, from + weight);
        Arrays.fill(slots, from, slots.length, number);
    }

    int draw(SplittableRandom random) {
        return slots[random.nextInt(slots.length)];
    }
}
