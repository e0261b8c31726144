package org.polymm.engine.policy;

import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.plugin.Slot;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/**
 * The counters of the configured mapcount scheme, and the questions put to it.
 *
 * <p>A large folio gets a record of counters when it is first mapped and loses it with its last mapping; per-page counters are the frames'
 * own. Base pages never come here: their mapcount is the engine's. The caller updates the engine's own totals first and holds the folio's
 * mapcount lock during {@link #onMap} and {@link #onUnmap}.
 *
 * <p>A scheme that failed counts nothing more: every large folio then may be shared, and the counts per page, if it had declared some,
 * are kept up by the engine.
 */
public final class FolioMapcounts {

    private final Frames frames;
    private final Sync sync;
    private final Decisions decisions;
    private final MapcountScheme.Folio scheme;
    private final RecordPool records;
    private final int longs;
    private final boolean perPage;
    private final Run run = new Run();
    private final Walks walks;

    /** Facts for oracle schemes that only a walk can give. */
    @FunctionalInterface
    public interface Walks {
        /**
         * Counts the address spaces that map a folio.
         *
         * @param head the folio
         * @return how many
         */
        int sharers(int head);
    }

    FolioMapcounts(
            StateSpace space, Frames frames, Sync sync, Decisions decisions, MapcountScheme.Folio scheme, Walks walks) {
        this.frames = frames;
        this.sync = sync;
        this.decisions = decisions;
        this.scheme = scheme;
        this.walks = walks;
        CounterLayout layout = scheme.counters();
        longs = layout.longsPerFolio();
        perPage = layout.intsPerPage() > 0;
        records = new RecordPool(space, "mapcount.counters", Math.max(1, longs));
    }

    /** {@return whether the scheme keeps a counter per page} */
    public boolean countsPages() {
        return perPage;
    }

    /**
     * A run of a large folio's pages was mapped; the totals of the folio have been updated.
     *
     * @param head the folio
     * @param mmId the address space
     * @param level PMD or PTE
     * @param firstPage the first page within the folio
     * @param count how many pages
     */
    public void onMap(int head, int mmId, MappingLevel level, int firstPage, int count) {
        if (longs > 0 && frames.schemeHandle(head) == 0) {
            frames.setSchemeHandle(head, records.allocate());
        }
        if (decisions.isAsked(Slot.MAPCOUNT_FOLIO)) {
            sync.enterDecision("MapcountScheme.Folio.onMap");
            try {
                scheme.onMap(run.at(head, mmId, level, firstPage, count));
            } catch (RuntimeException | Error thrown) {
                decisions.thrown(Slot.MAPCOUNT_FOLIO, "onMap", thrown);
            } finally {
                sync.exitDecision();
            }
        } else {
            run.at(head, mmId, level, firstPage, count);
        }
        countInstead(1);
    }

    /** Counts the pages of the run in place of a scheme that failed before it could. */
    private void countInstead(int delta) {
        if (perPage && decisions.hasFallenBack(Slot.MAPCOUNT_FOLIO) && run.level == MappingLevel.PTE && !run.counted) {
            run.addToPages(delta);
        }
    }

    /**
     * A run of a large folio's pages was unmapped; the totals of the folio have been updated.
     *
     * @param head the folio
     * @param mmId the address space
     * @param level PMD or PTE
     * @param firstPage the first page within the folio
     * @param count how many pages
     * @return whether the scheme finds the folio partially mapped; false when nothing maps it any more
     */
    public boolean onUnmap(int head, int mmId, MappingLevel level, int firstPage, int count) {
        boolean partially = false;
        boolean mapped = frames.largeMapcount(head) > 0;
        if (decisions.isAsked(Slot.MAPCOUNT_FOLIO)) {
            String call = "onUnmap";
            sync.enterDecision("MapcountScheme.Folio.onUnmap");
            try {
                run.at(head, mmId, level, firstPage, count);
                scheme.onUnmap(run);
                call = "isPartiallyMapped";
                partially = mapped && scheme.isPartiallyMapped(run);
            } catch (RuntimeException | Error thrown) {
                decisions.thrown(Slot.MAPCOUNT_FOLIO, call, thrown);
            } finally {
                sync.exitDecision();
            }
        } else {
            run.at(head, mmId, level, firstPage, count);
        }
        countInstead(-1);
        if (!mapped && longs > 0) {
            release(head);
        }
        return partially;
    }

