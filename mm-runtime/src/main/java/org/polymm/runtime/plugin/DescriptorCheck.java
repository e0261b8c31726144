package org.polymm.runtime.plugin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;
import org.polymm.runtime.config.Nearest;
import org.polymm.runtime.config.ValueType;

/** Checks what a plugin says about itself, beyond what the records of the SPI check as they are built. */
final class DescriptorCheck {

    /** What the ids of the plugins that come with PolyMM begin with. */
    static final String RESERVED_PREFIX = "polymm-";

    /** The packages in which the bundled plugins live. */
    static final String BUNDLED_PACKAGES = "org.polymm.policy.";

    private static final Pattern CONFLICT = Pattern.compile("(?:([a-z.-]+)=)?[a-z0-9][a-z0-9.-]*/[a-z0-9][a-z0-9.-]*");
    private static final Pattern LEVEL = Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6})");

    private DescriptorCheck() {}

    /**
     * Checks the level a manifest asks for.
     *
     * @param level the text in the manifest
     * @return what is wrong with it
     */
    static Optional<String> manifestLevel(String level) {
        Matcher matcher = LEVEL.matcher(level);
        if (!matcher.matches()) {
            return Optional.of("the manifest's " + JarFacts.SPI_LEVEL + " is '" + level
                    + "': expected MAJOR.MINOR, such as " + SpiLevel.CURRENT);
        }
        return level(new SpiLevel(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))));
    }

    private static Optional<String> level(SpiLevel wanted) {
        if (SpiLevel.CURRENT.supports(wanted)) {
            return Optional.empty();
        }
        return Optional.of("it was written for SPI level " + wanted + ", and this host has " + SpiLevel.CURRENT
                + ": a plugin loads if the major numbers are equal and its minor number is not above the host's");
    }

    /**
     * Checks a description.
     *
     * @param plugin what the plugin said
     * @param providerClass the name of the plugin's class
     * @return what is wrong, each a sentence; empty if all is well
     */
    static List<String> problems(PluginDescriptor plugin, String providerClass) {
        List<String> problems = new ArrayList<>();
        require(problems, plugin.version(), "the plugin", "a version");
        require(problems, plugin.vendor(), "the plugin", "a vendor");
        require(problems, plugin.spiLevel(), "the plugin", "an SPI level");
        if (isThere(plugin.spiLevel())) {
            level(plugin.spiLevel()).ifPresent(problems::add);
        }
        if (plugin.id().startsWith(RESERVED_PREFIX) && !providerClass.startsWith(BUNDLED_PACKAGES)) {
            problems.add("plugin id " + plugin.id() + " begins with " + RESERVED_PREFIX
                    + ", which is kept for the bundled plugins (those in packages " + BUNDLED_PACKAGES
                    + "*): choose another");
        }
        for (PolicyDescriptor policy : plugin.policies()) {
            policy(policy, problems);
        }
        return problems;
    }

    private static void policy(PolicyDescriptor policy, List<String> problems) {
        String who = "policy " + policy.id();
        require(problems, policy.slot(), who, "a slot");
        require(problems, policy.summary(), who, "a summary");
        require(problems, policy.provenance(), who, "a provenance");
        for (Option option : policy.options()) {
            option(who + ", option " + option.name(), option, problems);
        }
        for (PolicyDescriptor.Conflict conflict : policy.conflicts()) {
            conflict(who, conflict, problems);
        }
    }

    private static void option(String who, Option option, List<String> problems) {
        require(problems, option.type(), who, "a type");
        require(problems, option.defaultText(), who, "a default");
        require(problems, option.help(), who, "a line of help");
        if (!isThere(option.type()) || !isThere(option.defaultText())) {
            return;
        }
        if (option.min() > option.max()) {
            problems.add(who + ": its least value " + option.min() + " is above its greatest " + option.max());
            return;
        }
        try {
            ValueType.of(option).parse(option.defaultText());
        } catch (IllegalArgumentException e) {
            problems.add(who + ": the default " + e.getMessage());
        }
    }

    private static void conflict(String who, PolicyDescriptor.Conflict conflict, List<String> problems) {
        Matcher matcher = CONFLICT.matcher(conflict.policyId());
        if (!matcher.matches()) {
            problems.add(who + ": conflict '" + conflict.policyId() + "' is neither a policy id nor SLOT=ID");
            return;
        }
        String slot = matcher.group(1);
        List<String> slots = Arrays.stream(Slot.values()).map(Slot::key).toList();
        if (slot != null && !slots.contains(slot)) {
            problems.add(who + ": conflict '" + conflict.policyId() + "' names no slot" + Nearest.hint(slot, slots));
        }
    }

    /** A plugin was not necessarily compiled with null checks. */
    private static boolean isThere(@Nullable Object value) {
        return value != null;
    }

    private static void require(List<String> problems, @Nullable Object value, String who, String what) {
        if (value == null || value instanceof String text && text.isBlank()) {
            problems.add(who + " is described without " + what);
        }
    }
}
