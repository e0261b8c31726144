package org.polymm.engine.policy;

import org.polymm.api.collapse.CollapsePolicy;

/** The facts of a page table that mremap wants to move as a whole. */
public final class TableMoveFacts implements CollapsePolicy.TableMove.Facts {

    private boolean file;
    private boolean rmapLocks;
    private long page;

    TableMoveFacts() {}

    /**
     * Describes a move.
     *
     * @param isFile whether the VMA maps a file
     * @param holdsLocks whether the reverse-map locks are held
     * @param firstPage the page number where the table's range begins
     * @return these facts
     */
    public TableMoveFacts at(boolean isFile, boolean holdsLocks, long firstPage) {
        file = isFile;
        rmapLocks = holdsLocks;
        page = firstPage;
        return this;
    }

    @Override
    public boolean isFileMapping() {
        return file;
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
