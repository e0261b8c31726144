package org.polymm.testkit.fake;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.VmaView;

/** A folio cut by a VMA edge in its middle at an mprotect, unless said otherwise. */
public final class FakeBoundaryEvent implements BoundaryEvent {

    private VmaView vma;
    private FolioView folio;
    private FakeMemory memory = new FakeMemory();
    private BoundaryKind kind = BoundaryKind.VMA_EDGE;
    private long cutPage = 0;
    private BoundaryCause cause = BoundaryCause.MPROTECT;
    private boolean partiallyMappedByScheme = false;
    private int pagesMappedHere = 0;

    private FakeBoundaryEvent(VmaView vma, FolioView folio) {
        this.vma = vma;
        this.folio = folio;
        this.cutPage = vma.endPage();
        this.pagesMappedHere = folio.pages() / 2;
    }

    /**
     * A folio half of which the VMA maps, at its end.
     *
     * @param vma the VMA
     * @param folio the folio
     * @return a new fake
     */
    public static FakeBoundaryEvent of(VmaView vma, FolioView folio) {
        return new FakeBoundaryEvent(vma, folio);
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeBoundaryEvent memory(FakeMemory memory) {
        this.memory = memory;
        return this;
    }

    /**
     * Sets what happened.
     *
     * @param kind the kind
     * @return this
     */
    public FakeBoundaryEvent kind(BoundaryKind kind) {
        this.kind = kind;
        return this;
    }

    /**
     * Sets the page number of the cut.
     *
     * @param cutPage the page number
     * @return this
     */
    public FakeBoundaryEvent cutPage(long cutPage) {
        this.cutPage = cutPage;
        return this;
    }

    /**
     * Sets the operation.
     *
     * @param cause the cause
     * @return this
     */
    public FakeBoundaryEvent cause(BoundaryCause cause) {
        this.cause = cause;
        return this;
    }

    /**
     * Says whether the scheme finds the folio partially mapped.
     *
     * @param partiallyMappedByScheme the fact
     * @return this
     */
    public FakeBoundaryEvent partiallyMappedByScheme(boolean partiallyMappedByScheme) {
        this.partiallyMappedByScheme = partiallyMappedByScheme;
        return this;
    }

    /**
     * Sets how many pages of the folio the VMA maps.
     *
     * @param pagesMappedHere the number
     * @return this
     */
    public FakeBoundaryEvent pagesMappedHere(int pagesMappedHere) {
        this.pagesMappedHere = pagesMappedHere;
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
    public BoundaryKind kind() {
        return kind;
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
        return partiallyMappedByScheme;
    }

    @Override
    public int pagesMappedHere() {
        walks++;
        return pagesMappedHere;
    }

    /** {@return how often the entries were walked for an answer} */
    public int walks() {
        return walks;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memory.of(scope);
    }

    private int walks;
}
