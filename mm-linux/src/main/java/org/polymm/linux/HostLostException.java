package org.polymm.linux;

/** The helper process is gone, or says what it must not say. The kernel that it belonged to must be closed. */
public final class HostLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what happened.
     *
     * @param message how the helper ended and what it said last
     * @param cause what was noticed first
     */
    public HostLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
