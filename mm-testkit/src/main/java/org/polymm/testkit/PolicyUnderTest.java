package org.polymm.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.polymm.api.Policy;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.plugin.CheckedOptions;

/**
 * A policy of a plugin with certain options, of which contracts make as many instances as they need.
 *
 * @param plugin where it comes from
 * @param descriptor which of its policies
 * @param options what is set; the other options have their defaults
 */
public record PolicyUnderTest(PolicyPlugin plugin, PolicyDescriptor descriptor, Map<String, String> options) {

    /** Copies the options. */
    public PolicyUnderTest {
        options = Map.copyOf(options);
    }

    /**
     * A policy with all options at their defaults.
     *
     * @param plugin where it comes from
     * @param policyId which of its policies
     * @return the policy
     * @throws IllegalArgumentException if the plugin describes no such policy
     */
    public static PolicyUnderTest of(PolicyPlugin plugin, String policyId) {
        return plugin.describe().policies().stream()
                .filter(descriptor -> descriptor.id().equals(policyId))
                .map(descriptor -> new PolicyUnderTest(plugin, descriptor, Map.of()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("plugin "
                        + plugin.describe().id() + " describes no policy " + policyId + ", but "
                        + plugin.describe().policies().stream()
                                .map(PolicyDescriptor::id)
                                .toList()));
    }

    /**
     * Every policy of a plugin: with its defaults, and with each option in turn at the ends of its range.
     *
     * @param plugin the plugin
     * @return the policies, in the order they are described
     */
    public static List<PolicyUnderTest> allOf(PolicyPlugin plugin) {
        List<PolicyUnderTest> all = new ArrayList<>();
        for (PolicyDescriptor descriptor : plugin.describe().policies()) {
            all.add(new PolicyUnderTest(plugin, descriptor, Map.of()));
            for (Option option : descriptor.options()) {
                for (String text : extremes(option)) {
                    if (!text.equals(option.defaultText())) {
                        all.add(new PolicyUnderTest(plugin, descriptor, Map.of(option.name(), text)));
                    }
                }
            }
        }
        return all;
    }

    private static List<String> extremes(Option option) {
        return switch (option.type()) {
            case BOOLEAN -> List.of("true", "false");
            case NUMBER, BYTES -> List.of(Long.toString(option.min()), Long.toString(option.max()));
            case ORDERS -> List.of("2", "9", "2,3,4");
            case CHOICE -> option.choices();
        };
    }

    /**
     * The same policy with one option set.
     *
     * @param name the option
     * @param text its value, as in configuration
     * @return the policy
     */
    public PolicyUnderTest with(String name, String text) {
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(name, text);
        return new PolicyUnderTest(plugin, descriptor, more);
    }

    /** {@return the policy's id} */
    public String id() {
        return descriptor.id();
    }

    /** {@return the slot it fits} */
    public Slot slot() {
        return descriptor.slot();
    }

    /**
     * Makes an instance.
     *
     * @return a new one
     * @throws IllegalArgumentException if an option's value is refused
     */
    public Policy create() {
        return plugin.create(descriptor.id(), CheckedOptions.of(descriptor, options));
    }

    /**
     * Makes an instance of a known role.
     *
     * @param role the role interface of the policy's slot
     * @param <P> the role
     * @return a new one
     */
    public <P extends Policy> P create(Class<P> role) {
        return role.cast(create());
    }

    /** {@return the id, and what is set} */
    @Override
    public String toString() {
        return options.isEmpty() ? id() : id() + " " + options;
    }
}
