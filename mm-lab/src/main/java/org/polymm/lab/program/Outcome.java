package org.polymm.lab.program;

/**
 * How an operation ended.
 *
 * @param value what it returned: an address, a word that was read, a number of pages; 0 for success without a value and for failure
 * @param errno the error of a system call; 0 if it succeeded
 * @param signal the signal that an access raised: {@link #SIGSEGV}, {@link #SIGBUS}; {@link #KILLED} if there was no memory for it; 0 if none
 * @param page for READ and WRITE, how many pages were accessed: all of them, or those before the signal; otherwise 0
 */
public record Outcome(long value, int errno, int signal, int page) {

    /** The signal of an access that is not allowed, or where nothing is mapped. */
    public static final int SIGSEGV = 11;
    /** The signal of an access beyond the end of a file. */
    public static final int SIGBUS = 7;
    /** The out-of-memory killer's. */
    public static final int KILLED = 9;

    /**
     * The error of an access that waits for a userfaultfd, as a thread of its own; {@link Action#FINISH} asks after it. The value says what the
     * userfaultfd was told: 1 for a write, 2 for a protected page, 4 for one in the page cache, or-ed. Of a system call, which is given
     * up as if a signal had interrupted it.
     */
    public static final int BLOCKED = 512;

    /** Success without a value. */
    public static final Outcome DONE = new Outcome(0, 0, 0, 0);

    /**
     * A result of a system call as the kernel returns it.
     *
     * @param result the value or a negated errno
     * @return the outcome
     */
    public static Outcome ofResult(long result) {
        if (result < 0 && result > -4096) {
            return new Outcome(0, (int) -result, 0, 0);
        }
        return result == 0 ? DONE : new Outcome(result, 0, 0, 0);
    }

    /**
     * An access that waits for a userfaultfd.
     *
     * @param message what the userfaultfd was told
     * @param page how many pages were accessed before
     * @return the outcome
     */
    public static Outcome blocked(int message, int page) {
        return new Outcome(message, BLOCKED, 0, page);
    }

    /** {@return whether there was neither an error nor a signal} */
    public boolean isSuccess() {
        return errno == 0 && signal == 0;
    }
}
