package org.polymm.runtime.plugin;

import org.polymm.api.plugin.PolicyDescriptor;

/**
 * A policy that can be chosen.
 *
 * @param descriptor what it is
 * @param plugin where it comes from
 */
public record AvailablePolicy(PolicyDescriptor descriptor, Plugin plugin) {

    /** {@return its id, such as {@code copy/one-page}} */
    public String id() {
        return descriptor.id();
    }
}
