package org.polymm.runtime.plugin;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;

/** Finds plugins and policies that are there twice, and says which jar to remove. Never does the last one win. */
final class Duplicates {

    private record Described(Plugin plugin, PluginDescriptor descriptor) {}

    private Duplicates() {}

    /**
     * Compares all usable plugins with each other.
     *
     * @param plugins in the order in which they were found
     * @return a sentence for each pair that cannot stay
     */
    static List<String> problems(List<Plugin> plugins) {
        List<String> problems = new ArrayList<>();
        Map<String, Described> ids = new TreeMap<>();
        for (Plugin plugin : plugins) {
            if (plugin.isUsable()) {
                plugin.descriptor().ifPresent(descriptor -> {
                    Described here = new Described(plugin, descriptor);
                    Described before = ids.putIfAbsent(descriptor.id(), here);
                    if (before != null) {
                        problems.add(samePlugin(before, here));
                    }
                });
            }
        }
        Map<String, Described> policies = new TreeMap<>();
        for (Described here : ids.values()) {
            for (PolicyDescriptor policy : here.descriptor().policies()) {
                Described before = policies.putIfAbsent(policy.id(), here);
                if (before != null) {
                    problems.add(samePolicy(policy.id(), before, here));
                }
            }
        }
        return problems;
    }

    private static String samePlugin(Described first, Described second) {
        String id = first.descriptor().id();
        String versions = first.descriptor().version();
        if (versions.equals(second.descriptor().version())) {
            String twice = "plugin " + id + " " + versions + " is there twice, as "
                    + first.plugin().path() + " and as " + second.plugin().path() + ": ";
            return twice
                    + (isSameContent(first.plugin(), second.plugin())
                            ? "they are equal; remove " + second.plugin().path()
                            : "they differ; remove the one that is out of date");
        }
        boolean firstIsOlder = compare(versions, second.descriptor().version()) < 0;
        Described older = firstIsOlder ? first : second;
        return "plugin " + id + " is there in two versions, " + versions + " as "
                + first.plugin().path() + " and " + second.descriptor().version() + " as "
                + second.plugin().path() + ": remove " + older.plugin().path() + ", the older one";
    }

    private static String samePolicy(String policy, Described first, Described second) {
        Described guest = first.plugin().isBundled() ? second : first;
        boolean bundled = first.plugin().isBundled() || second.plugin().isBundled();
        return "policy " + policy + " is offered by " + first.plugin() + " and by " + second.plugin() + ": "
                + (bundled
                        ? "remove " + guest.plugin().path()
                                + ", or have it take another id, because the other one is bundled"
                        : "remove one of the two jars, or have one take another id");
    }

    private static int compare(String a, String b) {
        try {
            return Version.parse(a).compareTo(Version.parse(b));
        } catch (IllegalArgumentException e) {
            return a.compareTo(b);
        }
    }

    private static boolean isSameContent(Plugin a, Plugin b) {
        try {
            return a.jars().size() == 1
                    && b.jars().size() == 1
                    && Files.mismatch(a.jars().getFirst(), b.jars().getFirst()) < 0;
        } catch (IOException e) {
            return false;
        }
    }
}
