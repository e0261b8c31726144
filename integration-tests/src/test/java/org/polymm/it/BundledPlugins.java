package org.polymm.it;

import org.polymm.runtime.Laboratory;

/** Opens the bundled policies for tests of other packages. */
public final class BundledPlugins {

    private BundledPlugins() {}

    /**
     * Opens them.
     *
     * @param assignments keys and values to set
     * @return the laboratory; close it
     */
    public static Laboratory open(String... assignments) {
        return Plugins.open(assignments);
    }
}
