package org.polymm.runtime;

import java.nio.file.Path;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.KeyRegistry;
import org.polymm.runtime.plugin.JarCheck;

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

    /**
     * Finds everything that is wrong with a plugin, without a configuration.
     *
     * @param jarOrFolder a plugin jar, or a folder of jars that are one plugin
     * @return what was found
     */
    public static JarCheck checkJar(Path jarOrFolder) {
        return JarCheck.of(jarOrFolder);
    }
}
