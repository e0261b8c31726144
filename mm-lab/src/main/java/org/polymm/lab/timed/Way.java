package org.polymm.lab.timed;

/** How a task asks for a lock. */
public enum Way {
    /** It waits until it can have it. */
    WAITED,
    /** It tries, and holds no other lock. */
    TRIED,
    /** It tries while it holds others, under which it may not wait. */
    TRIED_UNDER_LOCK
}
