package org.polymm.engine.frame;

/**
 * What {@code shmem_enabled} says, of all shared memory or of one folio size: which of it gets large folios, at the first touch and by
 * khugepaged.
 */
public enum ThpShmem {
    /** All of it. */
    ALWAYS("always"),
    /** What the general file says; for a size alone. */
    INHERIT("inherit"),
    /** Where the folio ends before the file does, and where {@code MADV_HUGEPAGE} was given. */
    WITHIN_SIZE("within_size"),
    /** Where {@code MADV_HUGEPAGE} was given. */
    ADVISE("advise"),
    /** None; MADV_COLLAPSE does not ask. */
    NEVER("never"),
    /** None, and no MADV_COLLAPSE either; for the general file alone. */
    DENY("deny"),
    /** All of it, whatever the sizes say but for those that inherit; for the general file alone. */
    FORCE("force");

    private final String word;

    ThpShmem(String word) {
        this.word = word;
    }

    /** The word in the file. */
    public String word() {
        return word;
    }

    /** Whether a file takes it: the general one, or that of a size. */
    public boolean isFor(boolean size) {
        return size ? this != DENY && this != FORCE : this != INHERIT;
    }
}
