package org.polymm.lab.trace;

import java.io.IOException;

/** A file is no trace, or a damaged, truncated or too new one. The message names the file and the byte offset. */
public final class TraceFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    TraceFormatException(String file, long offset, String problem) {
        super(file + ": at byte " + offset + ": " + problem);
        this.offset = offset;
    }

    /** Where in the file the problem was noticed, bytes from its start. */
    public long offset() {
        return offset;
    }
}
