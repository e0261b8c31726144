package org.polymm.runtime.plugin;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.polymm.api.Policy;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;

/**
 * What is wrong with one plugin, all at once: what keeps it from loading, what would fail later, what is merely odd.
 *
 * @param path the jar, or the folder of jars
 * @param descriptor what the plugin says about itself; nothing if it does not get that far
 * @param errors what has to be mended, each a sentence; empty if the plugin is fine
 * @param warnings what should be looked at
 */
public record JarCheck(Path path, Optional<PluginDescriptor> descriptor, List<String> errors, List<String> warnings) {

    /** Copies the lists. */
    public JarCheck {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /** {@return whether nothing has to be mended} */
    public boolean isFine() {
        return errors.isEmpty();
    }

    /**
     * Checks a plugin: opens it, creates each of its policies with default options, and reads all of its classes for what they refer to.
     *
     * @param path a jar, or a folder of jars
     * @return what was found
     */
    public static JarCheck of(Path path) {
        PluginFiles files;
        try {
            files = PluginFiles.of(path);
        } catch (IOException e) {
            return new JarCheck(
                    path, Optional.empty(), List.of(path + " cannot be read: " + e.getMessage()), List.of());
        }
        ClassLoader host = Catalogue.hostLoader();
        Plugin plugin = new PluginOpener(host).open(files);
        Set<String> errors = new LinkedHashSet<>(plugin.problems());
        Set<String> warnings = new LinkedHashSet<>(plugin.warnings());
        for (PolicyDescriptor policy : plugin.policies()) {
            create(plugin, policy, errors, warnings);
        }
        ClassScan.of(files, host, plugin.isBundled(), errors, warnings);
        try {
            plugin.close();
        } catch (IOException e) {
            errors.add("it cannot be closed: " + e.getMessage());
        }
        return new JarCheck(path, plugin.descriptor(), new ArrayList<>(errors), new ArrayList<>(warnings));
    }

    private static void create(Plugin plugin, PolicyDescriptor policy, Set<String> errors, Set<String> warnings) {
        try {
            Policy created = plugin.create(policy, CheckedOptions.of(policy, Map.of()));
            for (Class<?> type = created.getClass(); isOf(plugin, type); type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (!Modifier.isFinal(field.getModifiers())) {
                        warnings.add("policy " + policy.id() + ": field " + type.getName() + "." + field.getName()
                                + " is not final, and a policy keeps no state of its own: what it must remember belongs into"
                                + " PolicyMemory");
                    }
                }
            }
        } catch (PluginException e) {
            errors.add("policy " + policy.id() + " could not be created with its default options: " + e.getMessage());
        }
    }

    private static boolean isOf(Plugin plugin, @Nullable Class<?> type) {
        return type != null && type.getClassLoader() == plugin.loader();
    }
}
