package org.polymm.engine.policy;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;
import org.polymm.engine.vma.VmaTable;

/** The facts of a batch of entries that mlock or munlock walks over, or that comes to or goes from a VM_LOCKED VMA. */
public final class MlockWalkFacts implements MlockWalk, RmapChange {

    private final VmaTable vmas;
    private final VmaFacts vma;
    private final FolioFacts folio;
    private final PolicyMemories memories;
    private boolean locking;
    private MappingLevel level = MappingLevel.PTE;
    private long page;
    private int firstPageInFolio;
    private int batch;
    private boolean firstBatch;
    private boolean newFolio;
    private long segmentStart;
    private long segmentEnd;

    MlockWalkFacts(VmaTable vmas, VmaFacts vma, FolioFacts folio, PolicyMemories memories) {
        this.vmas = vmas;
        this.vma = vma;
        this.folio = folio;
        this.memories = memories;
    }

    /**
     * Begins a walk segment.
     *
     * @param lock true for mlock
     * @param vmaHandle the VMA
     * @param startPage the first page of the segment
     * @param endPage the page after it
     * @return these facts
     */
    public MlockWalkFacts segment(boolean lock, int vmaHandle, long startPage, long endPage) {
        locking = lock;
        vma.at(vmaHandle);
        segmentStart = startPage;
        segmentEnd = endPage;
        return this;
    }

    /**
     * Points at a batch of the segment.
     *
     * @param head the folio
     * @param newLevel PMD or PTE
     * @param firstPage the page number of the first entry
     * @param inFolio which page of the folio that is
     * @param pages how many pages the batch has
     * @param first whether it is the folio's first batch in this walk
     * @return these facts
     */
    public MlockWalkFacts batch(
            int head, MappingLevel newLevel, long firstPage, int inFolio, int pages, boolean first) {
        folio.at(head);
        level = newLevel;
        page = firstPage;
        firstPageInFolio = inFolio;
        batch = pages;
        firstBatch = first;
        return this;
    }

    /**
     * Points at a batch that was mapped or unmapped.
     *
     * @param vmaHandle the VMA
     * @param head the folio
     * @param newLevel PMD or PTE
     * @param firstPage the page number of the first entry
     * @param inFolio which page of the folio that is
     * @param pages how many pages the batch has
     * @param isNew whether the folio was allocated by the fault that maps it
     * @return these facts
     */
    public MlockWalkFacts change(
            int vmaHandle, int head, MappingLevel newLevel, long firstPage, int inFolio, int pages, boolean isNew) {
        vma.at(vmaHandle);
        folio.at(head);
        level = newLevel;
        page = firstPage;
        firstPageInFolio = inFolio;
        batch = pages;
        newFolio = isNew;
        return this;
    }

    @Override
    public boolean isLocking() {
        return locking;
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
    public long page() {
        return page;
    }

    @Override
    public int firstPageInFolio() {
        return firstPageInFolio;
    }

    @Override
    public int batchPages() {
        return batch;
    }

    @Override
    public boolean isFirstBatchOfFolio() {
        return firstBatch;
    }

    @Override
    public boolean isNewFolio() {
        return newFolio;
    }

    @Override
    public boolean isFolioInsideVma() {
        return vma.contains(folioFirstPage(), folio.pages());
    }

    @Override
    public long segmentStartPage() {
        return segmentStart;
    }

    @Override
    public long segmentEndPage() {
        return segmentEnd;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        int handle = switch (scope) {
            case MACHINE -> 0;
            case MM -> vmas.mm(vma.handle());
            case VMA -> vma.handle();
            case FOLIO -> folio.head();
        };
        return memories.row(Slot.FOLIO_SPLIT_MLOCK, scope, handle);
    }
}
