package org.polymm.lab.cli;

/** What was asked for cannot be done. The message says what, where and what would have been right. */
final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserError(String message) {
        super(message);
    }

    UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
