package org.polymm.engine.machine;

/**
 * Memory of one VMA or one process with the names and meanings of {@code /proc/PID/smaps}, in bytes.
 *
 * @param size the length of the address range
 * @param rss present pages, the zero page apart
 * @param pss present pages, each divided by its mappings
 * @param shared present pages mapped more than once
 * @param privatePages present pages mapped once
 * @param anonymous present pages that belong to no file
 * @param anonHugePages anonymous memory mapped by PMD entries
 * @param shmemPmdMapped shmem mapped by PMD entries
 * @param filePmdMapped files' memory mapped by PMD entries
 * @param locked PSS of VM_LOCKED VMAs
 * @param swap swapped out
 */
public record Smaps(
        long size,
        long rss,
        long pss,
        long shared,
        long privatePages,
        long anonymous,
        long anonHugePages,
        long shmemPmdMapped,
        long filePmdMapped,
        long locked,
        long swap) {

    /** Nothing at all. */
    public static final Smaps NONE = new Smaps(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * The sum of two.
     *
     * @param other another VMA's or process's
     * @return the sum, field by field
     */
    public Smaps plus(Smaps other) {
        return new Smaps(
                size + other.size,
                rss + other.rss,
                pss + other.pss,
                shared + other.shared,
                privatePages + other.privatePages,
                anonymous + other.anonymous,
                anonHugePages + other.anonHugePages,
                shmemPmdMapped + other.shmemPmdMapped,
                filePmdMapped + other.filePmdMapped,
                locked + other.locked,
                swap + other.swap);
    }
}
