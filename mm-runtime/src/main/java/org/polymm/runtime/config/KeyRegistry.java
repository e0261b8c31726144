package org.polymm.runtime.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All declared keys, in the order in which they were declared. Immutable. Modules above the runtime add their own through
 * {@link #builder()}.
 */
public final class KeyRegistry {

    private final Map<String, Key<?>> keys;
    private final Map<String, String> groups;
    private final Map<String, Key<?>> variables;
    private final Set<String> otherVariables;

    private KeyRegistry(Builder builder) {
        keys = new LinkedHashMap<>(builder.keys);
        groups = new LinkedHashMap<>(builder.groups);
        variables = new LinkedHashMap<>(builder.variables);
        otherVariables = new LinkedHashSet<>(builder.otherVariables);
    }

    /** {@return a builder without any key} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that begins with the keys of this registry} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        groups.forEach(builder::group);
        keys.values().forEach(builder::declare);
        otherVariables.forEach(builder::otherVariable);
        return builder;
    }

    /** {@return all keys, in the order in which they were declared} */
    public List<Key<?>> keys() {
        return new ArrayList<>(keys.values());
    }

    /**
     * Finds a key.
     *
     * @param name dotted
     * @return the key; nothing if none of that name was declared
     */
    public Optional<Key<?>> find(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    /** {@return the names of all keys} */
    public Collection<String> names() {
        return List.copyOf(keys.keySet());
    }

    /**
     * What a group of keys is about.
     *
     * @param group the first word of its keys
     * @return a sentence or two; empty if nobody said
     */
    public String groupHelp(String group) {
        return groups.getOrDefault(group, "");
    }

    /**
     * Finds the key that a variable of the environment sets.
     *
     * @param variable its name
     * @return the key; nothing if no declared key has that variable
     */
    Optional<Key<?>> ofVariable(String variable) {
        return Optional.ofNullable(variables.get(variable));
    }

    /** {@return the variables of all keys} */
    Collection<String> variables() {
        return List.copyOf(variables.keySet());
    }

    /**
     * Tells whether a variable is somebody else's.
     *
     * @param variable its name
     * @return whether it was declared with {@link Builder#otherVariable}
     */
    boolean isOtherVariable(String variable) {
        return otherVariables.contains(variable);
    }

    /** Collects keys. */
    public static final class Builder {

        private final Map<String, Key<?>> keys = new LinkedHashMap<>();
        private final Map<String, String> groups = new LinkedHashMap<>();
        private final Map<String, Key<?>> variables = new LinkedHashMap<>();
        private final Set<String> otherVariables = new LinkedHashSet<>();

        private Builder() {}

        /**
         * Adds a key.
         *
         * @param key the key
         * @return this builder
         * @throws IllegalArgumentException if the name, or the variable that follows from it, is taken, or one key would be a group of
         *     another
         */
        public Builder declare(Key<?> key) {
            for (String name : keys.keySet()) {
                if (name.equals(key.name())) {
                    throw new IllegalArgumentException("key " + name + " is declared twice");
                }
                if (name.startsWith(key.name() + ".") || key.name().startsWith(name + ".")) {
                    throw new IllegalArgumentException(
                            "of the keys " + name + " and " + key.name() + " one is a group of the other");
                }
            }
            Key<?> other = variables.putIfAbsent(key.variable(), key);
            if (other != null) {
                throw new IllegalArgumentException(
                        "keys " + other + " and " + key + " would both be set by the variable " + key.variable());
            }
            keys.put(key.name(), key);
            return this;
        }

        /**
         * Adds several keys.
         *
         * @param more the keys
         * @return this builder
         */
        public Builder declareAll(Collection<? extends Key<?>> more) {
            more.forEach(this::declare);
            return this;
        }

        /**
         * Says what a group of keys is about, for the reference file.
         *
         * @param group the first word of its keys
         * @param help a sentence or two
         * @return this builder
         */
        public Builder group(String group, String help) {
            groups.put(group, help);
            return this;
        }

        /**
         * Declares a variable that begins with {@code POLYMM_} but sets no key, such as one that a launcher reads, so that it is not
         * reported as a misspelt key.
         *
         * @param variable its name
         * @return this builder
         */
        public Builder otherVariable(String variable) {
            otherVariables.add(variable);
            return this;
        }

        /** {@return the registry} */
        public KeyRegistry build() {
            return new KeyRegistry(this);
        }
    }
}
