package org.polymm.runtime.compose;

import java.util.Map;
import org.polymm.api.Policy;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.plugin.Plugin;

/**
 * The policy that fills a slot of a composition.
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
}
