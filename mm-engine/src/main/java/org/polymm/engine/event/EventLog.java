package org.polymm.engine.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;

/** A ring of the last events; see the package. Sequence numbers count from 0 and never repeat. */
public final class EventLog implements Stateful {

    private static final int WIDTH = 4;
    private static final EventKind[] KINDS = EventKind.values();

    private final int capacity;
    private final long[] ring;
    private long next;

    /**
     * An empty log.
     *
     * @param capacity events to keep: 0 (no log), or rounded up to a power of two; at most 2^26
     */
    public EventLog(StateSpace space, int capacity) {
        if (capacity < 0 || capacity > 1 << 26) {
            throw new IllegalArgumentException("an event log keeps 0 to 2^26 events, not " + capacity);
        }
        this.capacity = capacity <= 1 ? capacity : Integer.highestOneBit(capacity - 1) << 1;
        this.ring = new long[this.capacity * WIDTH];
        space.register(this);
    }

    /** Writes an event; what the words mean is in {@link EventKind}. */
    public void record(EventKind kind, long a, long b, long c) {
        if (capacity != 0) {
            int at = ((int) next & capacity - 1) * WIDTH;
            long[] words = ring;
            words[at] = kind.ordinal();
            words[at + 1] = a;
            words[at + 2] = b;
            words[at + 3] = c;
            next++;
        }
    }

    /** Whether events are kept at all: what is costly to find out for an event need not be, otherwise. */
    public boolean isOn() {
        return capacity != 0;
    }

    /** The sequence number that the next event will have: how many were written so far. */
    public long next() {
        return next;
    }

    /** The sequence number of the oldest event that is still there; {@link #next()} if there is none. */
    public long oldest() {
        return Math.max(0, next - capacity);
    }

    /** The kind of an event. */
    public EventKind kind(long seq) {
        return KINDS[(int) ring[slot(seq)]];
    }

    /** First word of an event. */
    public long a(long seq) {
        return ring[slot(seq) + 1];
    }

    /** Second word of an event. */
    public long b(long seq) {
        return ring[slot(seq) + 2];
    }

    /** Third word of an event. */
    public long c(long seq) {
        return ring[slot(seq) + 3];
    }

    /** An event in words. */
    public String describe(long seq) {
        return describe(kind(seq), a(seq), b(seq), c(seq));
    }

    /** An event in words. */
    public static String describe(EventKind kind, long a, long b, long c) {
        return kind.text(a, b, c);
    }

    /** The last events in words, oldest first: at most {@code n}, fewer if there are fewer. */
    public List<String> tail(int n) {
        List<String> lines = new ArrayList<>();
        for (long seq = Math.max(oldest(), next - n); seq < next; seq++) {
            lines.add(seq + " " + describe(seq));
        }
        return lines;
    }

    private int slot(long seq) {
        if (seq < oldest() || seq >= next) {
            throw new IndexOutOfBoundsException(
                    "event " + seq + " is not in the log; it holds " + oldest() + " to " + (next - 1));
        }
        return ((int) seq & capacity - 1) * WIDTH;
    }

    private int used() {
        return (int) Math.min(next, capacity) * WIDTH;
    }

    /** A saved log: the used part of the ring. */
    private record Saved(long[] ring, long next) {}

    @Override
    public String name() {
        return "events";
    }

    @Override
    public Object capture() {
        return new Saved(Arrays.copyOf(ring, used()), next);
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        System.arraycopy(saved.ring, 0, ring, 0, saved.ring.length);
        Arrays.fill(ring, saved.ring.length, Math.max(saved.ring.length, used()), 0);
        next = saved.next;
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        if (saved.next != next) {
            return "the next event was " + saved.next + ", is " + next;
        }
        int at = Arrays.mismatch(saved.ring, 0, saved.ring.length, ring, 0, used());
        return at < 0 ? null : "slot " + at / WIDTH + " is now: " + describe(slotSeq(at / WIDTH));
    }

    private long slotSeq(int slot) {
        long seq = (next & -capacity) + slot;
        return seq < next ? seq : seq - capacity;
    }
}
