package org.polymm.engine.policy;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.RelocationRequest;
import org.polymm.api.view.VmaView;
import org.polymm.engine.vma.VmaTable;

/** The facts of a faulted anonymous range that mremap moves. */
public final class RelocationFacts implements RelocationRequest {

    private final VmaTable vmas;
    private final VmaFacts vma;
    private final PolicyMemories memories;
    private int flags;
    private long oldPage;
    private long newPage;
    private long pages;
    private boolean hasChildren;
    private boolean mergesPrevious;
    private boolean mergesNext;
    private long populated;

    RelocationFacts(VmaTable vmas, VmaFacts vma, PolicyMemories memories) {
        this.vmas = vmas;
        this.vma = vma;
        this.memories = memories;
    }

    /**
     * Describes a move.
     *
     * @param vmaHandle the VMA
     * @param mremapFlags the flags of the call
     * @param from the first page moved
     * @param to where it goes
     * @param count how many pages move
     * @return these facts
     */
    public RelocationFacts at(int vmaHandle, int mremapFlags, long from, long to, long count) {
        vma.at(vmaHandle);
        flags = mremapFlags;
        oldPage = from;
        newPage = to;
        pages = count;
        return this;
    }

    /**
     * Describes what stands around the move.
     *
     * @param children whether the anon_vma has children
     * @param previous whether the VMA before the destination would merge
     * @param next whether the VMA after it would
     * @param entries how many entries are populated
     * @return these facts
     */
    public RelocationFacts around(boolean children, boolean previous, boolean next, long entries) {
        hasChildren = children;
        mergesPrevious = previous;
        mergesNext = next;
        populated = entries;
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
        return hasChildren;
    }

    @Override
    public boolean mergesWithPreviousIfRelocated() {
        return mergesPrevious;
    }

    @Override
    public boolean mergesWithNextIfRelocated() {
        return mergesNext;
    }

    @Override
    public long populatedEntries() {
        return populated;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        int handle = scope == StateScope.VMA ? vma.handle() : scope == StateScope.MM ? vmas.mm(vma.handle()) : 0;
        return memories.row(Slot.RELOCATION, scope, handle);
    }
}
