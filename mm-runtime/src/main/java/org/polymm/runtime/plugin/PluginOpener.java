package org.polymm.runtime.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyPlugin;

/**
 * Opens plugins, good or broken. Whatever a jar does, the answer is a {@link Plugin}; what is wrong with it is in there, as much as could
 * be found at once.
 */
final class PluginOpener {

    /** After an error a service loader may stay where it is; then this is the end of it. */
    private static final int SERVICE_RETRIES = 100;

    private final ClassLoader host;

    /**
     * An opener.
     *
     * @param host the class loader of the SPI
     */
    PluginOpener(ClassLoader host) {
        this.host = host;
    }

    /**
     * Opens one plugin.
     *
     * @param files its jars
     * @return the plugin, resolved or failed
     */
    Plugin open(PluginFiles files) {
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<JarFacts> jars = read(files, problems);
        if (!problems.isEmpty()) {
            return new Plugin(files, problems, warnings, null, null, null);
        }
        inspect(jars, problems, warnings);
        if (!problems.isEmpty()) {
            return new Plugin(files, problems, warnings, null, null, null);
        }
        PluginClassLoader loader = new PluginClassLoader(files.name(), urls(files.jars()), host);
        PolicyPlugin instance = instantiate(loader, problems);
        PluginDescriptor descriptor = instance == null ? null : describe(loader, instance, problems);
        return new Plugin(files, problems, warnings, descriptor, instance, loader);
    }

    private static List<JarFacts> read(PluginFiles files, List<String> problems) {
        List<JarFacts> facts = new ArrayList<>();
        if (files.jars().isEmpty()) {
            problems.add("the folder holds no jar");
        }
        for (Path jar : files.jars()) {
            try {
                if (!Files.isRegularFile(jar)) {
                    problems.add(Files.exists(jar) ? jar + " is not a file" : "there is no file " + jar);
                } else {
                    facts.add(JarFacts.read(jar));
                }
            } catch (IOException e) {
                problems.add(jar.getFileName() + " is not a readable jar: " + e.getMessage());
            }
        }
        return facts;
    }

    /** What can be said before any code of the plugin runs. */
    private static void inspect(List<JarFacts> jars, List<String> problems, List<String> warnings) {
        Set<String> classes = new LinkedHashSet<>();
        jars.forEach(jar -> classes.addAll(jar.classes()));
        Set<String> services = new LinkedHashSet<>();
        boolean serviceFile = false;
        for (JarFacts jar : jars) {
            serviceFile |= jar.services().isPresent();
            jar.services().ifPresent(services::addAll);
            jar.spiLevel().flatMap(DescriptorCheck::manifestLevel).ifPresent(problems::add);
            if (jar.classPath()) {
                warnings.add(jar.path().getFileName()
                        + " names further jars in its manifest (Class-Path): put them into a folder"
                        + " plugins/NAME/ with it, so that the plugin is complete");
            }
            long copies = jar.classes().stream()
                    .filter(name -> PluginClassLoader.isSharedClass(name) && name.startsWith("org.polymm."))
                    .count();
            if (copies > 0) {
                warnings.add(jar.path().getFileName() + " bundles a copy of the SPI (" + copies
                        + " classes), which is ignored: give mm-api the scope 'provided'");
            }
        }
        if (!serviceFile) {
            problems.add("there is no service file " + JarFacts.SERVICE_FILE);
        } else if (services.isEmpty()) {
            problems.add("the service file " + JarFacts.SERVICE_FILE + " names no class");
        } else if (services.size() > 1) {
            problems.add("the service file " + JarFacts.SERVICE_FILE + " names several plugins ("
                    + String.join(", ", services) + "): a jar holds one, which may offer any number of policies");
        }
        for (String service : services) {
            if (!classes.contains(service)) {
                problems.add("the service file names " + service + ", and there is no such class in the plugin");
            }
        }
    }

    /** Whatever the plugin throws is a report, not a crash. */
    private static @Nullable PolicyPlugin instantiate(PluginClassLoader loader, List<String> problems) {
        return ContextLoader.within(loader, () -> {
            Set<String> failures = new LinkedHashSet<>();
            List<PolicyPlugin> found = new ArrayList<>();
            Iterator<ServiceLoader.Provider<PolicyPlugin>> providers =
                    ServiceLoader.load(PolicyPlugin.class, loader).stream().iterator();
            for (int attempt = 0; attempt < SERVICE_RETRIES; attempt++) {
                try {
                    if (!providers.hasNext()) {
                        break;
                    }
                    ServiceLoader.Provider<PolicyPlugin> provider = providers.next();
                    if (provider.type().getClassLoader() == loader) {
                        found.add(provider.get());
                    }
                } catch (ServiceConfigurationError | LinkageError e) {
                    failures.add(Reasons.of("the plugin's constructor", e));
                } catch (Throwable e) {
                    failures.add(Reasons.of("the plugin's constructor", Reasons.contained(e)));
                }
            }
            problems.addAll(failures);
            if (found.isEmpty() && failures.isEmpty()) {
                problems.add("the service file leads to no plugin of its own");
            }
            return found.isEmpty() ? null : found.getFirst();
        });
    }

    /** Whatever the plugin throws is a report, not a crash. */
    private static @Nullable PluginDescriptor describe(
            PluginClassLoader loader, PolicyPlugin instance, List<String> problems) {
        try {
            Optional<PluginDescriptor> descriptor =
                    Optional.ofNullable(ContextLoader.within(loader, instance::describe));
            if (descriptor.isEmpty()) {
                problems.add("describe() answered with null");
                return null;
            }
            problems.addAll(DescriptorCheck.problems(
                    descriptor.get(), instance.getClass().getName()));
            return descriptor.get();
        } catch (Throwable e) {
            problems.add(Reasons.of("describe()", Reasons.contained(e)));
            return null;
        }
    }

    /**
     * The URLs of files.
     *
     * @param jars the files
     * @return their URLs, in the same order
     */
    static URL[] urls(List<Path> jars) {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            try {
                urls[i] = jars.get(i).toAbsolutePath().normalize().toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalStateException("a path has no URL: " + jars.get(i), e);
            }
        }
        return urls;
    }
}
