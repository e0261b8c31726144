package org.polymm.runtime.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration without problems: one value for every key, and where it comes from. Immutable and thread-safe.
 */
public final class EffectiveConfiguration {

    private final Map<String, EffectiveValue> values;

    /**
     * Collects values.
     *
     * @param values one for every declared key and every option of the chosen policies, in the order to list them
     */
    public EffectiveConfiguration(List<EffectiveValue> values) {
        this.values = new LinkedHashMap<>();
        values.forEach(value -> this.values.put(value.key(), value));
    }

    /**
     * The value of a key.
     *
     * @param key a declared key
     * @param <T> its type
     * @return the value
     * @throws IllegalArgumentException if the key was not declared when the configuration was read
     */
    public <T> T get(Key<T> key) {
        return key.type().parse(value(key.name()).text());
    }

    /**
     * A value with where it comes from.
     *
     * @param key dotted
     * @return the value
     * @throws IllegalArgumentException if there is no such key
     */
    public EffectiveValue value(String key) {
        EffectiveValue value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("key " + key + " was not declared when this configuration was read"
                    + Nearest.hint(key, values.keySet()));
        }
        return value;
    }

    /** {@return every value, in the order of the reference file, options behind the policy they belong to} */
    public List<EffectiveValue> values() {
        return new ArrayList<>(values.values());
    }
}
