package org.polymm.lab.explore;

/** A schedule does not fit the program any more; the message says from which step on, and what the program does there instead. */
public final class ScheduleMismatchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int step;

    ScheduleMismatchException(int step, String message) {
        super(message);
        this.step = step;
    }

    /** {@return the first step that does not fit, from 0; those before it do} */
    public int step() {
        return step;
    }
}
