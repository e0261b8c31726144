package org.polymm.testkit.fake;

import org.jspecify.annotations.Nullable;
import org.polymm.api.relocation.RelocationEntry;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;

/** An entry of a range that is relocated. */
public final class FakeRelocationEntry implements RelocationEntry {

    private Kind kind;
    private @Nullable FolioView folio;
    private boolean prescan = false;
    private MappingLevel level = MappingLevel.PTE;
    private long page = 0;
    private boolean everCowShared = false;
    private boolean folioWithinRange = true;
    private boolean destinationAligned = true;

    private FakeRelocationEntry(Kind kind, @Nullable FolioView folio) {
        this.kind = kind;
        this.folio = folio;
    }

    /**
     * An entry that refers to a folio, by mapping it, by migration or through the swap cache.
     *
     * @param kind what the entry is
     * @param folio the folio
     * @return a new fake
     */
    public static FakeRelocationEntry of(Kind kind, FolioView folio) {
        return new FakeRelocationEntry(kind, folio);
    }

    /**
     * An entry without a folio in memory.
     *
     * @param kind what the entry is
     * @return a new fake
     */
    public static FakeRelocationEntry of(Kind kind) {
        return new FakeRelocationEntry(kind, null);
    }

    /**
     * Says whether this is the look before the move.
     *
     * @param prescan the fact
     * @return this
     */
    public FakeRelocationEntry prescan(boolean prescan) {
        this.prescan = prescan;
        return this;
    }

    /**
     * Sets the level of the entries.
     *
     * @param level the level
     * @return this
     */
    public FakeRelocationEntry level(MappingLevel level) {
        this.level = level;
        return this;
    }

    /**
     * Sets the page number at the old place.
     *
     * @param page the page number
     * @return this
     */
    public FakeRelocationEntry page(long page) {
        this.page = page;
        return this;
    }

    /**
     * Says whether what it refers to was ever shared by a fork.
     *
     * @param everCowShared the fact
     * @return this
     */
    public FakeRelocationEntry everCowShared(boolean everCowShared) {
        this.everCowShared = everCowShared;
        return this;
    }

    /**
     * Says whether all of the folio lies in the moved range.
     *
     * @param folioWithinRange the fact
     * @return this
     */
    public FakeRelocationEntry folioWithinRange(boolean folioWithinRange) {
        this.folioWithinRange = folioWithinRange;
        return this;
    }

    /**
     * Says whether the destination has the alignment of the level.
     *
     * @param destinationAligned the fact
     * @return this
     */
    public FakeRelocationEntry destinationAligned(boolean destinationAligned) {
        this.destinationAligned = destinationAligned;
        return this;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public boolean isPrescan() {
        return prescan;
    }

    @Override
    public MappingLevel level() {
        return level;
    }

    @Override
    public long page() {
        return page;
    }

    @Override
    public boolean wasEverCowShared() {
        return everCowShared;
    }

    @Override
    public boolean isFolioWithinRange() {
        return folioWithinRange;
    }

    @Override
    public boolean isDestinationAligned() {
        return destinationAligned;
    }

    @Override
    public @Nullable FolioView folio() {
        return folio;
    }
}
