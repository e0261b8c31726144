package org.polymm.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * One key of an effective configuration.
 *
 * @param key dotted
 * @param text its value as written
 * @param origin where it was written
 * @param defaultText its default as it would be written
 * @param expects what may be written
 * @param help what the key does
 * @param setAside why the value has no effect, or null if it has: an option that was written for a policy that a stronger source replaced
 */
public record EffectiveValue(
        String key,
        String text,
        Origin origin,
        String defaultText,
        String expects,
        String help,
        @Nullable String setAside) {

    /** {@return whether somebody wrote it} */
    public boolean isSet() {
        return origin.kind() != Origin.Kind.REFERENCE && origin.kind() != Origin.Kind.DERIVED;
    }
}
