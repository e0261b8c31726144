package org.polymm.runtime.config;

import java.util.List;
import java.util.regex.Pattern;
import org.polymm.api.OrderSet;

/**
 * A key of the configuration: what it is called, what may be written, what it is if nobody writes it. Declared once in code, shown in the
 * reference file, read with {@link EffectiveConfiguration#get}.
 *
 * @param name dotted, such as {@code thp.khugepaged.max_ptes_none}
 * @param type how its text is read
 * @param defaultText its default as it would be written
 * @param help what it does, in one sentence; units included
 * @param <T> what its text becomes
 */
public record Key<T>(String name, ValueType<T> type, String defaultText, String help) {

    private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9_-]*(\\.[a-z][A-Za-z0-9_-]*)*");

    /**
     * Checks that name and default are well formed.
     *
     * @throws IllegalArgumentException if the name is malformed, or the default is not of the type
     */
    public Key {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name
                    + "' is no name for a key: words of letters, digits, dashes and underscores, joined by dots");
        }
        try {
            type.parse(defaultText);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the default of key " + name + " " + e.getMessage(), e);
        }
    }

    /** {@return the default, read} */
    public T defaultValue() {
        return type.parse(defaultText);
    }

    /** {@return the environment variable that sets it, such as {@code POLYMM_MACHINE_MEMORY}} */
    public String variable() {
        return EnvironmentNames.of(name);
    }

    /**
     * A switch.
     *
     * @param name the name
     * @param defaultText the default
     * @param help one sentence
     * @return the key
     */
    public static Key<Boolean> flag(String name, String defaultText, String help) {
        return new Key<>(name, ValueType.flag(), defaultText, help);
    }

    /**
     * A whole number.
     *
     * @param name the name
     * @param defaultValue the default
     * @param min the least
     * @param max the greatest
     * @param help one sentence with the unit
     * @return the key
     */
    public static Key<Long> number(String name, long defaultValue, long min, long max, String help) {
        return new Key<>(name, ValueType.number(min, max), Long.toString(defaultValue), help);
    }

    /**
     * A number with decimals, such as a cost in nanoseconds.
     *
     * @param name the name
     * @param defaultText the default
     * @param min the least
     * @param max the greatest
     * @param help one sentence with the unit
     * @return the key
     */
    public static Key<Double> decimal(String name, String defaultText, double min, double max, String help) {
        return new Key<>(name, ValueType.decimal(min, max), defaultText, help);
    }

    /**
     * A size in bytes.
     *
     * @param name the name
     * @param defaultText the default, such as {@code 4GiB}
     * @param min the least, in bytes
     * @param max the greatest, in bytes
     * @param help one sentence
     * @return the key
     */
    public static Key<Long> bytes(String name, String defaultText, long min, long max, String help) {
        return new Key<>(name, ValueType.bytes(min, max), defaultText, help);
    }

    /**
     * A size in bytes, or {@code unlimited}.
     *
     * @param name the name
     * @param defaultText the default
     * @param help one sentence
     * @return the key
     */
    public static Key<Long> limit(String name, String defaultText, String help) {
        return new Key<>(name, ValueType.limit(), defaultText, help);
    }

    /**
     * One of several words.
     *
     * @param name the name
     * @param defaultText the default, one of the words
     * @param words the words, in the order to list them
     * @param help one sentence
     * @return the key
     */
    public static Key<String> word(String name, String defaultText, List<String> words, String help) {
        return new Key<>(name, ValueType.word(words), defaultText, help);
    }

    /**
     * Folio orders.
     *
     * @param name the name
     * @param defaultText the default, such as {@code 2,4} or {@code none}
     * @param help one sentence
     * @return the key
     */
    public static Key<OrderSet> orders(String name, String defaultText, String help) {
        return new Key<>(name, ValueType.orders(), defaultText, help);
    }

    /**
     * Any text that is not blank.
     *
     * @param name the name
     * @param defaultText the default
     * @param expects what it is, such as {@code a path}
     * @param help one sentence
     * @return the key
     */
    public static Key<String> text(String name, String defaultText, String expects, String help) {
        return new Key<>(name, ValueType.text(expects), defaultText, help);
    }

    /** {@return the name} */
    @Override
    public String toString() {
        return name;
    }
}
