package org.polymm.runtime;

import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.KeyRegistry;

/** The way in: opens a laboratory on a configuration. */
public final class Polymm {

    private Polymm() {}

    /** {@return the keys of the runtime itself; a module that has more adds them with {@link KeyRegistry#toBuilder()}} */
    public static KeyRegistry keys() {
        return StandardKeys.registry();
    }

    /**
     * Reads a configuration and opens the plugins. What is wrong with either is no error here: it is in
     * {@link Laboratory#problems()} and in the catalogue, and is thrown by {@link Laboratory#compose()}.
     *
     * @param sources where the configuration is
     * @return the laboratory
     */
    public static Laboratory open(ConfigSources sources) {
        return open(sources, keys());
    }

    /**
     * Reads a configuration that has more keys than those of the runtime.
     *
     * @param sources where the configuration is
     * @param keys all keys, those of {@link #keys()} among them
     * @return the laboratory
     */
    public static Laboratory open(ConfigSources sources, KeyRegistry keys) {
        return new Laboratory(sources, keys);
    }
}
