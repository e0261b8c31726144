package org.polymm.lab.perf;

/**
 * One line of {@code perf script}, cut into its columns. Reused from line to line.
 *
 * <pre>
 *   COMM TID [CPU] SECONDS.FRACTION: EVENT: FIELDS
 * </pre>
 *
 * COMM may hold spaces, colons and brackets; it has at most 15 bytes, too few to hold the three columns that follow, so the
 * first place where those three match is the right one. The CPU column is absent in recordings made without it.
 */
final class PerfLine {
    private static final String RECORD_PREFIX = "PERF_RECORD_";

    private String text = "";
    private String event = "";
    private int fields;
    private int task;
    private int commEnd;
    private long nanos;

    /** Thrown by the parsing methods; says what was expected. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String expected) {
            super(expected);
        }
    }

    /** Cuts a line into its columns. */
    void parse(String line) throws Unreadable {
        text = line;
        int rest = columns();
        if (line.startsWith(RECORD_PREFIX, rest)) {
            int end = rest;
            while (end < line.length() && isRecordName(line.charAt(end))) {
                end++;
            }
            event = line.substring(rest, end);
            fields = end;
            return;
        }
        int system = line.indexOf(':', rest);
        int name = system < 0 ? -1 : line.indexOf(':', system + 1);
        if (name < 0) {
            throw new Unreadable("an event name (SYSTEM:NAME: or PERF_RECORD_NAME) after the time");
        }
        event = line.substring(rest, name);
        fields = name + 1;
    }

    private static boolean isRecordName(char c) {
        return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    /** Finds TID, CPU and time; returns where the event begins. */
    private int columns() throws Unreadable {
        int length = text.length();
        int start = 0;
        while (start < length && text.charAt(start) == ' ') {
            start++;
        }
        for (int i = start + 1; i < length; i++) {
            if (isDigit(text.charAt(i)) && text.charAt(i - 1) == ' ') {
                int rest = columnsAt(i);
                if (rest >= 0) {
                    commEnd = i;
                    return rest;
                }
            }
        }
        throw new Unreadable("the columns COMM TID [CPU] SECONDS.FRACTION:");
    }

    private int columnsAt(int tidStart) {
        int at = digits(tidStart);
        long tid = number(tidStart, at);
        int gap = spaces(at);
        if (gap == at) {
            return -1;
        }
        at = gap;
        if (at < text.length() && text.charAt(at) == '[') {
            int close = digits(at + 1);
            if (close == at + 1 || close >= text.length() || text.charAt(close) != ']') {
                return -1;
            }
            at = spaces(close + 1);
        }
        int point = digits(at);
        if (point == at || point >= text.length() || text.charAt(point) != '.') {
            return -1;
        }
        int colon = digits(point + 1);
        int fraction = colon - point - 1;
        if (fraction == 0 || fraction > 9 || colon + 1 >= text.length() || text.charAt(colon) != ':') {
            return -1;
        }
        long part = number(point + 1, colon);
        for (int i = fraction; i < 9; i++) {
            part *= 10;
        }
        task = (int) tid;
        nanos = number(at, point) * 1_000_000_000L + part;
        int rest = spaces(colon + 1);
        return rest < text.length() ? rest : -1;
    }

    private int digits(int from) {
        int at = from;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private int spaces(int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at;
    }

    private long number(int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + (text.charAt(i) - '0');
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** {@code SYSTEM:NAME} of a tracepoint, or {@code PERF_RECORD_NAME}. */
    String event() {
        return event;
    }

    /** What follows the event's name. */
    String fields() {
        return text.substring(fields).strip();
    }

    /** The TID column. */
    int task() {
        return task;
    }

    /** The command-name column. */
    String comm() {
        return text.substring(0, commEnd).strip();
    }

    /** The time, nanoseconds on the recording's clock. */
    long nanos() {
        return nanos;
    }

    /** The number after {@code key}, written {@code 0xHEX}. */
    long hexField(String key) throws Unreadable {
        int at = text.indexOf(key, fields);
        if (at < 0 || !text.startsWith("0x", at + key.length())) {
            throw new Unreadable("a field " + key + "0x...");
        }
        return hex(text, at + key.length());
    }

    /** The text after the first {@code key} up to the next space or the end. */
    String firstField(String key) throws Unreadable {
        return fieldAt(text.indexOf(key, fields), key);
    }

    /** The text after the last {@code key}, behind a name that may hold anything, up to the next space or the end. */
    String lastField(String key) throws Unreadable {
        return fieldAt(text.lastIndexOf(key), key);
    }

    private String fieldAt(int at, String key) throws Unreadable {
        if (at < fields) {
            throw new Unreadable("a field " + key.strip());
        }
        int end = text.indexOf(' ', at + key.length());
        return text.substring(at + key.length(), end < 0 ? text.length() : end);
    }

    /**
     * The arguments of a {@code sys_enter} line ({@code name: 0xHEX, name: 0xHEX, ...}).
     *
     * @return how many there were
     */
    int arguments(long[] into) throws Unreadable {
        int count = 0;
        int at = fields;
        while (true) {
            at = text.indexOf(": 0x", at);
            if (at < 0 || count == into.length) {
                return count;
            }
            into[count++] = hex(text, at + 2);
            int comma = text.indexOf(", ", at);
            if (comma < 0) {
                return count;
            }
            at = comma;
        }
    }

    /** The result on a {@code sys_exit} line, a signed number. */
    long result() throws Unreadable {
        int at = spaces(fields);
        if (!text.startsWith("0x", at)) {
            throw new Unreadable("the result as 0x...");
        }
        return hex(text, at);
    }

    /** The number at {@code at}, which begins with {@code 0x} and has 1 to 16 digits. */
    static long hex(String text, int at) throws Unreadable {
        long value = 0;
        int i = at + 2;
        while (i < text.length()) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
            i++;
        }
        if (i == at + 2 || i > at + 18) {
            throw new Unreadable("a hexadecimal number of 1 to 16 digits");
        }
        return value;
    }
}
