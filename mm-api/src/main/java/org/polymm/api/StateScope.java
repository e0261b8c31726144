package org.polymm.api;

/** What a row of {@link PolicyMemory} belongs to. */
public enum StateScope {
    /** The whole machine. */
    MACHINE,
    /** One address space. */
    MM,
    /** One VMA. */
    VMA,
    /** One folio. */
    FOLIO
}
