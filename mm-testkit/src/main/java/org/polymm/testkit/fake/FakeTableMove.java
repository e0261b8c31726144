package org.polymm.testkit.fake;

import org.polymm.api.collapse.CollapsePolicy;

/** A whole page table of anonymous memory that mremap moves, unless said otherwise. */
public final class FakeTableMove implements CollapsePolicy.TableMove.Facts {

    private boolean fileMapping = false;
    private boolean rmapLocks = false;
    private long page = 0;

    /** Makes the plainest of its kind. */
    public FakeTableMove() {}

    /**
     * Says whether the moved VMA maps a file.
     *
     * @param fileMapping the fact
     * @return this
     */
    public FakeTableMove fileMapping(boolean fileMapping) {
        this.fileMapping = fileMapping;
        return this;
    }

    /**
     * Says whether the reverse-map locks are held.
     *
     * @param rmapLocks the fact
     * @return this
     */
    public FakeTableMove rmapLocks(boolean rmapLocks) {
        this.rmapLocks = rmapLocks;
        return this;
    }

    /**
     * Sets the page number where the table begins.
     *
     * @param page the page number
     * @return this
     */
    public FakeTableMove page(long page) {
        this.page = page;
        return this;
    }

    @Override
    public boolean isFileMapping() {
        return fileMapping;
    }

    @Override
    public boolean holdsRmapLocks() {
        return rmapLocks;
    }

    @Override
    public long page() {
        return page;
    }
}
