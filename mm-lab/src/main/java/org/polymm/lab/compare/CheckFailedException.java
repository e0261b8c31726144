package org.polymm.lab.compare;

/** An invariant does not hold on a simulated machine. The message says which, where, and after which event. */
public final class CheckFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckFailedException(String message) {
        super(message);
    }
}
