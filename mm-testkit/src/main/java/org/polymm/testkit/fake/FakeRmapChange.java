package org.polymm.testkit.fake;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.split.RmapChange;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/** A batch of entries added or removed in a locked VMA: all of the folio, unless said otherwise. */
public final class FakeRmapChange implements RmapChange {

    private VmaView vma;
    private FolioView folio;
    private FakeMemory memory = new FakeMemory();
    private MappingLevel level = MappingLevel.PTE;
    private int batchPages = 0;
    private boolean newFolio = false;
    private boolean folioInsideVma = true;

    private FakeRmapChange(VmaView vma, FolioView folio) {
        this.vma = vma;
        this.folio = folio;
        this.batchPages = folio.pages();
    }

    /**
     * A batch of all pages of a folio that lies inside the VMA.
     *
     * @param vma the VMA
     * @param folio the folio
     * @return a new fake
     */
    public static FakeRmapChange of(VmaView vma, FolioView folio) {
        return new FakeRmapChange(vma, folio);
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeRmapChange memory(FakeMemory memory) {
        this.memory = memory;
        return this;
    }

    /**
     * Sets the level of the entries.
     *
     * @param level the level
     * @return this
     */
    public FakeRmapChange level(MappingLevel level) {
        this.level = level;
        return this;
    }

    /**
     * Sets how many base pages the batch maps.
     *
     * @param batchPages the number
     * @return this
     */
    public FakeRmapChange batchPages(int batchPages) {
        this.batchPages = batchPages;
        return this;
    }

    /**
     * Says whether the fault that maps the folio allocated it.
     *
     * @param newFolio the fact
     * @return this
     */
    public FakeRmapChange newFolio(boolean newFolio) {
        this.newFolio = newFolio;
        return this;
    }

    /**
     * Says whether the folio lies inside the VMA by address.
     *
     * @param folioInsideVma the fact
     * @return this
     */
    public FakeRmapChange folioInsideVma(boolean folioInsideVma) {
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
    public int batchPages() {
        return batchPages;
    }

    @Override
    public boolean isNewFolio() {
        return newFolio;
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
