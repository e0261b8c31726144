package org.polymm.engine.state;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A growing array of longs. Words above {@link #size()} are zero. */
public final class LongVector implements Stateful {

    private final String name;
    private long[] values;
    private int size;

    /**
     * An empty vector.
     *
     * @param capacity words to reserve; it grows beyond by doubling
     */
    public LongVector(StateSpace space, String name, int capacity) {
        this.name = name;
        this.values = new long[Math.max(capacity, 1)];
        space.register(this);
    }

    /** A vector of a size, all zero: the place for the scalar fields of a component. */
    public static LongVector sized(StateSpace space, String name, int size) {
        LongVector vector = new LongVector(space, name, size);
        vector.size = size;
        return vector;
    }

    @Override
    public String name() {
        return name;
    }

    /** Words in use. */
    public int size() {
        return size;
    }

    public long get(int index) {
        return values[Objects.checkIndex(index, size)];
    }

    public void set(int index, long value) {
        values[Objects.checkIndex(index, size)] = value;
    }

    /** Adds to a word and returns the new value. */
    public long increment(int index, long by) {
        return values[Objects.checkIndex(index, size)] += by;
    }

    /** Appends a word and returns its index. */
    public int add(long value) {
        if (size == values.length) {
            grow(size + 1);
        }
        values[size] = value;
        return size++;
    }

    /** Removes the last word and returns it. */
    public long removeLast() {
        long value = get(size - 1);
        values[--size] = 0;
        return value;
    }

    /** Makes the size at least that large; new words are zero. */
    public void ensureSize(int atLeast) {
        if (atLeast > size) {
            if (atLeast > values.length) {
                grow(atLeast);
            }
            size = atLeast;
        }
    }

    /** Makes the size at most that large; words beyond are lost. */
    public void truncate(int atMost) {
        if (atMost < size) {
            Arrays.fill(values, atMost, size, 0);
            size = atMost;
        }
    }

    /** The words, for hot code: valid until the vector grows; nothing above {@link #size()} may be written. */
    public long[] array() {
        return values;
    }

    private void grow(int atLeast) {
        values = Arrays.copyOf(values, Capacity.grown(name, values.length, atLeast));
    }

    @Override
    public Object capture() {
        return Arrays.copyOf(values, size);
    }

    @Override
    public void restore(Object captured) {
        long[] saved = (long[]) captured;
        if (saved.length > values.length) {
            grow(saved.length);
        }
        System.arraycopy(saved, 0, values, 0, saved.length);
        if (size > saved.length) {
            Arrays.fill(values, saved.length, size, 0);
        }
        size = saved.length;
    }

    @Override
    public @Nullable String difference(Object captured) {
        long[] saved = (long[]) captured;
        int at = Arrays.mismatch(saved, 0, saved.length, values, 0, size);
        if (at < 0) {
            return null;
        }
        return at < Math.min(saved.length, size)
                ? "[" + at + "] was " + saved[at] + ", is " + values[at]
                : "size was " + saved.length + ", is " + size;
    }
}
