package org.polymm.runtime.plugin;

/** How far a plugin has come. */
public enum PluginState {
    /** Its jars were found. */
    DISCOVERED,
    /** It was loaded, described itself, and everything in the description holds. */
    RESOLVED,
    /** A policy of it was created for a composition. */
    CREATED,
    /** Its class loader was closed. */
    CLOSED,
    /** It cannot be used; {@link Plugin#problems()} says why. */
    FAILED
}
