package org.polymm.lab.trace;

import java.util.Arrays;

/**
 * One event, reusable: a {@link TraceCursor} fills the same object again and again, and a {@link TraceWriter} takes what is
 * in it. A field may only be read or set when the event's {@linkplain TraceEventKind#has kind has it}.
 *
 * <p>Used by one thread. What a cursor delivers is valid until it moves on.
 */
public final class TraceEvent {
    /** Error-code bit: a page was present, the access was not permitted (a write to a write-protected page). */
    public static final int FAULT_PRESENT = 1;
    /** Error-code bit: a write. */
    public static final int FAULT_WRITE = 1 << 1;
    /** Error-code bit: from user mode; without it the kernel touched a user address. */
    public static final int FAULT_USER = 1 << 2;
    /** Error-code bit: an instruction fetch. */
    public static final int FAULT_EXEC = 1 << 4;

    private static final int FIELDS = TraceField.values().length;

    private final long[] values = new long[FIELDS];
    private TraceEventKind kind = TraceEventKind.PROCESS;
    private long timeNanos;
    private int task;
    private int process;

    /** Makes this an event of that kind, with every field 0. Time, task and process stay. */
    public TraceEvent become(TraceEventKind newKind) {
        kind = newKind;
        Arrays.fill(values, 0);
        return this;
    }

    /**
     * Makes this an event of that kind with these values, in the order of the kind's {@linkplain TraceEventKind#fields
     * fields}. Time, task and process stay.
     *
     * @throws IllegalArgumentException when there are not exactly as many values as fields
     */
    public TraceEvent become(TraceEventKind newKind, long... inOrder) {
        TraceField[] layout = newKind.layout();
        if (inOrder.length != layout.length) {
            throw new IllegalArgumentException(
                    newKind + " has the fields " + newKind.fields() + "; " + inOrder.length + " values were given");
        }
        become(newKind);
        for (int i = 0; i < layout.length; i++) {
            values[layout[i].ordinal()] = inOrder[i];
        }
        return this;
    }

    /** Sets when and who: time in nanoseconds on the recording's clock, TID, PID. */
    public TraceEvent at(long nanos, int tid, int pid) {
        timeNanos = nanos;
        task = tid;
        process = pid;
        return this;
    }

    /**
     * Sets a field.
     *
     * @throws IllegalArgumentException when events of this kind have no such field
     */
    public TraceEvent set(TraceField field, long value) {
        check(field);
        values[field.ordinal()] = value;
        return this;
    }

    /**
     * A field's value.
     *
     * @throws IllegalArgumentException when events of this kind have no such field
     */
    public long get(TraceField field) {
        check(field);
        return values[field.ordinal()];
    }

    /** {@link #get} of a field that is a small number, such as an index or flags. */
    public int getInt(TraceField field) {
        return (int) get(field);
    }

    /** What happened. */
    public TraceEventKind kind() {
        return kind;
    }

    /** When, in nanoseconds on the recording's clock. */
    public long timeNanos() {
        return timeNanos;
    }

    /** The thread (TID). */
    public int task() {
        return task;
    }

    /** The process (PID). */
    public int process() {
        return process;
    }

    /** {@link TraceField#ADDRESS}, bytes. */
    public long address() {
        return get(TraceField.ADDRESS);
    }

    /** {@link TraceField#LENGTH}, bytes. */
    public long length() {
        return get(TraceField.LENGTH);
    }

    /** The result: a number or an address on success, a negative errno on failure. */
    public long result() {
        return get(kind.has(TraceField.RESULT) ? TraceField.RESULT : TraceField.RESULT_ADDRESS);
    }

    /** Whether the call failed: its result is one of the 4095 error numbers. */
    public boolean failed() {
        return isErrno(result());
    }

    /** Whether a raw result is a negative errno. */
    public static boolean isErrno(long result) {
        return result < 0 && result >= -4095;
    }

    /** Like {@link #become}, but leaves the fields for the caller to fill, every one that the kind has. */
    void beginDecoding(TraceEventKind newKind) {
        kind = newKind;
    }

    long[] values() {
        return values;
    }

    private void check(TraceField field) {
        if (!kind.has(field)) {
            throw new IllegalArgumentException("an event " + kind + " has no " + field + "; it has " + kind.fields());
        }
    }

    /** Time, task and fields in readable form; numbers that are addresses or bit sets in hexadecimal. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(timeNanos)
                .append(' ')
                .append(process)
                .append('/')
                .append(task)
                .append(' ')
                .append(kind);
        for (TraceField field : kind.layout()) {
            long value = values[field.ordinal()];
            text.append(' ').append(field).append('=');
            if (field.codec() == TraceField.Codec.ADDRESS && !isErrno(value)
                    || field == TraceField.FLAGS
                    || field == TraceField.LENGTH) {
                text.append("0x").append(Long.toHexString(value));
            } else {
                text.append(value);
            }
        }
        return text.toString();
    }
}
