package org.polymm.lab.program;

/** A machine cannot give what a program needs: the program is skipped there, for the reason in the message, and never passed. */
public final class UnmetException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Says why.
     *
     * @param message what is missing, and how it could be had
     */
    public UnmetException(String message) {
        super(message);
    }
}
