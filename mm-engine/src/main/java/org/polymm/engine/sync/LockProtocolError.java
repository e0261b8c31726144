package org.polymm.engine.sync;

import org.jspecify.annotations.Nullable;

/**
 * Engine code, or a procedure of a policy, broke a rule of locking. The message names the lock, the task, the rule and
 * everything the task holds.
 */
public final class LockProtocolError extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable LockClass outer;
    private final transient @Nullable LockClass inner;

    LockProtocolError(String message) {
        this(null, null, message);
    }

    LockProtocolError(@Nullable LockClass outer, @Nullable LockClass inner, String message) {
        super(message);
        this.outer = outer;
        this.inner = inner;
    }

    /** {@return the class that should have been taken first; null if the rule was not the order of two classes} */
    public @Nullable LockClass outer() {
        return outer;
    }

    /** {@return the class that was held and should have been taken later; null if the rule was not the order of two classes} */
    public @Nullable LockClass inner() {
        return inner;
    }
}
