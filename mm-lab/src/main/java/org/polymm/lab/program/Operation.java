package org.polymm.lab.program;

import java.util.Objects;

/**
 * One step of a program. Immutable; may be shared between threads and machines.
 *
 * @param action what is done
 * @param process the number of the process that does it, from 0
 * @param a the first argument; {@link Action} says what each means
 * @param b the second
 * @param c the third
 * @param d the fourth
 * @param e the fifth
 * @param f the sixth
 */
public record Operation(Action action, int process, long a, long b, long c, long d, long e, long f) {

    /** The size of a base page in bytes. */
    public static final long PAGE = 4096;

    /**
     * Checks the numbers that are indexes.
     *
     * @throws IllegalArgumentException if the process is negative
     */
    public Operation {
        Objects.requireNonNull(action, "action");
        if (process < 0) {
            throw new IllegalArgumentException("process " + process + " is negative");
        }
    }

    /**
     * An operation with up to six arguments.
     *
     * @param action what is done
     * @param process who does it
     * @param arguments a to f; what is missing is 0
     * @return the operation
     */
    public static Operation of(Action action, int process, long... arguments) {
        if (arguments.length > 6) {
            throw new IllegalArgumentException(action + " with " + arguments.length + " arguments: there are six");
        }
        return new Operation(
                action,
                process,
                argument(arguments, 0),
                argument(arguments, 1),
                argument(arguments, 2),
                argument(arguments, 3),
                argument(arguments, 4),
                argument(arguments, 5));
    }

    private static long argument(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }
}
