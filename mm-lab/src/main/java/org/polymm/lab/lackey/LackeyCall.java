package org.polymm.lab.lackey;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code SYSCALL} line.
 *
 * <pre>
 *   SYSCALL[PID,THREAD](NUMBER) sys_NAME ( ARGUMENT, ... )[sync] --&gt; Success(0xRESULT)
 *   SYSCALL[PID,THREAD](NUMBER) sys_NAME ( ARGUMENT, ... ) --&gt; [async] ...
 *   SYSCALL[PID,THREAD](NUMBER) ... [async] --&gt; Failure(0xERRNO)
 * </pre>
 *
 * @param process the process
 * @param thread Valgrind's number of the thread, from 1
 * @param name the call without {@code sys_}; empty in a line that brings the result of an earlier one
 * @param arguments the text between the brackets
 * @param finished whether the result is known
 * @param result what it returned, a failure as a negative errno
 */
record LackeyCall(int process, int thread, String name, String arguments, boolean finished, long result) {
    private static final Pattern HEAD = Pattern.compile("SYSCALL\\[(\\d+),(\\d+)\\]\\((\\d+)\\) (.*)");
    private static final Pattern RESULT = Pattern.compile("(Success|Failure)\\(0x([0-9a-fA-F]+)\\)\\s*$");
    private static final Pattern PATH = Pattern.compile("0x[0-9a-f]+\\((.*)\\)");
    private static final String ARROW = " --> ";

    /** Returns null when the line is not of that form. */
    static @Nullable LackeyCall parse(String line) {
        Matcher head = HEAD.matcher(line);
        if (!head.matches()) {
            return null;
        }
        int process = Integer.parseInt(head.group(1));
        int thread = Integer.parseInt(head.group(2));
        String rest = head.group(4);
        int arrow = rest.lastIndexOf(ARROW);
        Matcher found = RESULT.matcher(rest);
        boolean finished = arrow >= 0 && found.find(arrow);
        long result = 0;
        if (finished) {
            long number = Long.parseUnsignedLong(found.group(2), 16);
            result = found.group(1).equals("Success") ? number : -number;
        }
        if (rest.startsWith("...")) {
            return new LackeyCall(process, thread, "", "", finished, result);
        }
        int open = rest.indexOf('(');
        int close = rest.lastIndexOf(')', arrow);
        if (arrow < 0 || open < 0 || close < open) {
            return null;
        }
        String name = rest.substring(0, open).strip();
        return new LackeyCall(
                process,
                thread,
                name.startsWith("sys_") ? name.substring("sys_".length()) : name,
                rest.substring(open + 1, close).strip(),
                finished,
                result);
    }

    /** This call with the result that a later line brought. */
    LackeyCall finishedBy(LackeyCall later) {
        return new LackeyCall(process, thread, name, arguments, true, later.result);
    }

    /**
     * The arguments as numbers; one that is none counts as 0.
     *
     * @return how many there are
     */
    int numbers(long[] into) {
        int count = 0;
        for (String argument : arguments.split(",")) {
            if (count < into.length && !argument.isBlank()) {
                into[count++] = number(argument.strip());
            }
        }
        return count;
    }

    private static long number(String text) {
        int bracket = text.indexOf('(');
        String digits = bracket > 0 ? text.substring(0, bracket) : text;
        try {
            return digits.startsWith("0x")
                    ? Long.parseUnsignedLong(digits, 2, digits.length(), 16)
                    : Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The text behind an argument that points to one; empty if there is none. */
    String path() {
        Matcher path = PATH.matcher(arguments);
        return path.find() ? path.group(1) : "";
    }
}
