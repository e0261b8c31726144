package org.polymm.testkit;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks through an object, and what it refers to, for anything that can change. */
final class Immutability {

    private static final Set<String> VALUES = Set.of(
            "java.lang.String",
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Short",
            "java.lang.Character",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double",
            "java.lang.Class",
            "java.math.BigInteger",
            "java.math.BigDecimal",
            "java.time.Duration",
            "java.util.regex.Pattern");

    private static final int DEPTH = 8;

    private Immutability() {}

    /** What can change in an object; empty if nothing was found. */
    static Optional<String> mutablePart(Object object) {
        return Optional.ofNullable(look(object, object.getClass().getSimpleName(), 0));
    }

    private static @Nullable String look(@Nullable Object object, String path, int depth) {
        if (object == null || object instanceof Enum || depth > DEPTH) {
            return null;
        }
        Class<?> type = object.getClass();
        if (VALUES.contains(type.getName()) || type.getName().startsWith("org.polymm.api.") || type.isHidden()) {
            return null;
        }
        if (type.isArray()) {
            return path + " is an array, whose elements can be written: use List.of, or OrderSet for orders";
        }
        if (object instanceof Collection || object instanceof Map) {
            return collection(object, path, depth);
        }
        if (type.getName().startsWith("java.")) {
            return path + " is a " + type.getName() + ", which can change or cannot be known not to";
        }
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            String problem = fields(object, c, path, depth);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static @Nullable String fields(Object object, Class<?> type, String path, int depth) {
        for (Field field : type.getDeclaredFields()) {
            String name = path + "." + field.getName();
            boolean isStatic = Modifier.isStatic(field.getModifiers());
            if (field.isSynthetic()) {
                continue;
            }
            if (!Modifier.isFinal(field.getModifiers())) {
                return "field " + name + " is not final";
            }
            if (field.getType().isPrimitive()) {
                continue;
            }
            String problem = look(read(field, isStatic ? null : object), name, depth + 1);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static @Nullable Object read(Field field, @Nullable Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw new IllegalStateException("cannot read " + field + " to see whether it can change", e);
        }
    }

    private static @Nullable String collection(Object object, String path, int depth) {
        String type = object.getClass().getName();
        if (!type.startsWith("java.util.ImmutableCollections$")) {
            return path + " is a " + type + ", which can change: use List.of, Set.of or Map.of, or their copyOf";
        }
        Collection<?> elements = object instanceof Map<?, ?> map ? map.values() : (Collection<?>) object;
        for (Object element : elements) {
            String problem = look(element, path + "[]", depth + 1);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }
}
