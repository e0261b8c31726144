package org.polymm.api.plugin;

import org.polymm.api.Policy;

/**
 * The one service of a plugin jar, found through {@link java.util.ServiceLoader}. Needs a public constructor without parameters that does
 * nothing.
 */
public interface PolicyPlugin {

    /**
     * Describes the plugin and its policies. Called once after discovery, before any policy is created; must not read files, environment or
     * settings.
     *
     * @return plain data
     */
    PluginDescriptor describe();

    /**
     * Creates one of the described policies. Called at most once per composition and slot.
     *
     * @param policyId the id of one of the described policies
     * @param options a value for every option that policy declared, checked against its type and range
     * @return an immutable instance of the role interface of the policy's slot
     * @throws IllegalArgumentException if the values do not fit together; the message is shown to the user
     */
    Policy create(String policyId, OptionValues options);
}
