package org.polymm.api.split;

/** How a folio came to be cut. Open: constants may be added. */
public enum BoundaryKind {
    /** A VMA was split, and the folio is mapped on both sides of the cut. */
    VMA_EDGE,
    /** The PMD entry that mapped the folio was replaced by a page table. */
    PMD_SPLIT,
    /** Entries of the folio were removed while others remain. */
    RMAP_REMOVAL
}
