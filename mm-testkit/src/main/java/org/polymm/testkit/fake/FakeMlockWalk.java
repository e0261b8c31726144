package org.polymm.testkit.fake;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/** A batch met by the walk of mlock: all of a folio that lies at the beginning of its VMA, unless said otherwise. */
public final class FakeMlockWalk implements MlockWalk {

    private VmaView vma;
    private FolioView folio;
    private FakeMemory memory = new FakeMemory();
    private boolean locking = true;
    private MappingLevel level = MappingLevel.PTE;
    private long page = 0;
    private int firstPageInFolio = 0;
    private int batchPages = 0;
    private boolean firstBatchOfFolio = true;
    private long segmentStartPage = 0;
    private long segmentEndPage = 0;

    private FakeMlockWalk(VmaView vma, FolioView folio) {
        this.vma = vma;
        this.folio = folio;
        this.page = vma.startPage();
        this.batchPages = folio.pages();
        this.segmentStartPage = vma.startPage();
        this.segmentEndPage = vma.endPage();
    }

    /**
     * A batch of all pages of a folio, the first at the beginning of a VMA that is the walk segment.
     *
     * @param vma the VMA
     * @param folio the folio
     * @return a new fake
     */
    public static FakeMlockWalk of(VmaView vma, FolioView folio) {
        return new FakeMlockWalk(vma, folio);
    }

    /**
     * Sets the segment that the walk is in.
     *
     * @param startPage its first page
     * @param endPage the page after its last
     * @return this
     */
    public FakeMlockWalk segment(long startPage, long endPage) {
        this.segmentStartPage = startPage;
        this.segmentEndPage = endPage;
        return this;
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeMlockWalk memory(FakeMemory memory) {
        this.memory = memory;
        return this;
    }

    /**
     * Says whether mlock walks, not munlock.
     *
     * @param locking the fact
     * @return this
     */
    public FakeMlockWalk locking(boolean locking) {
        this.locking = locking;
        return this;
    }

    /**
     * Sets the level of the entries.
     *
     * @param level the level
     * @return this
     */
    public FakeMlockWalk level(MappingLevel level) {
        this.level = level;
        return this;
    }

    /**
     * Sets the page number of the first entry.
     *
     * @param page the page number
     * @return this
     */
    public FakeMlockWalk page(long page) {
        this.page = page;
        return this;
    }

    /**
     * Sets which page of the folio the batch begins with.
     *
     * @param firstPageInFolio the number
     * @return this
     */
    public FakeMlockWalk firstPageInFolio(int firstPageInFolio) {
        this.firstPageInFolio = firstPageInFolio;
        return this;
    }

    /**
     * Sets how many entries the batch has.
     *
     * @param batchPages the number
     * @return this
     */
    public FakeMlockWalk batchPages(int batchPages) {
        this.batchPages = batchPages;
        return this;
    }

    /**
     * Says whether this is the first batch of the folio in this walk.
     *
     * @param firstBatchOfFolio the fact
     * @return this
     */
    public FakeMlockWalk firstBatchOfFolio(boolean firstBatchOfFolio) {
        this.firstBatchOfFolio = firstBatchOfFolio;
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
    public boolean isLocking() {
        return locking;
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
    public int firstPageInFolio() {
        return firstPageInFolio;
    }

    @Override
    public int batchPages() {
        return batchPages;
    }

    @Override
    public boolean isFirstBatchOfFolio() {
        return firstBatchOfFolio;
    }

    @Override
    public long segmentStartPage() {
        return segmentStartPage;
    }

    @Override
    public long segmentEndPage() {
        return segmentEndPage;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memory.of(scope);
    }
}
