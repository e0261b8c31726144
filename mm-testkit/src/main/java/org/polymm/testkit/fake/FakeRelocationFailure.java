package org.polymm.testkit.fake;

import org.polymm.api.relocation.RelocationEntry;
import org.polymm.api.relocation.RelocationFailure;

/** A relocation that failed at an entry. */
public final class FakeRelocationFailure implements RelocationFailure {

    private RelocationEntry entry;
    private int flags = 1;
    private long relocatedPages = 0;

    private FakeRelocationFailure(RelocationEntry entry) {
        this.entry = entry;
    }

    /**
     * A failure with nothing relocated before.
     *
     * @param entry the entry that refused
     * @return a new fake
     */
    public static FakeRelocationFailure at(RelocationEntry entry) {
        return new FakeRelocationFailure(entry);
    }

    /**
     * Sets the flags of the call.
     *
     * @param flags the flags, or-ed
     * @return this
     */
    public FakeRelocationFailure flags(int flags) {
        this.flags = flags;
        return this;
    }

    /**
     * Sets how many pages were relocated before.
     *
     * @param relocatedPages the number
     * @return this
     */
    public FakeRelocationFailure relocatedPages(long relocatedPages) {
        this.relocatedPages = relocatedPages;
        return this;
    }

    @Override
    public RelocationEntry entry() {
        return entry;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public long relocatedPages() {
        return relocatedPages;
    }
}
