package org.polymm.engine.machine;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares two objects field for field, through everything that can be reached from them, whatever their own equals says: what finds the
 * field that saving and rewinding forgot.
 *
 * <pre>
 *   numbers, strings, enums     equal
 *   arrays                      equal as far as the shorter goes, and nothing but zeroes beyond: capacity is no state
 *   lists, maps                 equal elements in order; maps by sorted key
 *   classes, lambdas            not looked at
 *   the same object twice       not looked at
 *   excused classes and fields  not looked at; each is named, with a reason
 * </pre>
 */
final class ObjectGraph {

    private static final int MOST = 30;

    private final Map<String, String> excused;
    private final IdentityHashMap<Object, Object> seen = new IdentityHashMap<>();
    private final List<String> differences = new ArrayList<>();

    private ObjectGraph(Map<String, String> excused) {
        this.excused = excused;
    }

    /**
     * Compares.
     *
     * @param excused what is no state, as {@code Class} or {@code Class.field}, with the reason
     * @return paths to what differs, with both values; empty if nothing does
     */
    static List<String> differences(Object left, Object right, Map<String, String> excused) {
        ObjectGraph graph = new ObjectGraph(excused);
        graph.compare("", left, right);
        return graph.differences;
    }

    private void differ(String path, @Nullable Object left, @Nullable Object right) {
        if (differences.size() < MOST) {
            differences.add(path + ": " + left + " and " + right);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same object on both sides needs no walk
    private void compare(String path, @Nullable Object left, @Nullable Object right) {
        if (left == right || isSkipped(left) && isSkipped(right)) {
            return;
        }
        if (left == null || right == null) {
            if (!isZero(left == null ? right : left)) {
                differ(path, brief(left), brief(right));
            }
            return;
        }
        if (left.getClass() != right.getClass()) {
            differ(path, left.getClass(), right.getClass());
        } else if (isPlain(left)) {
            if (!left.equals(right)) {
                differ(path, left, right);
            }
        } else if (!excused.containsKey(left.getClass().getSimpleName()) && seen.put(left, right) == null) {
            compareParts(path, left, right);
        }
    }

    private void compareParts(String path, Object left, Object right) {
        if (left.getClass().isArray()) {
            compareArrays(path, left, right);
        } else if (left instanceof Map<?, ?> map) {
            compareLists(path, parts(map), parts((Map<?, ?>) right));
        } else if (left instanceof Collection<?> collection) {
            compareLists(path, List.copyOf(collection), List.copyOf((Collection<?>) right));
        } else {
            compareFields(path, left, right);
        }
    }

    private static List<Object> parts(Map<?, ?> map) {
        List<Object> parts = new ArrayList<>();
        new TreeMap<Object, Object>(map).forEach((key, value) -> {
            parts.add(key);
            parts.add(value);
        });
        return parts;
    }

    private void compareLists(String path, List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            differ(path + ".size", left.size(), right.size());
            return;
        }
        Iterator<?> others = right.iterator();
        int index = 0;
        for (Object element : left) {
            compare(path + "[" + index++ + "]", element, others.next());
        }
    }

    private void compareArrays(String path, Object left, Object right) {
        int leftLength = Array.getLength(left);
        int rightLength = Array.getLength(right);
        int common = Math.min(leftLength, rightLength);
        Object longer = leftLength > rightLength ? left : right;
        if (isZeroArray(left, 0) && isZeroArray(right, 0)) {
            return;
        }
        for (int index = 0; index < common; index++) {
            compare(path + "[" + index + "]", Array.get(left, index), Array.get(right, index));
        }
        if (!isZeroArray(longer, common)) {
            differ(path + " beyond " + common, leftLength, rightLength);
        }
    }

    private static boolean isZeroArray(Object array, int from) {
        if (array instanceof long[] longs) {
            return allZero(longs, from);
        }
        if (array instanceof int[] ints) {
            return allZero(ints, from);
        }
        for (int index = from; index < Array.getLength(array); index++) {
            if (!isZero(Array.get(array, index))) {
                return false;
            }
        }
        return true;
    }

    private static boolean allZero(long[] words, int from) {
        for (int index = from; index < words.length; index++) {
            if (words[index] != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean allZero(int[] words, int from) {
        for (int index = from; index < words.length; index++) {
            if (words[index] != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(@Nullable Object value) {
        if (value == null || value.equals(false) || value.equals('\0')) {
            return true;
        }
        if (value instanceof Number number) {
            return number.longValue() == 0 && number.doubleValue() == 0;
        }
        return value.getClass().isArray() && isZeroArray(value, 0);
    }

    private void compareFields(String path, Object left, Object right) {
        for (Class<?> type = left.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    compareField(path, field, left, right);
                }
            }
        }
    }

    private void compareField(String path, Field field, Object left, Object right) {
        String name = field.getDeclaringClass().getSimpleName() + "." + field.getName();
        if (!excused.containsKey(name)) {
            compare(path + "/" + name, valueOf(field, left), valueOf(field, right));
        }
    }

    private static @Nullable Object valueOf(Field field, Object of) {
        try {
            field.setAccessible(true);
            return field.get(of);
        } catch (IllegalAccessException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static boolean isPlain(Object value) {
        return value instanceof Number
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof String
                || value instanceof Enum<?>;
    }

    private static boolean isSkipped(@Nullable Object value) {
        return value == null
                || value instanceof Class<?>
                || value.getClass().isHidden()
                || java.lang.reflect.Proxy.isProxyClass(value.getClass());
    }

    private static String brief(@Nullable Object value) {
        return value == null ? "null" : value.getClass().getSimpleName();
    }
}
