package org.polymm.engine.policy;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.VmaView;
import org.polymm.engine.vma.VmaTable;

/** The facts of a change of mappings that cut a large folio. */
public final class BoundaryFacts implements BoundaryEvent {

    /** Looks at page tables, if a policy asks for it. */
    public interface Walk {
        /**
         * Counts how many pages of a folio a VMA maps.
         *
         * @param vma the VMA
         * @param head the folio
         * @return a number of base pages
         */
        int pagesMapped(int vma, int head);
    }

    private static final Walk NO_WALK = (vma, head) -> {
        throw new IllegalStateException("the facts of a cut are read before they are filled in");
    };

    private final VmaTable vmas;
    private final VmaFacts vma;
    private final FolioFacts folio;
    private final PolicyMemories memories;
    private BoundaryKind kind = BoundaryKind.VMA_EDGE;
    private BoundaryCause cause = BoundaryCause.OTHER;
    private long cutPage;
    private boolean partially;
    private Walk walk = NO_WALK;

    BoundaryFacts(VmaTable vmas, VmaFacts vma, FolioFacts folio, PolicyMemories memories) {
        this.vmas = vmas;
        this.vma = vma;
        this.folio = folio;
        this.memories = memories;
    }

    /**
     * Describes an event.
     *
     * @param newKind what happened
     * @param newCause which operation caused it
     * @param vmaHandle the VMA
     * @param head the folio
     * @param page the page number of the cut
     * @param partiallyMapped the mapcount scheme's answer
     * @param pagesMappedWalk finds out how many pages of the folio the VMA maps
     * @return these facts
     */
    public BoundaryFacts at(
            BoundaryKind newKind,
            BoundaryCause newCause,
            int vmaHandle,
            int head,
            long page,
            boolean partiallyMapped,
            Walk pagesMappedWalk) {
        kind = newKind;
        cause = newCause;
        vma.at(vmaHandle);
        folio.at(head);
        cutPage = page;
        partially = partiallyMapped;
        walk = pagesMappedWalk;
        return this;
    }

    @Override
    public BoundaryKind kind() {
        return kind;
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
    public long cutPage() {
        return cutPage;
    }

    @Override
    public BoundaryCause cause() {
        return cause;
    }

    @Override
    public boolean isPartiallyMappedByScheme() {
        return partially;
    }

    @Override
    public int pagesMappedHere() {
        return walk.pagesMapped(vma.handle(), folio.head());
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        int handle = switch (scope) {
            case MACHINE -> 0;
            case MM -> vmas.mm(vma.handle());
            case VMA -> vma.handle();
            case FOLIO -> folio.head();
        };
        return memories.row(Slot.FOLIO_SPLIT_BOUNDARY, scope, handle);
    }
}
