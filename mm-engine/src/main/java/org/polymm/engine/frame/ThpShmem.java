package org.polymm.engine.frame;

/** What {@code transparent_hugepage/shmem_enabled} says: which shmem khugepaged may collapse. New pages of shmem are small in any case. */
public enum ThpShmem {
    /** All of it. */
    ALWAYS("always"),
    /** Where {@code MADV_HUGEPAGE} was given. */
    ADVISE("advise"),
    /** None; MADV_COLLAPSE does not ask. */
    NEVER("never");

    private final String word;

    ThpShmem(String word) {
        this.word = word;
    }

    /** The word in the file. */
    public String word() {
        return word;
    }
}
