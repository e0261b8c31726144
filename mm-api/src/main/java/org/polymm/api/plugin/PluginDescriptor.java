package org.polymm.api.plugin;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A plugin, as plain data.
 *
 * @param id lower-case letters, digits, dots and dashes; {@code polymm-} at the beginning is kept for the bundled plugins
 * @param version the plugin's own version
 * @param spiLevel the level of the SPI it was written for
 * @param vendor who made it
 * @param policies what it offers, at least one
 */
public record PluginDescriptor(
        String id, String version, SpiLevel spiLevel, String vendor, List<PolicyDescriptor> policies) {

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]*");

    /**
     * Checks the id and copies the list.
     *
     * @throws IllegalArgumentException if the id is malformed, or no policy or one policy twice is described
     */
    public PluginDescriptor {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "plugin id '" + id + "' may hold only lower-case letters, digits, dots and dashes");
        }
        policies = List.copyOf(policies);
        if (policies.isEmpty()) {
            throw new IllegalArgumentException("plugin " + id + " describes no policy");
        }
        if (policies.stream().map(PolicyDescriptor::id).distinct().count() != policies.size()) {
            throw new IllegalArgumentException("plugin " + id + " describes a policy twice");
        }
    }
}
