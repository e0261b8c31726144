package org.polymm.lab.timed;

/**
 * Spans of time of one kind.
 *
 * <p>Not thread-safe.
 */
public final class Times {

    private long count;
    private long total;
    private long longest;

    /** No span yet. */
    public Times() {}

    /**
     * Adds one.
     *
     * @param nanos 0 or more
     */
    public void add(long nanos) {
        count++;
        total += nanos;
        longest = Math.max(longest, nanos);
    }

    /** Adds all of another's. */
    public void addAll(Times other) {
        count += other.count;
        total += other.total;
        longest = Math.max(longest, other.longest);
    }

    /** {@return how many there were} */
    public long count() {
        return count;
    }

    /** {@return their sum, in nanoseconds} */
    public long total() {
        return total;
    }

    /** {@return the longest, in nanoseconds; 0 if there was none} */
    public long longest() {
        return longest;
    }

    /** {@return the mean, in nanoseconds; 0 if there was none} */
    public long mean() {
        return count == 0 ? 0 : total / count;
    }
}
