package org.polymm.lab.fuzz;

import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;

/**
 * What devices must see through their pins, in flat arrays: the pins' part of {@link ExpectedMemory}.
 *
 * <pre>
 *   pinned private page    what the process reads there, wherever it moves the page
 *     .. then discarded    what was there at that moment, from then on a page of the devices that pinned it
 *   pinned shared page     what is in the object, whoever maps it
 * </pre>
 */
final class ExpectedPins {

    /** How many pins a program has at most. */
    static final int MOST = 16;

    /** Nothing is promised of the page. */
    static final int UNTRACKED = 0;
    /** The page of a process: which one is an index of the model. */
    static final int PLACE = 1;
    /** A page that no process has any more. */
    static final int CELL = 2;
    /** A page of an object, described as the model describes what is behind a page. */
    static final int OBJECT = 3;

    private final IntToLongFunction tokens;
    private final int[][] kinds = new int[MOST][];
    private final long[][] places = new long[MOST][];
    private final int[] owners = new int[MOST];
    private final int[] lengths = new int[MOST];
    private long[] cells = new long[MOST];
    private int cellCount;
    private int live;

    /**
     * No pins.
     *
     * @param tokens what a private page of the model must hold, by its index
     */
    ExpectedPins(IntToLongFunction tokens) {
        this.tokens = tokens;
        Arrays.fill(kinds, new int[0]);
        Arrays.fill(places, new long[0]);
    }

    void begin() {
        Arrays.fill(lengths, 0);
        cellCount = 0;
        live = 0;
    }

    /** A pin was taken, of whose pages nothing is known yet. */
    void taken(int pin, int owner, int pages) {
        if (kinds[pin].length < pages) {
            kinds[pin] = new int[pages];
            places[pin] = new long[pages];
        }
        Arrays.fill(kinds[pin], 0, pages, UNTRACKED);
        owners[pin] = owner;
        lengths[pin] = pages;
        live++;
    }

    void track(int pin, int index, int kind, long place) {
        kinds[pin][index] = kind;
        places[pin][index] = place;
    }

    /** {@return of how many pages a pin is; 0 if it is not held} */
    int pages(int pin) {
        return lengths[pin];
    }

    int kind(int pin, int index) {
        return kinds[pin][index];
    }

    long place(int pin, int index) {
        return places[pin][index];
    }

    long cell(int pin, int index) {
        return cells[(int) places[pin][index]];
    }

    void writeCell(int pin, int index, long token) {
        cells[(int) places[pin][index]] = token;
    }

    void released(int pin) {
        if (lengths[pin] != 0) {
            lengths[pin] = 0;
            live--;
        }
    }

    /** A process ended, and its pins with it. */
    void ended(int owner) {
        for (int pin = 0; pin < MOST; pin++) {
            if (owners[pin] == owner) {
                released(pin);
            }
        }
    }

    /** A process gives pages up: to be told before they are forgotten. */
    void leave(int from, int to) {
        if (live == 0) {
            return;
        }
        for (int pin = 0; pin < MOST; pin++) {
            for (int index = 0; index < lengths[pin]; index++) {
                long place = places[pin][index];
                if (kinds[pin][index] == PLACE && place >= from && place < to) {
                    int cell = newCell(tokens.applyAsLong((int) place));
                    toCell(PLACE, place, cell);
                }
            }
        }
    }

    /** Pages of an object are the object's no more: to be told before they change there. */
    void leaveObject(LongPredicate gone, LongUnaryOperator token) {
        if (live == 0) {
            return;
        }
        for (int pin = 0; pin < MOST; pin++) {
            for (int index = 0; index < lengths[pin]; index++) {
                long place = places[pin][index];
                if (kinds[pin][index] == OBJECT && gone.test(place)) {
                    toCell(OBJECT, place, newCell(token.applyAsLong(place)));
                }
            }
        }
    }

    private int newCell(long token) {
        if (cellCount == cells.length) {
            cells = Arrays.copyOf(cells, 2 * cellCount);
        }
        cells[cellCount] = token;
        return cellCount++;
    }

    /** All devices that pinned a page go on with the same one. */
    private void toCell(int kind, long place, int cell) {
        for (int pin = 0; pin < MOST; pin++) {
            for (int index = 0; index < lengths[pin]; index++) {
                if (kinds[pin][index] == kind && places[pin][index] == place) {
                    track(pin, index, CELL, cell);
                }
            }
        }
    }

    /** A page moved, in the model's indices. What lay at the new place has left. */
    void move(int from, int to) {
        if (live == 0) {
            return;
        }
        for (int pin = 0; pin < MOST; pin++) {
            for (int index = 0; index < lengths[pin]; index++) {
                if (kinds[pin][index] == PLACE && places[pin][index] == from) {
                    places[pin][index] = to;
                }
            }
        }
    }
}
