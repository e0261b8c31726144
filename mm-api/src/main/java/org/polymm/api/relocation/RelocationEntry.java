package org.polymm.api.relocation;

import org.jspecify.annotations.Nullable;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;

/** An entry of the range whose folios are relocated. Valid during the call. Open: methods may be added. */
public interface RelocationEntry {

    /** What the entry refers to. Open: constants may be added. */
    enum Kind {
        ANON,
        KSM,
        /** A page of a private file mapping that was not written to. */
        FILE,
        ZERO_PAGE,
        /** A swap entry whose folio is not in memory. */
        SWAP,
        /** A swap entry whose folio is still in the swap cache. */
        SWAP_CACHE,
        MIGRATION,
        MARKER
    }

    /** {@return whether this is the look before the move, rather than the move} */
    boolean isPrescan();

    /** {@return what the entry refers to} */
    Kind kind();

    /** {@return the level of the entry} */
    MappingLevel level();

    /** {@return the page number, at the old place} */
    long page();

    /** {@return the folio, also that of a migration entry or in the swap cache; null if there is none} */
    @Nullable
    FolioView folio();

    /** {@return whether what it refers to was ever shared by a fork: tracked for swap and migration entries too} */
    boolean wasEverCowShared();

    /** {@return whether all of the folio lies in the moved range} */
    boolean isFolioWithinRange();

    /** {@return whether the destination has the alignment that the entry's level needs} */
    boolean isDestinationAligned();
}
