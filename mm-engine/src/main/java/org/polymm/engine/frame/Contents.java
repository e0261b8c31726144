package org.polymm.engine.frame;

import java.util.Arrays;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;

/**
 * What is in memory, as far as a check needs it: one 64-bit token for each base page. Off, it costs a comparison, and
 * all pages read as 0.
 */
public final class Contents {

    private final LongVector tokens;

    /**
     * Tokens of a machine.
     *
     * @param frameCount frames of the machine, or 0 to keep no contents
     */
    public Contents(StateSpace space, int frameCount) {
        tokens = LongVector.sized(space, "contents", frameCount);
    }

    /** Whether contents are kept. */
    public boolean isOn() {
        return tokens.size() != 0;
    }

    /** Fills pages with zeroes. */
    public void zero(int first, int count) {
        if (isOn()) {
            Arrays.fill(tokens.array(), first, first + count, 0);
        }
    }

    /** Copies pages. */
    public void copy(int from, int to, int count) {
        if (isOn()) {
            System.arraycopy(tokens.array(), from, tokens.array(), to, count);
        }
    }

    /** What is in a page; 0 if it is full of zeroes, or if contents are not kept. */
    public long read(int pfn) {
        return isOn() ? tokens.array()[pfn] : 0;
    }

    /** Writes a page. */
    public void write(int pfn, long token) {
        if (isOn()) {
            tokens.array()[pfn] = token;
        }
    }
}
