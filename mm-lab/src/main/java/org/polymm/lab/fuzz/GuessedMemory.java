package org.polymm.lab.fuzz;

import java.util.Arrays;

/**
 * Roughly what is mapped where, kept while a program is made so that most of its operations do something. It believes that every operation
 * succeeds and knows nothing of policies; no check relies on it.
 */
final class GuessedMemory {

    static final int MAPPED = 1;
    static final int READABLE = 1 << 1;
    static final int WRITABLE = 1 << 2;
    static final int SHARED = 1 << 3;
    static final int OF_FILE = 1 << 4;

    private final int pages;
    private final byte[][] states;
    private final boolean[] alive;
    private int living;

    GuessedMemory(int processes, int pages) {
        this.pages = pages;
        states = new byte[processes][pages];
        alive = new boolean[processes];
    }

    void clear() {
        for (byte[] state : states) {
            Arrays.fill(state, (byte) 0);
        }
        Arrays.fill(alive, false);
        living = 0;
    }

    int living() {
        return living;
    }

    boolean isAlive(int process) {
        return alive[process];
    }

    void spawn(int process) {
        alive[process] = true;
        living++;
        Arrays.fill(states[process], (byte) 0);
    }

    void fork(int parent, int child) {
        spawn(child);
        System.arraycopy(states[parent], 0, states[child], 0, pages);
    }

    void exit(int process) {
        alive[process] = false;
        living--;
    }

    boolean isMapped(int process, int page) {
        return (states[process][page] & MAPPED) != 0;
    }

    boolean is(int process, int page, int bits) {
        return (states[process][page] & bits) == bits;
    }

    void map(int process, int first, int count, int bits) {
        Arrays.fill(states[process], first, first + count, (byte) (MAPPED | bits));
    }

    void unmap(int process, int first, int count) {
        Arrays.fill(states[process], first, first + count, (byte) 0);
    }

    void protect(int process, int first, int count, int bits) {
        byte[] state = states[process];
        for (int page = first; page < first + count; page++) {
            if ((state[page] & MAPPED) != 0) {
                state[page] = (byte) (state[page] & ~(READABLE | WRITABLE) | bits);
            }
        }
    }

    void move(int process, int from, int to, int count, boolean keep) {
        byte[] state = states[process];
        byte[] moved = Arrays.copyOfRange(state, from, from + count);
        if (!keep) {
            unmap(process, from, count);
        }
        for (int page = 0; page < count; page++) {
            if (moved[page] != 0) {
                state[to + page] = moved[page];
            }
        }
    }

    /** The first page of the run of pages that are like this one. */
    int runStart(int process, int page) {
        byte[] state = states[process];
        int start = page;
        while (start > 0 && state[start - 1] == state[page]) {
            start--;
        }
        return start;
    }

    /** The page after the run of pages that are like this one. */
    int runEnd(int process, int page) {
        byte[] state = states[process];
        int end = page + 1;
        while (end < pages && state[end] == state[page]) {
            end++;
        }
        return end;
    }
}
