package org.polymm.engine.policy;

import org.jspecify.annotations.Nullable;

/** A policy threw, or answered what no policy may answer. The machine's state is consistent. */
public final class PolicyFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient PolicyOrigin origin;
    private final String call;

    PolicyFailure(PolicyOrigin origin, String call, String problem, @Nullable Throwable cause) {
        super("policy " + origin + " failed in " + call + ": " + problem, cause);
        this.origin = origin;
        this.call = call;
    }

    /** {@return the policy} */
    public PolicyOrigin origin() {
        return origin;
    }

    /** {@return the call, such as {@code CowSizingPolicy.Orders.candidates}} */
    public String call() {
        return call;
    }
}
