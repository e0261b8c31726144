package org.polymm.engine.policy;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.vma.VmaTable;

/** How far a walk of reclaim over the entries of a folio in a VM_LOCKED VMA is. */
public final class LockedWalkFacts implements LockedWalk {

    private final Frames frames;
    private final VmaTable vmas;
    private final VmaFacts vma;
    private final FolioFacts folio;
    private final PolicyMemories memories;
    private MappingLevel level = MappingLevel.PTE;
    private int pagesSeen;
    private boolean crossed;
    private boolean atEnd;

    LockedWalkFacts(Frames frames, VmaTable vmas, VmaFacts vma, FolioFacts folio, PolicyMemories memories) {
        this.frames = frames;
        this.vmas = vmas;
        this.vma = vma;
        this.folio = folio;
        this.memories = memories;
    }

    /**
     * Describes a moment of a walk.
     *
     * @param vmaHandle the VMA
     * @param head the folio
     * @param newLevel the level of the entry the walk is at, or was at last
     * @param seen base pages that were seen to be mapped, the present entry included
     * @param hasCrossed whether the walk has crossed from one page table to another
     * @param end whether it is over
     * @return these facts
     */
    public LockedWalkFacts at(
            int vmaHandle, int head, MappingLevel newLevel, int seen, boolean hasCrossed, boolean end) {
        vma.at(vmaHandle);
        folio.at(head);
        level = newLevel;
        pagesSeen = seen;
        crossed = hasCrossed;
        atEnd = end;
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
        return crossed;
    }

    @Override
    public boolean isAtEnd() {
        return atEnd;
    }

    @Override
    public boolean isFolioInsideVma() {
        long first = frames.index(folio.head()) - vmas.pgoff(vma.handle());
        return first >= 0 && first + folio.pages() <= vmas.pages(vma.handle());
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
