package org.polymm.lab.strace;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of strace, cut into its columns. Reused from line to line.
 *
 * <pre>
 *   [TID] SECONDS.MICROS WHAT         TID as "123" or "[pid 123]", absent if there is one task alone
 * </pre>
 */
final class StraceLine {
    private static final String EXPECTED =
            "[TID] SECONDS.MICROSECONDS CALL(ARGUMENTS) = RESULT, as strace -f -ttt -y prints it";
    private static final String UNFINISHED = "<unfinished ...>";

    /** What kind of line it is. */
    enum Kind {
        /** A call with its result. */
        CALL,
        /** The beginning of a call; its end comes later. */
        UNFINISHED,
        /** The end of a call. */
        RESUMED,
        /** A task is gone. */
        EXITED,
        /** A thread called execve and takes over the process's number. */
        SUPERSEDED,
        /** A signal or a remark. */
        REMARK
    }

    private Kind kind = Kind.REMARK;
    private int task;
    private long nanos;
    private String name = "";
    private String text = "";
    private final List<String> arguments = new ArrayList<>();
    private String result = "";

    /** Thrown by the parsing methods; says what was expected. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String expected) {
            super(expected);
        }
    }

    /**
     * Cuts a line into its columns.
     *
     * @param onlyTask the number of a task that has no number in the text
     */
    void parse(String line, int onlyTask) throws Unreadable {
        int at = 0;
        task = onlyTask;
        if (line.startsWith("[pid")) {
            int close = line.indexOf(']');
            if (close < 0) {
                throw new Unreadable(EXPECTED);
            }
            task = decimal(line.substring(4, close).strip());
            at = spaces(line, close + 1);
        } else {
            int end = digits(line, 0);
            if (end > 0 && end < line.length() && line.charAt(end) == ' ') {
                task = decimal(line.substring(0, end));
                at = spaces(line, end);
            }
        }
        at = time(line, at);
        text = line.substring(at);
        if (text.startsWith("+++ ")) {
            remark();
        } else if (text.startsWith("--- ")) {
            kind = Kind.REMARK;
        } else if (text.startsWith("<... ")) {
            int end = text.indexOf(" resumed>");
            if (end < 0) {
                throw new Unreadable("<... CALL resumed>");
            }
            kind = Kind.RESUMED;
            name = text.substring(5, end);
            text = text.substring(end + " resumed>".length());
        } else {
            call();
        }
    }

    private int time(String line, int at) throws Unreadable {
        int point = digits(line, at);
        if (point == at || point >= line.length() || line.charAt(point) != '.') {
            throw new Unreadable(EXPECTED);
        }
        int end = digits(line, point + 1);
        int fraction = end - point - 1;
        if (fraction == 0 || fraction > 9 || end >= line.length() || line.charAt(end) != ' ') {
            throw new Unreadable(EXPECTED);
        }
        long part = Long.parseLong(line.substring(point + 1, end));
        for (int i = fraction; i < 9; i++) {
            part *= 10;
        }
        nanos = decimal(line.substring(at, point)) * 1_000_000_000L + part;
        return spaces(line, end);
    }

    private void remark() throws Unreadable {
        if (text.startsWith("+++ exited") || text.startsWith("+++ killed")) {
            kind = Kind.EXITED;
        } else if (text.startsWith("+++ superseded by execve in pid ")) {
            kind = Kind.SUPERSEDED;
            int from = "+++ superseded by execve in pid ".length();
            result = text.substring(from, digits(text, from));
            decimal(result);
        } else {
            kind = Kind.REMARK;
        }
    }

    private void call() throws Unreadable {
        int open = text.indexOf('(');
        if (open <= 0 || !isName(text, open)) {
            throw new Unreadable(EXPECTED);
        }
        name = text.substring(0, open);
        text = text.substring(open + 1);
        if (text.endsWith(UNFINISHED)) {
            kind = Kind.UNFINISHED;
            text = text.substring(0, text.length() - UNFINISHED.length()).stripTrailing();
            // What an unfinished clone was asked for has to be known before it is finished.
            arguments(text, true);
        } else {
            kind = Kind.CALL;
            finish(text);
        }
    }

    /** Cuts {@code ARGUMENTS) = RESULT} into arguments and result. */
    void finish(String rest) throws Unreadable {
        int end = arguments(rest, false);
        int equals = rest.indexOf('=', end);
        if (equals < 0 || !rest.substring(end, equals).isBlank()) {
            throw new Unreadable("= RESULT after the arguments");
        }
        result = rest.substring(equals + 1).strip();
    }

    /** Splits arguments at the commas that are in no bracket, quotation or path; returns the place behind the last one's end. */
    private int arguments(String rest, boolean mayBeCut) throws Unreadable {
        arguments.clear();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            switch (c) {
                case '"' -> i = quoted(rest, i);
                case '<' -> i = path(rest, i);
                case '(', '[', '{' -> depth++;
                case ']', '}' -> depth--;
                case '/' -> i = rest.startsWith("/*", i) ? comment(rest, i) : i;
                case ',' -> {
                    if (depth == 0) {
                        arguments.add(rest.substring(from, i).strip());
                        from = i + 1;
                    }
                }
                case ')' -> {
                    if (depth-- == 0) {
                        add(rest.substring(from, i));
                        return i + 1;
                    }
                }
                default -> {
                    // A part of an argument.
                }
            }
        }
        if (!mayBeCut) {
            throw new Unreadable(") after the arguments");
        }
        add(rest.substring(from));
        return rest.length();
    }

    private void add(String last) {
        if (!last.isBlank()) {
            arguments.add(last.strip());
        }
    }

    private static int quoted(String text, int at) {
        int i = at + 1;
        while (i < text.length() && text.charAt(i) != '"') {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }

    private static int comment(String text, int at) {
        int end = text.indexOf("*/", at);
        return end < 0 ? at : end + 1;
    }

    /** The end of what stands in angle brackets behind a descriptor; a shift has none. */
    private static int path(String text, int at) {
        if (text.startsWith("<<", at)) {
            return at + 1;
        }
        int depth = 0;
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '<') {
                depth++;
            } else if (c == '>' && text.charAt(i - 1) != '-' && --depth == 0) {
                return i;
            }
        }
        return at;
    }

    private static boolean isName(String text, int end) {
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c != '_' && !Character.isLetterOrDigit(c)) {
                return false;
            }
        }
        return true;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static int spaces(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at;
    }

    private static int decimal(String text) throws Unreadable {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Unreadable("a decimal number instead of \"" + text + "\"");
        }
    }

    Kind kind() {
        return kind;
    }

    /** The TID column. */
    int task() {
        return task;
    }

    /** The time, nanoseconds on the recording's clock. */
    long nanos() {
        return nanos;
    }

    /** The call's name. */
    String name() {
        return name;
    }

    /** What follows the opening bracket of an unfinished call, or the resumption of one. */
    String rest() {
        return text;
    }

    /** The arguments of a call, as printed; those that are there so far if it is unfinished. */
    List<String> arguments() {
        return arguments;
    }

    /** The result of a call as printed, such as {@code -1 ENOMEM (Cannot allocate memory)}. */
    String result() {
        return result;
    }
}
