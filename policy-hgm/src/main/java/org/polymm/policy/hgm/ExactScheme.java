package org.polymm.policy.hgm;

import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;

/**
 * {@code mapcount/exact}: a count for each page, PMD mappings included, and a walk over the reverse map whenever
 * sharing is asked about.
 *
 * <p>No kernel could afford the walk in these places. It is here to quantify what the affordable schemes miss: the
 * copies that {@link MmIdScheme} makes for nothing, the sharing that {@link PageMapcountScheme} overlooks.
 *
 * <p>From: the discussion of "maybe mapped shared"; of this laboratory only. Told by every mapping and unmapping of a
 * large folio; asked by write faults, khugepaged, mlock, zap, and /proc.
 */
final class ExactScheme implements MapcountScheme.Folio {

    private static final int TOTAL = 0;
    private static final int PAGES_MAPPED = 1;

    @Override
    public CounterLayout counters() {
        return CounterLayout.of(2, 1);
    }

    @Override
    public void onMap(MappingRun run) {
        run.set(TOTAL, run.get(TOTAL) + run.pageCount());
        run.set(PAGES_MAPPED, run.get(PAGES_MAPPED) + run.addToPages(1));
    }

    @Override
    public void onUnmap(MappingRun run) {
        run.set(TOTAL, run.get(TOTAL) - run.pageCount());
        run.set(PAGES_MAPPED, run.get(PAGES_MAPPED) - run.addToPages(-1));
    }

    @Override
    public boolean maybeMappedShared(FolioCounters folio) {
        return folio.get(TOTAL) > 1 && folio.walkForSharers() > 1;
    }

    @Override
    public boolean isExclusiveTo(FolioCounters folio, int mmId) {
        return folio.get(TOTAL) > 0 && folio.walkForSharers() == 1;
    }

    @Override
    public boolean isPartiallyMapped(MappingRun run) {
        long mapped = run.get(PAGES_MAPPED);
        return mapped > 0 && mapped < run.pages();
    }

    @Override
    public int reportedMapcount(FolioCounters folio, int page) {
        return folio.getPage(page);
    }

    @Override
    public boolean reportedExclusive(FolioCounters folio, int page) {
        return folio.getPage(page) == 1;
    }

    @Override
    public int pssDivisor(FolioCounters folio, int page) {
        return Math.max(1, folio.getPage(page));
    }
}
