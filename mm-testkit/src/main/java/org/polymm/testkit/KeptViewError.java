package org.polymm.testkit;

/** A policy used a view after the call that it was valid for. The message says which view, and what it was asked. */
public final class KeptViewError extends IllegalStateException {

    private static final long serialVersionUID = 1;

    KeptViewError(String message) {
        super(message);
    }
}
