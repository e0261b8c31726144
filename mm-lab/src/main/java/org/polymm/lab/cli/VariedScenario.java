package org.polymm.lab.cli;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.polymm.api.plugin.Slot;
import org.polymm.lab.compare.PolicySetSpec;
import org.polymm.lab.scenario.Scenario;
import org.polymm.runtime.compose.StandardKeys;

/** Scenarios under the policies and settings of {@code --vary}. */
final class VariedScenario {
    private static final String POLICY = "policy.";
    private static final String USE = ".use";

    private VariedScenario() {}

    /** The scenario with what the variation sets, which is stronger than what the text sets. */
    static Scenario of(Scenario scenario, PolicySetSpec variation) {
        if (variation.overrides().isEmpty()) {
            return scenario;
        }
        SequencedMap<String, String> configuration = new LinkedHashMap<>(scenario.configuration());
        SequencedMap<String, String> overrides = new LinkedHashMap<>();
        variation.overrides().forEach((key, value) -> overrides.put(full(key), value));
        for (String key : overrides.keySet()) {
            // A policy that is replaced takes its options with it.
            configuration
                    .keySet()
                    .removeIf(known ->
                            key.endsWith(USE) && known.startsWith(key.substring(0, key.length() - USE.length()) + '.'));
        }
        configuration.putAll(overrides);
        return scenario.withConfiguration(configuration);
    }

    /** The key that a short form such as {@code cow-sizing.copy} stands for. */
    private static String full(String key) {
        String name = key.startsWith(POLICY) ? key.substring(POLICY.length()) : key;
        for (Slot slot : Slot.values()) {
            if (name.equals(slot.key())) {
                return StandardKeys.use(slot).name();
            }
        }
        return key;
    }
}
