package org.polymm.testkit.fake;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/**
 * A reclaim walk that has seen all of a folio inside one page table of a locked VMA and is at the last entry, unless
 * said otherwise.
 */
public final class FakeLockedWalk implements LockedWalk {

    private VmaView vma;
    private FolioView folio;
    private FakeMemory memory = new FakeMemory();
    private MappingLevel level = MappingLevel.PTE;
    private int pagesSeen = 0;
    private boolean crossedPageTable = false;
    private boolean atEnd = false;
    private boolean folioInsideVma = true;

    private FakeLockedWalk(VmaView vma, FolioView folio) {
        this.vma = vma;
        this.folio = folio;
        this.pagesSeen = folio.pages();
    }

    /**
     * A walk at the last of the entries that map a folio.
     *
     * @param vma the VMA
     * @param folio the folio
     * @return a new fake
     */
    public static FakeLockedWalk of(VmaView vma, FolioView folio) {
        return new FakeLockedWalk(vma, folio);
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeLockedWalk memory(FakeMemory memory) {
        this.memory = memory;
        return this;
    }

    /**
     * Sets the level of the entries.
     *
     * @param level the level
     * @return this
     */
    public FakeLockedWalk level(MappingLevel level) {
        this.level = level;
        return this;
    }

    /**
     * Sets how many base pages the walk has seen mapped.
     *
     * @param pagesSeen the number
     * @return this
     */
    public FakeLockedWalk pagesSeen(int pagesSeen) {
        this.pagesSeen = pagesSeen;
        return this;
    }

    /**
     * Says whether the walk went from one page table to another.
     *
     * @param crossedPageTable the fact
     * @return this
     */
    public FakeLockedWalk crossedPageTable(boolean crossedPageTable) {
        this.crossedPageTable = crossedPageTable;
        return this;
    }

    /**
     * Says whether the walk is over and the lock dropped.
     *
     * @param atEnd the fact
     * @return this
     */
    public FakeLockedWalk atEnd(boolean atEnd) {
        this.atEnd = atEnd;
        return this;
    }

    /**
     * Says whether the folio lies inside the VMA by address.
     *
     * @param folioInsideVma the fact
     * @return this
     */
    public FakeLockedWalk folioInsideVma(boolean folioInsideVma) {
        this.folioInsideVma = folioInsideVma;
        return this;
    }

    @Override
    public VmaView vma() {
        return vma;
    }

    @Override
    public FolioView folio() {
        return folio;
    }

    @Override
    public MappingLevel level() {
        return level;
    }

    @Override
    public int pagesSeen() {
        return pagesSeen;
    }

    @Override
    public boolean hasCrossedPageTable() {
        return crossedPageTable;
    }

    @Override
    public boolean isAtEnd() {
        return atEnd;
    }

    @Override
    public boolean isFolioInsideVma() {
        return folioInsideVma;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memory.of(scope);
    }
}
