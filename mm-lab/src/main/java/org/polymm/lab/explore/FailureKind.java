package org.polymm.lab.explore;

import java.util.Locale;

/** What an interleaving can show to be wrong. */
public enum FailureKind {
    /** A call ended with an exception: a broken lock rule, a table that was gone, a policy that failed. */
    EXCEPTION("a call fails"),
    /** A task touches a page after it was freed. */
    USE_AFTER_FREE("use after free"),
    /** Every task that is left waits for another. */
    DEADLOCK("deadlock"),
    /** Tasks take the same locks in different orders; they need not have met, nor been seen in one run. */
    LOCK_ORDER("lock order cycle"),
    /** A task waits for something that nobody holds and that nobody is left to announce. */
    LOST_WAKEUP("lost wake-up"),
    /** A policy has thrown, or answered out of range. */
    POLICY("a policy fails"),
    /** An invariant of the world does not hold. */
    INVARIANT("invariant"),
    /** A condition that must always hold does not, between calls. */
    ALWAYS("not always"),
    /** A condition on the end does not hold. */
    RESULT("wrong result"),
    /** Memory holds what no order of the calls, one after the other, would leave there. */
    CONTENTS("wrong contents"),
    /** A run has taken more steps than it may. */
    ENDLESS("no end");

    private final String title;

    FailureKind(String title) {
        this.title = title;
    }

    /** {@return its name in scenarios and in tables, such as {@code use-after-free}} */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return a word or two for headings} */
    public String title() {
        return title;
    }
}
