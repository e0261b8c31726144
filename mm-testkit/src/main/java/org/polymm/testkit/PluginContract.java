package org.polymm.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.polymm.api.Policy;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.runtime.plugin.CheckedOptions;

/**
 * What a plugin as a whole promises: it describes the same each time, makes every policy that it describes, in the role
 * of its slot, and refuses what it did not describe.
 */
public final class PluginContract {

    /** The name under which breaches are reported. */
    public static final String ID = "plugin-keeps-its-description";

    private PluginContract() {}

    /**
     * Looks for breaches.
     *
     * @param plugin the plugin
     * @return what it did wrong, each a sentence; empty if nothing was found
     */
    public static List<String> breaches(PolicyPlugin plugin) {
        List<String> breaches = new ArrayList<>();
        PluginDescriptor descriptor = plugin.describe();
        if (!descriptor.equals(plugin.describe())) {
            breaches.add("describe() said two different things");
        }
        for (PolicyDescriptor policy : descriptor.policies()) {
            if (!policy.summary().endsWith(".")) {
                breaches.add(policy.id() + " has a summary that is no sentence: '" + policy.summary() + "'");
            }
            if (policy.provenance().proposal().isBlank()) {
                breaches.add(policy.id() + " does not say where it comes from");
            }
            tryToCreate(plugin, policy, breaches);
        }
        try {
            plugin.create(
                    "no-such-family/no-such-policy",
                    CheckedOptions.of(descriptor.policies().getFirst(), Map.of()));
            breaches.add("made a policy that it does not describe");
        } catch (IllegalArgumentException e) {
            // As it should.
            return breaches;
        }
        return breaches;
    }

    private static void tryToCreate(PolicyPlugin plugin, PolicyDescriptor policy, List<String> breaches) {
        Policy made;
        try {
            made = plugin.create(policy.id(), CheckedOptions.of(policy, Map.of()));
        } catch (RuntimeException e) {
            breaches.add(policy.id() + " could not be made with its defaults: " + e);
            return;
        }
        if (!policy.slot().role().isInstance(made)) {
            breaches.add(policy.id() + " is for slot " + policy.slot() + ", but does not implement "
                    + policy.slot().role().getName());
        }
    }
}
