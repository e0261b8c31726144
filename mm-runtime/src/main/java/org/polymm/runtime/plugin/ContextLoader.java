package org.polymm.runtime.plugin;

import java.util.function.Supplier;

/**
 * Calls into a plugin with the thread's context class loader set to the plugin's, because libraries look up services and resources
 * through it.
 */
final class ContextLoader {

    private ContextLoader() {}

    /**
     * Runs something with another context class loader, and puts the old one back whatever happens.
     *
     * @param loader the context class loader meanwhile
     * @param call what to run
     * @param <T> what it answers
     * @return its answer
     */
    static <T> T within(ClassLoader loader, Supplier<T> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
