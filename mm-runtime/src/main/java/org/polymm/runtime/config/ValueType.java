package org.polymm.runtime.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.polymm.api.OrderSet;
import org.polymm.api.plugin.Option;

/**
 * How the text of a key becomes a value. Immutable.
 *
 * @param <T> what it becomes
 */
public final class ValueType<T> {

    /** A limit that limits nothing, written {@code unlimited}. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final Pattern POLICY_ID = Pattern.compile("[a-z0-9][a-z0-9.-]*/[a-z0-9][a-z0-9.-]*");
    private static final List<String> ON = List.of("on", "true", "yes", "1");
    private static final List<String> OFF = List.of("off", "false", "no", "0");

    private final String expects;
    private final Function<String, T> reader;

    private ValueType(String expects, Function<String, T> reader) {
        this.expects = expects;
        this.reader = reader;
    }

    /**
     * Reads a text.
     *
     * @param text as typed
     * @return the value
     * @throws IllegalArgumentException if it is not of this type or out of range; the message says what would be right
     */
    public T parse(String text) {
        return reader.apply(text);
    }

    /** {@return what may be written, such as {@code a whole number from 1 to 64}} */
    public String expects() {
        return expects;
    }

    /** {@return {@code on} or {@code off}; also true, false, yes, no, 1, 0} */
    public static ValueType<Boolean> flag() {
        String expects = "on or off (or true, false, yes, no, 1, 0)";
        return new ValueType<>(expects, text -> {
            if (ON.contains(text)) {
                return true;
            }
            if (OFF.contains(text)) {
                return false;
            }
            throw bad(text, expects + Nearest.hint(text, List.of("on", "true", "yes", "off", "false", "no")));
        });
    }

    /**
     * A whole number.
     *
     * @param min the least
     * @param max the greatest
     * @return the type
     */
    public static ValueType<Long> number(long min, long max) {
        String expects = max == Long.MAX_VALUE
                ? min == Long.MIN_VALUE ? "a whole number" : "a whole number of at least " + min
                : "a whole number from " + min + " to " + max;
        return new ValueType<>(expects, text -> {
            try {
                return inRange(text, Long.parseLong(text), min, max, expects);
            } catch (NumberFormatException e) {
                throw bad(text, expects, e);
            }
        });
    }

    /**
     * A number with decimals.
     *
     * @param min the least
     * @param max the greatest
     * @return the type
     */
    public static ValueType<Double> decimal(double min, double max) {
        String expects = "a number from " + plain(min) + " to " + plain(max);
        return new ValueType<>(expects, text -> {
            double value;
            try {
                value = new BigDecimal(text).doubleValue();
            } catch (NumberFormatException e) {
                throw bad(text, expects, e);
            }
            if (!(value >= min && value <= max)) {
                throw bad(text, expects);
            }
            return value;
        });
    }

    /**
     * A size.
     *
     * @param min the least, in bytes
     * @param max the greatest, in bytes
     * @return the type, whose values are bytes
     */
    public static ValueType<Long> bytes(long min, long max) {
        String expects = "a size from " + Sizes.show(min) + " to " + Sizes.show(max);
        return new ValueType<>(expects, text -> inRange(text, Sizes.parse(text), min, max, expects));
    }

    /** {@return a size, or {@code unlimited}, which becomes {@link #UNLIMITED}} */
    public static ValueType<Long> limit() {
        return new ValueType<>(
                "a size, or unlimited", text -> text.equals("unlimited") ? UNLIMITED : (Long) Sizes.parse(text));
    }

    /**
     * One of several words.
     *
     * @param words what may be written, in the order to list them
     * @return the type
     */
    public static ValueType<String> word(List<String> words) {
        Map<String, String> choices = new LinkedHashMap<>();
        words.forEach(word -> choices.put(word, word));
        return choice(choices);
    }

