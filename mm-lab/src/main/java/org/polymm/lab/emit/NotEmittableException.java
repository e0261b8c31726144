package org.polymm.lab.emit;

/** A program does something, or expects something, that the C program cannot. The message says what, and why. */
public final class NotEmittableException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Says why.
     *
     * @param message what cannot be said in C
     */
    public NotEmittableException(String message) {
        super(message);
    }
}
