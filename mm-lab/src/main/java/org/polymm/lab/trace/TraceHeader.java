package org.polymm.lab.trace;

/**
 * Where a trace comes from and what it can know. Text that is not known is empty, never made up.
 *
 * @param program short name of the recorded program, such as {@code redis}
 * @param command the command line that was recorded
 * @param kernel release of the kernel it ran on
 * @param tool the recording tool and its version
 * @param howRecorded how it was recorded, in a sentence
 * @param sourceName name of the text the trace was imported from
 * @param sourceSha256 SHA-256 of that text as stored, lower-case hexadecimal
 * @param clock the clock of the timestamps
 * @param pageShift base-2 logarithm of the recorded system's page size
 * @param granularity what the trace can know
 */
public record TraceHeader(
        String program,
        String command,
        String kernel,
        String tool,
        String howRecorded,
        String sourceName,
        String sourceSha256,
        String clock,
        int pageShift,
        Granularity granularity) {

    /** Longest text, in bytes of UTF-8. */
    public static final int MAX_TEXT_BYTES = 1 << 14;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException when {@code pageShift} is outside 12..16
     */
    public TraceHeader {
        if (pageShift < 12 || pageShift > 16) {
            throw new IllegalArgumentException("page shift " + pageShift + " is outside 12..16");
        }
    }
}
