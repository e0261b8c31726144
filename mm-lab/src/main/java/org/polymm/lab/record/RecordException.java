package org.polymm.lab.record;

import java.io.IOException;

/** A recording could not be made. The message says what is missing or went wrong, and what helps. */
public final class RecordException extends IOException {
    private static final long serialVersionUID = 1L;

    RecordException(String message) {
        super(message);
    }
}
