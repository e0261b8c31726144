package org.polymm.lab.strace;

/**
 * Which pages a program is taken to have touched, since strace does not tell.
 *
 * @param writes whether each page of anonymous memory is written once, from the lowest to the highest, as soon as it may be
 *     written: when it is mapped writable, when the heap or a mapping grows, or when {@code mprotect} makes it writable. Of a
 *     stack mapping only the last 16 KiB are, because stacks are used from their top. Otherwise nothing is touched
 * @param limit anonymous memory that becomes writable in a piece of more than so many bytes is a reservation, and is not
 *     touched
 */
public record TouchRule(boolean writes, long limit) {
    /** Pieces of up to 1 GiB are written. */
    public static final TouchRule ONCE = new TouchRule(true, 1L << 30);

    /** Nothing is touched: the replay is of address spaces alone. */
    public static final TouchRule NEVER = new TouchRule(false, 0);

    static final long STACK_BYTES = 16L << 10;

    /** The rule in a sentence, for the trace's header. */
    String sentence() {
        return writes
                ? "touches are assumed: every anonymous page is written once when it becomes writable (stacks: 16 KiB; pieces over "
                        + (limit >> 20) + " MiB: not)"
                : "touches are unknown and none is assumed";
    }
}
