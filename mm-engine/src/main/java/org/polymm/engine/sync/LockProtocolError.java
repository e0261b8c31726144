package org.polymm.engine.sync;

/**
 * Engine code, or a procedure of a policy, broke a rule of locking. The message names the lock, the task, the rule and
 * everything the task holds.
 */
public final class LockProtocolError extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    LockProtocolError(String message) {
        super(message);
    }
}