    /**
     * Gives back a folio's counters: nothing maps it any more, or it is about to be split into folios that are counted anew.
     *
     * @param head the folio
     */
    public void release(int head) {
        int handle = frames.schemeHandle(head);
        if (handle != 0) {
            records.free(handle);
            frames.setSchemeHandle(head, 0);
        }
    }

    /**
     * A folio was freed or split with counters, which {@link Frames} no longer knows.
     *
     * @param head the folio
     * @param handle its counters
     */
    public void released(int head, int handle) {
        records.free(handle);
    }

    /**
     * Whether a folio of any size may be mapped by more than one address space.
     *
     * @param head the folio
     * @return false only if that is certain
     */
    public boolean maybeShared(int head) {
        if (!frames.isLarge(head)) {
            return frames.mapcount(head) > 1;
        }
        boolean answer = true;
        if (decisions.isAsked(Slot.MAPCOUNT_FOLIO)) {
            sync.enterDecision("MapcountScheme.Folio.maybeMappedShared");
            try {
                answer = scheme.maybeMappedShared(run.at(head));
            } catch (RuntimeException | Error thrown) {
                decisions.thrown(Slot.MAPCOUNT_FOLIO, "maybeMappedShared", thrown);
            } finally {
                sync.exitDecision();
            }
        }
        return answer;
    }

    /** As {@link #maybeShared}, for a view that is read inside a decision. */
    boolean peekMaybeShared(int head) {
        if (!frames.isLarge(head)) {
            return frames.mapcount(head) > 1;
        }
        boolean answer = true;
        if (!decisions.hasFallenBack(Slot.MAPCOUNT_FOLIO)) {
            try {
                answer = scheme.maybeMappedShared(run.at(head));
            } catch (RuntimeException | Error thrown) {
                decisions.thrown(Slot.MAPCOUNT_FOLIO, "maybeMappedShared", thrown);
            }
        }
        return answer;
    }

    /**
     * Whether one address space has all mappings of a large folio.
     *
     * @param head the folio
     * @param mmId the address space
     * @return true only if that is certain
     */
    public boolean isExclusiveTo(int head, int mmId) {
        boolean answer = false;
        if (decisions.isAsked(Slot.MAPCOUNT_FOLIO)) {
            sync.enterDecision("MapcountScheme.Folio.isExclusiveTo");
            try {
                answer = scheme.isExclusiveTo(run.at(head), mmId);
            } catch (RuntimeException | Error thrown) {
                decisions.thrown(Slot.MAPCOUNT_FOLIO, "isExclusiveTo", thrown);
            } finally {
                sync.exitDecision();
            }
        }
        return answer;
    }

    /**
     * What kpagecount shows for a page.
     *
     * @param pfn any page of a folio
     * @return a number of mappings
     */
    public int reportedMapcount(int pfn) {
        int head = frames.head(pfn);
        if (!frames.isLarge(head)) {
            return frames.mapcount(head);
        }
        return decisions.hasFallenBack(Slot.MAPCOUNT_FOLIO)
                ? averageMapcount(head)
                : scheme.reportedMapcount(run.at(head), pfn - head);
    }

    /**
     * What pagemap's "exclusively mapped" bit shows for a page.
     *
     * @param pfn any page of a folio
     * @return the bit
     */
    public boolean reportedExclusive(int pfn) {
        int head = frames.head(pfn);
        if (!frames.isLarge(head)) {
            return frames.mapcount(head) == 1;
        }
        return !decisions.hasFallenBack(Slot.MAPCOUNT_FOLIO) && scheme.reportedExclusive(run.at(head), pfn - head);
    }

