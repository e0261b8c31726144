package org.polymm.linux;

/** This host cannot be used as a machine. The message says what is missing and how it could be had. */
public final class HostUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Says why.
     *
     * @param message what is missing
     */
    public HostUnavailableException(String message) {
        super(message);
    }

    /**
     * Says why.
     *
     * @param message what is missing
     * @param cause what was tried
     */
    public HostUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
