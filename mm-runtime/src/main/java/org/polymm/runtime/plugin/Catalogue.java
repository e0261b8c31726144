package org.polymm.runtime.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Slot;

/** All plugins that were found, with the policies they offer. Immutable apart from the states of the plugins; thread-safe. */
public final class Catalogue implements Closeable {

    private final Path folder;
    private final List<Plugin> plugins;
    private final List<String> problems;

    private Catalogue(Path folder, List<Plugin> plugins, List<String> problems) {
        this.folder = folder;
        this.plugins = List.copyOf(plugins);
        this.problems = List.copyOf(problems);
    }

    /**
     * Looks for plugins and opens all of them.
     *
     * @param folder the plugin folder
     * @param more jars or folders of jars that are plugins too, wherever they are
     * @return what was found, the failed ones included
     */
    public static Catalogue discover(Path folder, List<Path> more) {
        List<String> problems = new ArrayList<>();
        Set<PluginFiles> found = new LinkedHashSet<>();
        try {
            if (Files.isDirectory(folder)) {
                found.addAll(PluginFiles.in(folder));
            } else {
                problems.add(
                        "there is no plugin folder " + folder.toAbsolutePath().normalize());
            }
            for (Path path : more) {
                found.add(PluginFiles.of(path));
            }
        } catch (IOException e) {
            problems.add("the plugin folder " + folder + " cannot be read: " + e.getMessage());
        }
        PluginOpener opener = new PluginOpener(hostLoader());
        List<Plugin> plugins = new ArrayList<>();
        found.forEach(files -> plugins.add(opener.open(files)));
        problems.addAll(Duplicates.problems(plugins));
        return new Catalogue(folder, plugins, problems);
    }

    /** {@return the loader from which plugins get the SPI} */
    static ClassLoader hostLoader() {
        return Objects.requireNonNull(PolicyPlugin.class.getClassLoader(), "the SPI is on the class path");
    }

    /** {@return the plugin folder, whether or not there is one} */
    public Path folder() {
        return folder;
    }

    /** {@return all plugins, the failed ones included, by file name} */
    public List<Plugin> plugins() {
        return plugins;
    }

    /** {@return what keeps the whole from being used: no folder, plugins or policies that are there twice} */
    public List<String> problems() {
        return problems;
    }

    /** {@return the plugins that cannot be used} */
    public List<Plugin> failed() {
        return plugins.stream().filter(plugin -> !plugin.problems().isEmpty()).toList();
    }

    /** {@return every policy that can be chosen, by slot and id} */
    public List<AvailablePolicy> policies() {
        List<AvailablePolicy> policies = new ArrayList<>();
        for (Plugin plugin : plugins) {
            for (PolicyDescriptor policy : plugin.policies()) {
                policies.add(new AvailablePolicy(policy, plugin));
            }
        }
        policies.sort(Comparator.comparing(
                        (AvailablePolicy policy) -> policy.descriptor().slot())
                .thenComparing(AvailablePolicy::id));
        return policies;
    }

    /**
     * The policies that fit a slot.
     *
     * @param slot the slot
     * @return by id
     */
    public List<AvailablePolicy> policies(Slot slot) {
        return policies().stream()
                .filter(policy -> policy.descriptor().slot() == slot)
                .toList();
    }

    /**
     * Finds a policy.
     *
     * @param id its id
     * @return the policy; nothing if no usable plugin offers it
     */
    public Optional<AvailablePolicy> policy(String id) {
        return policies().stream().filter(policy -> policy.id().equals(id)).findFirst();
    }

    /**
     * Finds the failed plugin that would have offered a policy.
     *
     * @param id the policy's id
     * @return the plugin; nothing if none got far enough to say that it offers it
     */
    public Optional<Plugin> failedWith(String id) {
        return failed().stream()
                .filter(plugin -> plugin.descriptor().stream()
                        .flatMap(descriptor -> descriptor.policies().stream())
                        .anyMatch(policy -> policy.id().equals(id)))
                .findFirst();
    }

    /**
     * Closes all plugins, the last found first.
     *
     * @throws IOException the first failure, with the others suppressed in it
     */
    @Override
    public void close() throws IOException {
        ReverseClosing.close(plugins);
    }
}
