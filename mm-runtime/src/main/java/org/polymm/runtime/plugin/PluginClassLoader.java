package org.polymm.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.util.Enumeration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The loader of one plugin: the Java platform, exactly the packages of the SPI from the host, and the plugin's own jars. Classes and
 * resources follow the same rule, so that a copy of the SPI inside the plugin is never seen.
 */
final class PluginClassLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
    }

    /** The packages that come from the host. Exact: a package below one of them does not. */
    static final Set<String> SHARED_PACKAGES = Set.of(
            "org.polymm.api",
            "org.polymm.api.collapse",
            "org.polymm.api.cow",
            "org.polymm.api.mapcount",
            "org.polymm.api.plugin",
            "org.polymm.api.relocation",
            "org.polymm.api.split",
            "org.polymm.api.view",
            "org.jspecify.annotations");

    private final ClassLoader host;

    /**
     * A loader that has loaded nothing.
     *
     * @param name the plugin's file or folder name, for stack traces
     * @param jars the plugin's jars, searched in this order
     * @param host where the shared packages come from
     */
    PluginClassLoader(String name, URL[] jars, ClassLoader host) {
        super(name, jars, getPlatformClassLoader());
        this.host = host;
    }

    /**
     * Tells whether a class comes from the host.
     *
     * @param className dotted
     * @return whether its package is shared
     */
    static boolean isSharedClass(String className) {
        int dot = className.lastIndexOf('.');
        return dot > 0 && SHARED_PACKAGES.contains(className.substring(0, dot));
    }

    private static boolean isSharedResource(String name) {
        int slash = name.lastIndexOf('/');
        return slash > 0 && SHARED_PACKAGES.contains(name.substring(0, slash).replace('/', '.'));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return isSharedClass(name) ? host.loadClass(name) : super.loadClass(name, resolve);
    }

    @Override
    public @Nullable URL getResource(String name) {
        return isSharedResource(name) ? host.getResource(name) : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return isSharedResource(name) ? host.getResources(name) : super.getResources(name);
    }

    /**
     * Opens a resource past the cache of jar connections: that cache would keep serving a jar that was replaced in the folder, and closing
     * this loader would close a jar in it that the host uses too.
     */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        if (isSharedResource(name)) {
            return host.getResourceAsStream(name);
        }
        URL url = getResource(name);
        if (url == null) {
            return null;
        }
        try {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false);
            return connection.getInputStream();
        } catch (IOException e) {
            return null;
        }
    }
}