    /**
     * By how much smaps divides a page for PSS.
     *
     * @param pfn any page of a folio
     * @return at least 1
     */
    public int pssDivisor(int pfn) {
        int head = frames.head(pfn);
        if (!frames.isLarge(head)) {
            return Math.max(1, frames.mapcount(head));
        }
        return decisions.hasFallenBack(Slot.MAPCOUNT_FOLIO)
                ? averageMapcount(head)
                : Math.max(1, scheme.pssDivisor(run.at(head), pfn - head));
    }

    /** What is reported once the scheme has failed: the engine's own totals, spread over the folio's pages. */
    private int averageMapcount(int head) {
        int entire = frames.entireMapcount(head);
        return Math.max(1, entire + (frames.largeMapcount(head) - entire) / frames.pages(head));
    }

    /** The counters as the scheme sees them. */
    private final class Run implements MappingRun, FolioCounters {

        private int head;
        private int mmId;
        private MappingLevel level = MappingLevel.PTE;
        private int firstPage;
        private int count;
        private boolean counted;

        Run at(int newHead) {
            head = newHead;
            frames.looksAtMapcounts(newHead);
            return this;
        }

        Run at(int newHead, int newMmId, MappingLevel newLevel, int newFirst, int newCount) {
            head = newHead;
            mmId = newMmId;
            level = newLevel;
            firstPage = newFirst;
            count = newCount;
            counted = false;
            return this;
        }

        @Override
        public int pages() {
            return frames.pages(head);
        }

        @Override
        public int refcount() {
            return frames.refcount(head);
        }

        @Override
        public long get(int counter) {
            int handle = frames.schemeHandle(head);
            return handle == 0 ? 0 : records.get(handle, checked(counter));
        }

        @Override
        public void set(int counter, long value) {
            records.set(frames.schemeHandle(head), checked(counter), value);
        }

        private int checked(int counter) {
            if (counter < 0 || counter >= longs) {
                throw new IndexOutOfBoundsException(
                        "the scheme declared " + longs + " counters per folio; there is no counter " + counter);
            }
            return counter;
        }

        @Override
        public int getPage(int page) {
            if (page < 0 || page >= frames.pages(head)) {
                throw new IndexOutOfBoundsException("page " + page + " of a folio of " + frames.pages(head));
            }
            return frames.isMaterialised(head) ? frames.pageMapcount(head + page) : 0;
        }

        @Override
        public int walkForSharers() {
            return walks.sharers(head);
        }

        @Override
        public int mmId() {
            return mmId;
        }

        @Override
        public MappingLevel level() {
            return level;
        }

        @Override
        public int firstPage() {
            return firstPage;
        }

        @Override
        public int pageCount() {
            return count;
        }

        @Override
        public int addToPages(int delta) {
            requirePages();
            frames.materialise(head);
            counted = true;
            if (delta == 1 || delta == -1) {
                return frames.addPageMapcounts(head + firstPage, count, delta);
            }
            int zero = 0;
            for (int page = firstPage; page < firstPage + count; page++) {
                int before = frames.pageMapcount(head + page);
                int now = frames.addPageMapcount(head + page, delta);
                zero += before == 0 || now == 0 ? 1 : 0;
            }
            return zero;
        }

        @Override
        public int pagesAtZero() {
            requirePages();
            if (!frames.isMaterialised(head)) {
                return pages();
            }
            int zero = 0;
            for (int page = 0; page < pages(); page++) {
                zero += frames.pageMapcount(head + page) == 0 ? 1 : 0;
            }
            return zero;
        }

        private void requirePages() {
            if (!perPage) {
                throw new IllegalStateException("the scheme declared no counters per page");
            }
        }
    }
}
