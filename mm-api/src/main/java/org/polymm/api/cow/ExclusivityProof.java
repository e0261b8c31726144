package org.polymm.api.cow;

/** What may turn a page that is "maybe shared" into an exclusive one. */
public enum ExclusivityProof {
    /** Nothing: copy. */
    NOTHING,
    /**
     * The reference count: small folios, and large ones mapped at PMD level, whose only reference (the swap cache's apart) is this
     * mapping. At PTE level of a large folio it proves nothing.
     */
    REFERENCES,
    /**
     * The configured mapcount scheme says that one address space holds all mappings, and the references equal the mappings. Of a small
     * folio, or at PMD level, the same as {@link #REFERENCES}.
     */
    SCHEME,
    /**
     * The page-table entries around the fault are scanned: as many entries of this process map the folio as it has references. Of a small
     * folio, or at PMD level, the same as {@link #REFERENCES}.
     */
    SCAN;

    /** The answer that is always safe. */
    public static final ExclusivityProof SAFE = NOTHING;
}
