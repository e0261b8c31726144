package org.polymm.testkit.fake;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.relocation.RelocationRequest;
import org.polymm.api.view.VmaView;

/** A whole faulted VMA that mremap moves without flags, to where it merges with nobody, unless said otherwise. */
public final class FakeRelocationRequest implements RelocationRequest {

    private VmaView vma;
    private FakeMemory memory = new FakeMemory();
    private int flags = 1;
    private long oldPage = 0;
    private long newPage = 0;
    private long pages = 0;
    private boolean anonVmaWithChildren = false;
    private boolean mergingWithPrevious = false;
    private boolean mergingWithNext = false;
    private long populatedEntries = 0;

    private FakeRelocationRequest(VmaView vma, long newPage) {
        this.vma = vma;
        this.oldPage = vma.startPage();
        this.newPage = newPage;
        this.pages = vma.pages();
        this.populatedEntries = pages;
    }

    /**
     * A move of a whole VMA.
     *
     * @param vma the VMA
     * @param newPage where its first page goes
     * @return a new fake
     */
    public static FakeRelocationRequest of(VmaView vma, long newPage) {
        return new FakeRelocationRequest(vma, newPage);
    }

    /**
     * Moves a part of the VMA only.
     *
     * @param firstPage the first page moved
     * @param count how many pages
     * @return this
     */
    public FakeRelocationRequest range(long firstPage, long count) {
        this.oldPage = firstPage;
        this.pages = count;
        return this;
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeRelocationRequest memory(FakeMemory memory) {
        this.memory = memory;
        return this;
    }

    /**
     * Sets the flags of the call.
     *
     * @param flags the flags, or-ed
     * @return this
     */
    public FakeRelocationRequest flags(int flags) {
        this.flags = flags;
        return this;
    }

    /**
     * Says whether a fork left processes that may share its folios.
     *
     * @param anonVmaWithChildren the fact
     * @return this
     */
    public FakeRelocationRequest anonVmaWithChildren(boolean anonVmaWithChildren) {
        this.anonVmaWithChildren = anonVmaWithChildren;
        return this;
    }

    /**
     * Says whether the VMA before the destination would merge.
     *
     * @param mergingWithPrevious the fact
     * @return this
     */
    public FakeRelocationRequest mergingWithPrevious(boolean mergingWithPrevious) {
        this.mergingWithPrevious = mergingWithPrevious;
        return this;
    }

    /**
     * Says whether the VMA after the destination would merge.
     *
     * @param mergingWithNext the fact
     * @return this
     */
    public FakeRelocationRequest mergingWithNext(boolean mergingWithNext) {
        this.mergingWithNext = mergingWithNext;
        return this;
    }

    /**
     * Sets how many entries are not none.
     *
     * @param populatedEntries the number
     * @return this
     */
    public FakeRelocationRequest populatedEntries(long populatedEntries) {
        this.populatedEntries = populatedEntries;
        return this;
    }

    @Override
    public VmaView vma() {
        return vma;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public long oldPage() {
        return oldPage;
    }

    @Override
    public long newPage() {
        return newPage;
    }

    @Override
    public long pages() {
        return pages;
    }

    @Override
    public boolean anonVmaHasChildren() {
        return anonVmaWithChildren;
    }

    @Override
    public boolean mergesWithPreviousIfRelocated() {
        return mergingWithPrevious;
    }

    @Override
    public boolean mergesWithNextIfRelocated() {
        return mergingWithNext;
    }

    @Override
    public long populatedEntries() {
        return populatedEntries;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memory.of(scope);
    }
}
