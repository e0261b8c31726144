package org.polymm.engine.policy;

/**
 * How reports name a policy.
 *
 * @param id the policy's id, such as {@code orders/mthp}
 * @param source the jar it came from, or another word for its home
 */
public record PolicyOrigin(String id, String source) {

    @Override
    public String toString() {
        return id + " (" + source + ")";
    }
}
