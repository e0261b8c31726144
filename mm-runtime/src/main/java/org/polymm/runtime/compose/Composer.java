package org.polymm.runtime.compose;

import com.google.inject.Guice;
import com.google.inject.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.api.Policy;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.state.Geometry;
import org.polymm.runtime.config.ConfigurationException;
import org.polymm.runtime.config.EffectiveConfiguration;
import org.polymm.runtime.config.EffectiveValue;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.LayeredConfiguration;
import org.polymm.runtime.config.PolicyKeys;
import org.polymm.runtime.config.Problem;
import org.polymm.runtime.config.Setting;
import org.polymm.runtime.plugin.Catalogue;
import org.polymm.runtime.plugin.CheckedOptions;
import org.polymm.runtime.plugin.Plugin;
import org.polymm.runtime.plugin.PluginException;

/** Makes compositions out of a configuration and the plugins there are: validates everything, creates policies, wires once. */
public final class Composer {

    private final LayeredConfiguration configuration;
    private final Catalogue catalogue;

    /**
     * A composer.
     *
     * @param configuration what is written
     * @param catalogue what there is
     */
    public Composer(LayeredConfiguration configuration, Catalogue catalogue) {
        this.configuration = configuration;
        this.catalogue = catalogue;
    }

    /**
     * Makes a composition.
     *
     * @param overrides what to set beyond the configuration, stronger than all of it
     * @return the composition
     * @throws ConfigurationException with every problem that was found
     */
    public Composition compose(List<Setting> overrides) {
        LayeredConfiguration written = overrides.isEmpty() ? configuration : configuration.with(overrides);
        Geometry geometry = written.get(StandardKeys.PAGE_TABLE_ENTRIES);
        LayeredConfiguration layered = written.withDefaults(MachineRules.defaults(geometry));
        List<Problem> problems = new ArrayList<>(layered.problems());
        for (Setting setting : overrides) {
            if (setting.key().equals(StandardKeys.PLUGINS_DIRECTORY.name())) {
                problems.add(Problem.of(setting, "cannot change once the plugins are loaded"));
            }
        }
        problems.addAll(MachineRules.problems(layered));
        List<Problem> ofPlugins = pluginProblems(layered, catalogue);
        problems.addAll(ofPlugins);
        PolicySelection selection = PolicySelection.of(layered, catalogue);
        if (ofPlugins.isEmpty() || !catalogue.plugins().isEmpty()) {
            problems.addAll(selection.problems());
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        List<ChosenPolicy> policies = create(selection, problems);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return Guice.createInjector(Stage.PRODUCTION, new CompositionModule(effective(layered, selection), policies))
                .getInstance(Composition.class);
    }

    /** What is wrong with the plugin folder is wrong with the key that names it. */
    private static List<Problem> pluginProblems(LayeredConfiguration layered, Catalogue catalogue) {
        List<Problem> problems = new ArrayList<>();
        Setting folder = layered.find(StandardKeys.PLUGINS_DIRECTORY.name()).orElseThrow();
        catalogue.problems().forEach(problem -> problems.add(Problem.of(folder, problem)));
        return problems;
    }

    private static List<ChosenPolicy> create(PolicySelection selection, List<Problem> problems) {
        List<ChosenPolicy> policies = new ArrayList<>();
        for (PolicySelection.Choice choice : selection.choices().values()) {
            Map<String, String> texts = new LinkedHashMap<>();
            for (Option option : choice.descriptor().options()) {
                Setting setting = choice.options().get(option.name());
                texts.put(option.name(), setting == null ? option.defaultText() : setting.text());
            }
            Policy policy = create(choice, texts, problems);
            if (policy != null) {
                policies.add(new ChosenPolicy(
                        choice.descriptor(),
                        choice.policy().plugin(),
                        java.util.Collections.unmodifiableMap(texts),
                        policy));
            }
        }
        return policies;
    }

    private static @Nullable Policy create(
            PolicySelection.Choice choice, Map<String, String> texts, List<Problem> problems) {
        Plugin plugin = choice.policy().plugin();
        try {
            return plugin.create(choice.descriptor(), CheckedOptions.of(choice.descriptor(), texts));
        } catch (PluginException e) {
            problems.add(Problem.of(
                    choice.use(),
                    "policy " + choice.policy().id() + " of " + plugin + " could not be created: " + e.getMessage()));
            return null;
        }
    }

    private static EffectiveConfiguration effective(LayeredConfiguration layered, PolicySelection selection) {
        List<EffectiveValue> values = new ArrayList<>();
        Map<String, Slot> slots = new LinkedHashMap<>();
        for (Slot slot : Slot.values()) {
            slots.put(PolicyKeys.use(slot), slot);
        }
        for (Key<?> key : layered.registry().keys()) {
            Setting setting = layered.find(key.name()).orElseThrow();
            values.add(new EffectiveValue(
                    key.name(),
                    setting.text(),
                    setting.origin(),
                    key.defaultText(),
                    key.type().expects(),
                    key.help(),
                    null));
            Slot slot = slots.get(key.name());
            if (slot != null) {
                values.addAll(selection.optionValues(slot));
            }
        }
        return new EffectiveConfiguration(values);
    }
}
