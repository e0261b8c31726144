package org.polymm.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.polymm.runtime.compose.Composer;
import org.polymm.runtime.compose.Composition;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.ConfigurationException;
import org.polymm.runtime.config.KeyRegistry;
import org.polymm.runtime.config.LayeredConfiguration;
import org.polymm.runtime.config.Origin;
import org.polymm.runtime.config.Problem;
import org.polymm.runtime.config.Setting;
import org.polymm.runtime.plugin.Catalogue;

/**
 * A configuration that was read and the plugins that were found: where compositions come from. Safe for several threads. Close it after the
 * last machine has run: the policies' classes live in loaders that are closed with it.
 */
public final class Laboratory implements AutoCloseable {

    private final LayeredConfiguration configuration;
    private final Catalogue catalogue;
    private final Composer composer;
    private final AtomicBoolean closed = new AtomicBoolean();

    Laboratory(ConfigSources sources, KeyRegistry registry) {
        configuration = LayeredConfiguration.read(sources, registry);
        Setting folder =
                configuration.find(StandardKeys.PLUGINS_DIRECTORY.name()).orElseThrow();
        Path base = sources.base(folder.origin());
        catalogue = Catalogue.discover(base.resolve(folder.text()), sources.plugins());
        composer = new Composer(configuration, catalogue);
    }

    /** {@return the keys there are} */
    public KeyRegistry keys() {
        return configuration.registry();
    }

    /** {@return the plugins and policies there are, the failed ones included} */
    public Catalogue catalogue() {
        return catalogue;
    }

    /** {@return what is wrong with the sources and the plugin folder, as far as it is known before a composition is asked for} */
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(configuration.problems());
        catalogue.problems().forEach(problem -> problems.add(Problem.general(problem)));
        return problems;
    }

    /**
     * Composes what the sources say.
     *
     * @return the composition
     * @throws ConfigurationException with every problem that was found
     * @throws IllegalStateException if the laboratory is closed
     */
    public Composition compose() {
        return composer().compose(List.of());
    }

    /**
     * Composes what the sources say, with some keys set otherwise.
     *
     * @param overrides keys and their texts, in the order to report problems; stronger than every source
     * @param label what to call their origin, such as {@code --vary}
     * @return the composition
     * @throws ConfigurationException with every problem that was found
     * @throws IllegalStateException if the laboratory is closed
     */
    public Composition compose(Map<String, String> overrides, String label) {
        List<Setting> settings = new ArrayList<>();
        overrides.forEach((key, text) -> settings.add(new Setting(key, text, Origin.override(label))));
        return composer().compose(settings);
    }

    private Composer composer() {
        if (closed.get()) {
            throw new IllegalStateException("the laboratory is closed");
        }
        return composer;
    }

    /**
     * Closes the plugins, the last found first.
     *
     * @throws UncheckedIOException the first failure, with the others suppressed in it
     */
    @Override
    public void close() {
        closed.set(true);
        try {
            catalogue.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
