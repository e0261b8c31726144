package org.polymm.lab.fuzz;

/** What not every machine can do: generated programs keep to what theirs can. */
public enum Ability {
    /** Files of page cache on a disk. */
    REGULAR_FILES,
    /** memfd files. */
    MEMFD_FILES,
    /** Long-term pins for writing, and what a device does through them. */
    PINS,
    /** Pins for reading only, and short ones. */
    SHORT_PINS,
    /** Plain references to pages. */
    REFERENCES,
    /** mlockall and munlockall. */
    MLOCKALL,
    /** RLIMIT_MEMLOCK that binds. */
    LIMITS,
    /** The scan of the deferred split queue. */
    SHRINK,
    /** Proactive reclaim. */
    RECLAIM,
    /** Allocations that fail on demand. */
    FAILURES
}
