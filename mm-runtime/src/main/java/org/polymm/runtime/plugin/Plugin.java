package org.polymm.runtime.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.polymm.api.Policy;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;

/**
 * A plugin that was found, usable or not: a jar, or a folder of jars, with a class loader of its own. Thread-safe.
 */
public final class Plugin implements Closeable {

    private final PluginFiles files;
    private final List<String> problems;
    private final List<String> warnings;
    private final @Nullable PluginDescriptor descriptor;
    private final @Nullable PolicyPlugin instance;
    private final @Nullable PluginClassLoader loader;
    private final AtomicReference<PluginState> state;

    Plugin(
            PluginFiles files,
            List<String> problems,
            List<String> warnings,
            @Nullable PluginDescriptor descriptor,
            @Nullable PolicyPlugin instance,
            @Nullable PluginClassLoader loader) {
        this.files = files;
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
        this.descriptor = descriptor;
        this.instance = instance;
        this.loader = loader;
        this.state = new AtomicReference<>(
                problems.isEmpty() && descriptor != null && instance != null
                        ? PluginState.RESOLVED
                        : PluginState.FAILED);
    }

    /** {@return the jar, or the folder of jars} */
    public Path path() {
        return files.path();
    }

    /** {@return its jars, in the order they are searched} */
    public List<Path> jars() {
        return files.jars();
    }

    /** {@return how far it has come} */
    public PluginState state() {
        return state.get();
    }

    /** {@return why it cannot be used, each a sentence; empty if it can} */
    public List<String> problems() {
        return problems;
    }

    /** {@return why it cannot be used, in one line; empty if it can} */
    public String reason() {
        return String.join("; ", problems);
    }

    /** {@return what is odd about it without keeping it from working} */
    public List<String> warnings() {
        return warnings;
    }

    /** {@return what it said about itself; nothing if it failed before it could} */
    public Optional<PluginDescriptor> descriptor() {
        return Optional.ofNullable(descriptor);
    }

    /** {@return its id, or its path if it failed before it could say} */
    public String label() {
        return descriptor == null ? path().toString() : descriptor.id();
    }

    /** {@return whether it comes with PolyMM} */
    public boolean isBundled() {
        return descriptor != null && descriptor.id().startsWith(DescriptorCheck.RESERVED_PREFIX);
    }

    /** {@return whether its policies can be chosen} */
    public boolean isUsable() {
        return problems.isEmpty() && state() != PluginState.CLOSED;
    }

    /** {@return the policies that can be chosen; none if it failed} */
    public List<PolicyDescriptor> policies() {
        return descriptor == null || !problems.isEmpty() ? List.of() : descriptor.policies();
    }

    /**
     * Creates a policy, with the plugin's loader as the thread's context class loader.
     *
     * @param policy one of {@link #policies()}
     * @param options a value for each of its options
     * @return an instance of the role of its slot
     * @throws PluginException if the plugin throws, or answers something else
     * @throws IllegalStateException if the plugin failed or was closed
     */
    public Policy create(PolicyDescriptor policy, OptionValues options) throws PluginException {
        PolicyPlugin plugin = instance;
        PluginClassLoader context = loader;
        if (!isUsable() || plugin == null || context == null) {
            throw new IllegalStateException("plugin " + label() + " is " + state());
        }
        Policy created = call(context, plugin, policy, options);
        if (!policy.slot().role().isInstance(created)) {
            throw new PluginException("create() answered with "
                    + (created == null ? "null" : created.getClass().getName()) + ", and slot "
                    + policy.slot().key() + " needs an implementation of "
                    + policy.slot().role().getCanonicalName());
        }
        state.compareAndSet(PluginState.RESOLVED, PluginState.CREATED);
        return created;
    }

    /** Whatever the plugin throws is a report, not a crash. */
    private static @Nullable Policy call(
            PluginClassLoader context, PolicyPlugin plugin, PolicyDescriptor policy, OptionValues options)
            throws PluginException {
        try {
            return ContextLoader.within(context, () -> plugin.create(policy.id(), options));
        } catch (IllegalArgumentException e) {
            throw new PluginException(String.valueOf(e.getMessage()), e);
        } catch (Throwable e) {
            throw new PluginException(Reasons.of("create()", Reasons.contained(e)), e);
        }
    }

    /** {@return the loader, or null if the jars could not even be opened} */
    @Nullable
    PluginClassLoader loader() {
        return loader;
    }

    /**
     * Closes the class loader. Policies of this plugin must not be called afterwards, because what they have not loaded yet is gone.
     *
     * @throws IOException if a jar cannot be closed
     */
    @Override
    public void close() throws IOException {
        if (state.getAndUpdate(now -> now == PluginState.FAILED ? now : PluginState.CLOSED) != PluginState.CLOSED
                && loader != null) {
            loader.close();
        }
    }

    /** {@return such as {@code acme 1.0 (plugins/acme.jar)}} */
    @Override
    public String toString() {
        return descriptor == null
                ? path().toString()
                : descriptor.id() + " " + descriptor.version() + " (" + path() + ")";
    }
}
