package org.polymm.lab.trace;

/** How much of a program's memory behaviour a trace can know. */
public enum Granularity {
    /** System calls and process events only: which pages were touched is unknown. */
    SYSCALLS,
    /** Also every page fault: first touches and write upgrades are known, later touches are not. */
    FAULTS,
    /** Every load, store and instruction fetch. */
    ACCESSES
}