    /**
     * One of several words that stand for something.
     *
     * @param choices what each word stands for, in the order to list them
     * @param <T> what they stand for
     * @return the type
     */
    public static <T> ValueType<T> choice(Map<String, T> choices) {
        Map<String, T> copy = new LinkedHashMap<>(choices);
        String expects = "one of " + String.join(", ", copy.keySet());
        return new ValueType<>(expects, text -> {
            T value = copy.get(text);
            if (value == null) {
                throw bad(text, expects + Nearest.hint(text, copy.keySet()));
            }
            return value;
        });
    }

    /**
     * The constants of an enum, written in lower case with dashes.
     *
     * @param type the enum
     * @param <E> the enum
     * @return the type
     */
    public static <E extends Enum<E>> ValueType<E> constant(Class<E> type) {
        Map<String, E> choices = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            choices.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return choice(choices);
    }

    /**
     * Folio orders: numbers, folio sizes, or {@code none}.
     *
     * @return the type
     */
    public static ValueType<OrderSet> orders() {
        String expects = "folio orders from 0 to " + OrderSet.MAX_ORDER
                + " such as 2,4, or their sizes such as 16kB,64kB, or none";
        return new ValueType<>(expects, text -> {
            OrderSet orders = OrderSet.NONE;
            if (text.isEmpty() || text.equals("none")) {
                return orders;
            }
            for (String part : text.split(",", -1)) {
                orders = orders.with(order(text, part.strip(), expects));
            }
            return orders;
        });
    }

    /**
     * Any text but none at all.
     *
     * @param expects what it is, such as {@code a path}
     * @return the type
     */
    public static ValueType<String> text(String expects) {
        return new ValueType<>(expects, text -> {
            if (text.isBlank()) {
                throw bad(text, expects);
            }
            return text;
        });
    }

    /** {@return a path of the file system, which need not be there} */
    public static ValueType<String> path() {
        String expects = "a path";
        return new ValueType<>(expects, text -> {
            if (text.isBlank()) {
                throw bad(text, expects);
            }
            try {
                return Path.of(text).toString();
            } catch (InvalidPathException e) {
                throw bad(text, expects, e);
            }
        });
    }

    /** {@return the id of a policy, of the form {@code family/variant}} */
    public static ValueType<String> policyId() {
        String expects = "the id of a policy for this slot, FAMILY/VARIANT";
        return new ValueType<>(expects, text -> {
            if (!POLICY_ID.matcher(text).matches()) {
                throw bad(text, expects);
            }
            return text;
        });
    }

    /**
     * The type of a policy's option.
     *
     * @param option the option
     * @return its type with its range
     */
    public static ValueType<?> of(Option option) {
        return switch (option.type()) {
            case BOOLEAN -> flag();
            case NUMBER -> number(option.min(), option.max());
            case BYTES -> bytes(option.min(), option.max());
            case ORDERS -> orders();
            case CHOICE -> word(option.choices());
        };
    }

    private static int order(String text, String part, String expects) {
        if (part.matches("[0-9]{1,2}")) {
            int order = Integer.parseInt(part);
            if (order <= OrderSet.MAX_ORDER) {
                return order;
            }
        } else {
            long bytes = Sizes.parse(part);
            int order = Long.numberOfTrailingZeros(bytes) - 12;
            if (Long.bitCount(bytes) == 1 && order >= 0 && order <= OrderSet.MAX_ORDER) {
                return order;
            }
        }
        throw bad(text, expects);
    }

    private static long inRange(String text, long value, long min, long max, String expects) {
        if (value < min || value > max) {
            throw bad(text, expects);
        }
        return value;
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static IllegalArgumentException bad(String text, String expects) {
        return new IllegalArgumentException(message(text, expects));
    }

    private static IllegalArgumentException bad(String text, String expects, Throwable cause) {
        return new IllegalArgumentException(message(text, expects), cause);
    }

    private static String message(String text, String expects) {
        return (text.isEmpty() ? "is empty" : "'" + text + "' will not do") + ": expected " + expects;
    }

    /** {@return what may be written} */
    @Override
    public String toString() {
        return expects;
    }
}
