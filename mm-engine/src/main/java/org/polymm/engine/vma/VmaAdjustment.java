package org.polymm.engine.vma;

/**
 * What the layers above do when VMAs change shape. All calls come with the mmap lock held for writing. The default of
 * each does nothing.
 *
 * <pre>
 *   split of [a,e) at c:   maySplit, newEdge | duplicated | (rmap locks) beforeSplit (unlock) | settled, settled
 *   edge moves to c:                 newEdge              | (rmap locks) beforeSplit (unlock) | merged, settled
 *   two become one:                                                                             freed, merged, settled
 * </pre>
 */
public interface VmaAdjustment {

    /** Does nothing. */
    VmaAdjustment NONE = new VmaAdjustment() {};

    /**
     * Whether a VMA may be split at all at an address, as {@code vm_ops->may_split} says: a hugetlb mapping only
     * between huge pages.
     *
     * @return 0 or a negated errno, with which the operation fails
     */
    default int maySplit(int vma, long address) {
        return 0;
    }

    /**
     * A VMA is about to get an edge inside its present range, by a split or because a neighbour takes over a part. It
     * is locked for writing, so that no fault comes in between; no reverse-map lock is held, so that folios can be
     * split here.
     *
     * @param changesBelow whether the operation is about the part below the address, else above
     * @return 0 or a negated errno, with which the operation fails; nothing has been changed yet
     */
    default int newEdge(int vma, long address, boolean changesBelow) {
        return 0;
    }

    /**
     * The same moment later, with the reverse-map locks held: the file's, then the anon_vma's. A PMD mapping across the
     * edge must be split now.
     */
    default void beforeSplit(int vma, long address) {}

    /** A VMA was made as a copy of another: by a split, or for mremap. What is kept for each VMA is copied here. */
    default void duplicated(int from, int to) {}

    /** A VMA grew by taking over others or a new range; or was newly mapped. */
    default void merged(int vma) {}

    /**
     * A VMA was mapped, split or merged, and is as it stays: {@code uprobe_mmap}. No reverse-map lock is held. Not told of the VMA that mremap
     * is about to fill.
     */
    default void settled(int vma) {}

    /** A VMA is gone; its handle will be used again. */
    default void freed(int vma) {}
}
