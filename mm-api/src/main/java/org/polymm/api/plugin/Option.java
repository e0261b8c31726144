package org.polymm.api.plugin;

import java.util.List;
import java.util.regex.Pattern;
import org.polymm.api.OrderSet;

/**
 * Something about a policy that configuration can set, with a type, a default and a range.
 *
 * @param name lower-case letters, digits and dashes, such as {@code max-order}
 * @param type how the text of configuration is read
 * @param defaultText the default, as it would stand in configuration
 * @param min the least value of a number or size, else 0
 * @param max the greatest value of a number or size, else 0
 * @param choices the words an {@link Type#CHOICE} takes, else empty
 * @param help one line: what it does, with its unit
 */
public record Option(
        String name, Type type, String defaultText, long min, long max, List<String> choices, String help) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** How an option's text is read. */
    public enum Type {
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** A whole number. */
        NUMBER,
        /** A number of bytes, such as {@code 64KiB}. */
        BYTES,
        /** Folio orders, such as {@code 2,4} or {@code 16kB,64kB}. */
        ORDERS,
        /** One of a list of words. */
        CHOICE
    }

    /**
     * Checks the name and copies the list.
     *
     * @throws IllegalArgumentException if the name is malformed
     */
    public Option {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "option name '" + name + "' may hold only lower-case letters, digits and dashes");
        }
        if (name.equals("use")) {
            throw new IllegalArgumentException("option name 'use' is taken by the choice of the policy itself");
        }
        choices = List.copyOf(choices);
    }

    /**
     * A yes-or-no option.
     *
     * @param name the name
     * @param defaultValue the default
     * @param help one line
     * @return the option
     */
    public static Option ofBoolean(String name, boolean defaultValue, String help) {
        return new Option(name, Type.BOOLEAN, Boolean.toString(defaultValue), 0, 0, List.of(), help);
    }

    /**
     * A whole number.
     *
     * @param name the name
     * @param defaultValue the default
     * @param min the least value
     * @param max the greatest value
     * @param help one line with the unit
     * @return the option
     */
    public static Option ofNumber(String name, long defaultValue, long min, long max, String help) {
        return new Option(name, Type.NUMBER, Long.toString(defaultValue), min, max, List.of(), help);
    }

    /**
     * A size in bytes.
     *
     * @param name the name
     * @param defaultBytes the default
     * @param min the least value
     * @param max the greatest value
     * @param help one line
     * @return the option
     */
    public static Option ofBytes(String name, long defaultBytes, long min, long max, String help) {
        return new Option(name, Type.BYTES, Long.toString(defaultBytes), min, max, List.of(), help);
    }

    /**
     * A set of folio orders.
     *
     * @param name the name
     * @param defaultOrders the default
     * @param help one line
     * @return the option
     */
    public static Option ofOrders(String name, OrderSet defaultOrders, String help) {
        StringBuilder text = new StringBuilder();
        for (int order = 0; order <= OrderSet.MAX_ORDER; order++) {
            if (defaultOrders.contains(order)) {
                text.append(text.isEmpty() ? "" : ",").append(order);
            }
        }
        return new Option(name, Type.ORDERS, text.toString(), 0, OrderSet.MAX_ORDER, List.of(), help);
    }

    /**
     * One of several words.
     *
     * @param name the name
     * @param defaultChoice the default, one of the choices
     * @param choices the words
     * @param help one line
     * @return the option
     */
    public static Option ofChoice(String name, String defaultChoice, List<String> choices, String help) {
        if (!choices.contains(defaultChoice)) {
            throw new IllegalArgumentException("default '" + defaultChoice + "' is none of " + choices);
        }
        return new Option(name, Type.CHOICE, defaultChoice, 0, 0, choices, help);
    }
}
