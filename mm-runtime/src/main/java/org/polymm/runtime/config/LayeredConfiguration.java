package org.polymm.runtime.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.configuration2.CompositeConfiguration;
import org.apache.commons.configuration2.convert.DisabledListDelimiterHandler;

/**
 * All sources, read and laid over each other, before policies are known. Immutable.
 *
 * <p>Everything but the options of policies is checked here, in every layer, whether or not a stronger one hides it: a misspelt key stays a
 * mistake when it is overridden.
 */
public final class LayeredConfiguration {

    private final KeyRegistry registry;
    private final List<Layer> layers;
    private final CompositeConfiguration texts;
    private final List<Problem> problems;

    private LayeredConfiguration(KeyRegistry registry, List<Layer> layers, List<Problem> problems) {
        this.registry = registry;
        this.layers = List.copyOf(layers);
        this.problems = List.copyOf(problems);
        this.texts = new CompositeConfiguration();
        texts.setInterpolator(null);
        texts.setListDelimiterHandler(DisabledListDelimiterHandler.INSTANCE);
        texts.setThrowExceptionOnMissing(true);
        layers.reversed().forEach(layer -> texts.addConfiguration(layer.texts()));
    }

    /**
     * Reads sources.
     *
     * @param sources where to read
     * @param registry the keys there are
     * @return the settings, with what is wrong about them
     */
    public static LayeredConfiguration read(ConfigSources sources, KeyRegistry registry) {
        List<Problem> problems = new ArrayList<>();
        List<Layer> layers = new ArrayList<>();
        List<Setting> defaults = new ArrayList<>();
        for (Key<?> key : registry.keys()) {
            defaults.add(new Setting(key.name(), key.defaultText(), Origin.REFERENCE));
        }
        layers.add(new Layer(defaults));
        for (Path file : sources.files()) {
            add(TextFile.read(file, sources.workingFolder().resolve(file), problems), registry, layers, problems);
        }
        add(environment(sources.environment(), registry, problems), registry, layers, problems);
        for (String assignment : sources.assignments()) {
            add(assignment(assignment, problems), registry, layers, problems);
        }
        return new LayeredConfiguration(registry, layers, problems);
    }

    /**
     * The same with one layer more, stronger than all others.
     *
     * @param settings what it sets
     * @return the settings, with what is wrong about them
     */
    public LayeredConfiguration with(List<Setting> settings) {
        List<Problem> moreProblems = new ArrayList<>(problems);
        List<Layer> moreLayers = new ArrayList<>(layers);
        List<Setting> canonical = new ArrayList<>();
        for (Setting setting : settings) {
            canonical.add(new Setting(PolicyKeys.canonical(setting.key()), setting.text(), setting.origin()));
        }
        add(canonical, registry, moreLayers, moreProblems);
        return new LayeredConfiguration(registry, moreLayers, moreProblems);
    }

    /**
     * The same with other defaults for some keys, which give way to everything that is written anywhere.
     *
     * @param defaults keys with their defaults
     * @return the settings
     */
    public LayeredConfiguration withDefaults(List<Setting> defaults) {
        List<Layer> moreLayers = new ArrayList<>(layers);
        moreLayers.add(1, new Layer(defaults));
        return new LayeredConfiguration(registry, moreLayers, problems);
    }

    private static void add(List<Setting> settings, KeyRegistry registry, List<Layer> layers, List<Problem> problems) {
        List<Setting> known = new ArrayList<>();
        for (Setting setting : settings) {
            if (KeyCheck.accepts(setting, registry, problems)) {
                known.add(setting);
            }
        }
        layers.add(new Layer(known));
    }

    private static List<Setting> environment(
            Map<String, String> environment, KeyRegistry registry, List<Problem> problems) {
        List<Setting> settings = new ArrayList<>();
        List<String> known = new ArrayList<>(registry.variables());
        environment.forEach((variable, value) -> {
            Optional<String> key =
                    registry.ofVariable(variable).<String>map(Key::name).or(() -> PolicyKeys.ofVariable(variable));
            if (key.isPresent()) {
                Setting setting = new Setting(key.get(), value, Origin.environment(variable));
                if (settings.stream().anyMatch(before -> before.key().equals(setting.key()))) {
                    problems.add(Problem.of(
                            setting, "is given twice, as a variable with _USE and as one without: keep one"));
                }
                settings.add(setting);
            } else if (!registry.isOtherVariable(variable)) {
                problems.add(Problem.at(
                        Origin.environment(variable), "no key has this variable" + Nearest.hint(variable, known)));
            }
        });
        return settings;
    }

    private static List<Setting> assignment(String assignment, List<Problem> problems) {
        Origin origin = Origin.commandLine(assignment);
        int equals = assignment.indexOf('=');
        if (equals <= 0) {
            problems.add(Problem.at(origin, "is not KEY=VALUE"));
            return List.of();
        }
        String key = assignment.substring(0, equals).strip();
        String text = assignment.substring(equals + 1).strip();
        return List.of(new Setting(PolicyKeys.canonical(key), text, origin));
    }

    /** {@return the keys there are} */
    public KeyRegistry registry() {
        return registry;
    }

    /** {@return what is wrong with the sources, in the order in which they were read} */
    public List<Problem> problems() {
        return problems;
    }

    /** {@return how many layers there are; layer 0 holds the defaults, higher ones are stronger} */
    public int layerCount() {
        return layers.size();
    }

    /**
     * The settings of one layer.
     *
     * @param layer from 0
     * @return its settings in the order of the source
     */
    public List<Setting> layer(int layer) {
        return layers.get(layer).settings();
    }

    /**
     * The strongest setting of a key.
     *
     * @param key dotted
     * @return the setting; nothing if the key is set nowhere, not even by default
     */
    public Optional<Setting> find(String key) {
        return find(key, layers.size() - 1);
    }

    /**
     * The strongest setting of a key up to a layer.
     *
     * @param key dotted
     * @param topLayer the strongest layer to look at
     * @return the setting; nothing if none of those layers sets the key
     */
    public Optional<Setting> find(String key, int topLayer) {
        for (int layer = topLayer; layer >= 0; layer--) {
            Setting setting = layers.get(layer).find(key);
            if (setting != null) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }

    /**
     * The value of a declared key: the strongest that can be read.
     *
     * @param key a key of the registry
     * @param <T> its type
     * @return the value; the default if what is written is one of the {@link #problems}
     */
    public <T> T get(Key<T> key) {
        try {
            return key.type().parse(texts.getString(key.name()));
        } catch (IllegalArgumentException e) {
            return key.defaultValue();
        }
    }
}
