package org.polymm.engine.policy;

/** What the engine does with a decision that could corrupt memory. */
public enum SafetyMode {
    /** Carry it out, and let the invariants report what comes of it. */
    OBSERVE,
    /** Refuse it, count the refusal by rule, and take the safe answer. */
    ENFORCE
}
