package org.polymm.runtime.compose;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.polymm.api.Policy;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.plugin.Plugin;

/**
 * The policy that fills a slot of a composition. Equality and text leave the instance out, so that nothing calls into a plugin
 * unawares.
 *
 * @param descriptor what it is
 * @param plugin where it comes from
 * @param options the text of each of its options, in the order in which they were declared
 * @param policy the instance, which serves every machine of the composition
 */
public record ChosenPolicy(PolicyDescriptor descriptor, Plugin plugin, Map<String, String> options, Policy policy) {

    /** {@return the slot it fills} */
    public Slot slot() {
        return descriptor.slot();
    }

    /** {@return its id} */
    public String id() {
        return descriptor.id();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChosenPolicy that
                && descriptor.equals(that.descriptor)
                && plugin.equals(that.plugin)
                && options.equals(that.options);
    }

    @Override
    public int hashCode() {
        return Objects.hash(descriptor, plugin, options);
    }

    /** {@return such as {@code copy/wide of acme 1.0 (plugins/acme.jar)}} */
    @Override
    public String toString() {
        return id() + " of " + plugin;
    }
}
