package org.polymm.engine.policy;

/** What the engine does when a policy throws or answers out of range. */
public enum FailureMode {
    /** Finish the operation under way with safe answers, then end the run with a {@link PolicyFailure}. */
    STOP,
    /** Record the failure and take the safe answer for every call of that policy from there on. */
    FALL_BACK
}
