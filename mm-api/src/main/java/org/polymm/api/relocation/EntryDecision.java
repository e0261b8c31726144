package org.polymm.api.relocation;

/** What happens to one entry of a range whose folios are relocated. */
public enum EntryDecision {
    /** Rewrite the folio's index and anon_vma. */
    RELOCATE,
    /** Split the folio first, then ask again for each part. */
    SPLIT_FIRST,
    /** Move the entry and leave what it refers to as it is: dangerous, unless there is nothing to rewrite. */
    SKIP,
    /** Wait until the migration is over, or the folio has left the swap cache, then ask again. */
    WAIT,
    /** Give up relocating at this entry. */
    REFUSE;

    /** The answer that is always safe. */
    public static final EntryDecision SAFE = REFUSE;
}
