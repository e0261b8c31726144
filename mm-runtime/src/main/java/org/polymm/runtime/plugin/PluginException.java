package org.polymm.runtime.plugin;

/** A plugin did not create the policy it was asked for. The message says why, in words for the user. */
public final class PluginException extends Exception {

    private static final long serialVersionUID = 1L;

    PluginException(String message) {
        super(message);
    }

    PluginException(String message, Throwable cause) {
        super(message, cause);
    }
}
