package org.polymm.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * Something that keeps a configuration from being used.
 *
 * @param origin where to mend it, or null if there is no single place
 * @param key the key it is about, or null if it is about none
 * @param message what is wrong and what would have been right
 */
public record Problem(@Nullable Origin origin, @Nullable String key, String message) {

    /**
     * A problem with a setting.
     *
     * @param setting the setting
     * @param message what is wrong and what would have been right
     * @return the problem
     */
    public static Problem of(Setting setting, String message) {
        return new Problem(setting.origin(), setting.key(), message);
    }

    /**
     * A problem with a place.
     *
     * @param origin the place
     * @param message what is wrong and what would have been right
     * @return the problem
     */
    public static Problem at(Origin origin, String message) {
        return new Problem(origin, null, message);
    }

    /**
     * A problem of the whole.
     *
     * @param message what is wrong and what would have been right
     * @return the problem
     */
    public static Problem general(String message) {
        return new Problem(null, null, message);
    }

    /** {@return {@code PLACE: KEY: MESSAGE}, as far as known} */
    @Override
    public String toString() {
        return (origin == null ? "" : origin + ": ") + (key == null ? "" : key + ": ") + message;
    }
}
