package org.polymm.lab.importing;

import java.io.IOException;

/** A line of a recording cannot be understood. The message names the file and the line number. */
public final class ImportException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int EXCERPT = 160;

    private final long line;

    /**
     * Makes one.
     *
     * @param file what the input is called
     * @param line the number of the line, counted from 1
     * @param problem what is wrong, and what would have been right
     * @param text the line
     */
    public ImportException(String file, long line, String problem, String text) {
        super(file + ":" + line + ": " + problem + "\n    " + excerpt(text));
        this.line = line;
    }

    /** The number of the line, counted from 1. */
    public long line() {
        return line;
    }

    private static String excerpt(String text) {
        String trimmed = text.strip();
        return trimmed.length() <= EXCERPT ? trimmed : trimmed.substring(0, EXCERPT) + "...";
    }
}
