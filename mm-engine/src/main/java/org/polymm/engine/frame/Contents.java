package org.polymm.engine.frame;

import java.util.Arrays;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * What is in memory, as far as a check needs it: one 64-bit token for each base page. Off, it costs a comparison, and
 * all pages read as 0.
 */
public final class Contents {

    private final LongVector tokens;
    private final Sync sync;

    /**
     * Tokens of a machine.
     *
     * @param sync is told that memory is read and written
     * @param frameCount frames of the machine, or 0 to keep no contents
     */
    public Contents(StateSpace space, Sync sync, int frameCount) {
        this.sync = sync;
        tokens = LongVector.sized(space, "contents", frameCount);
    }

    private void touch(int kind, int first, int count) {
        if (sync.isScheduled()) {
            for (int pfn = first; pfn < first + count; pfn++) {
                sync.touch(kind, pfn);
            }
        }
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
            touch(Point.READ_MEMORY, from, count);
            System.arraycopy(tokens.array(), from, tokens.array(), to, count);
        }
    }

    /** What is in a page; 0 if it is full of zeroes, or if contents are not kept. */
    public long read(int pfn) {
        if (!isOn()) {
            return 0;
        }
        touch(Point.READ_MEMORY, pfn, 1);
        return tokens.array()[pfn];
    }

    /** Writes a page. */
    public void write(int pfn, long token) {
        if (isOn()) {
            touch(Point.WRITE_MEMORY, pfn, 1);
            tokens.array()[pfn] = token;
        }
    }
}
