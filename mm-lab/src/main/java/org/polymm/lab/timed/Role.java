package org.polymm.lab.timed;

/** What a task stands for, so that times can be told apart by whose they are. */
public enum Role {
    /** A program: its accesses, and its system calls but MADV_COLLAPSE. */
    PROGRAM,
    /** Whoever collapses: khugepaged, and who calls MADV_COLLAPSE. */
    COLLAPSE
}
