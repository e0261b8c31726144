package org.polymm.testkit.fake;

/**
 * A procedure broke the lock protocol of its steps. The message says which rule, at which step, and what came before.
 */
public final class ProtocolError extends IllegalStateException {

    private static final long serialVersionUID = 1;

    ProtocolError(String message) {
        super(message);
    }
}
