package org.polymm.policy.hgm;

import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.view.MappingLevel;

/**
 * {@code mapcount/page-mapcount}: a count for each page, one for the folio, and a guess at sharing: more mappings than
 * pages, or more than one mapping of the first page. <b>Faulty</b>: the guess can be "no" for a folio that two
 * processes share.
 *
 * <p>Two processes that map different parts of a folio, or the same part without its first page, look like one.
 * Mainline therefore built no reuse on it: {@link #isExclusiveTo} is never true. What remains are heuristics gone
 * wrong, such as khugepaged's limit on shared pages. {@link MmIdScheme} answers the question it could not.
 *
 * <p>From: mainline 6.9 to 6.14. Told by every mapping and unmapping of a large folio; asked by write faults,
 * khugepaged, mlock, zap, and /proc.
 */
final class PageMapcountScheme implements MapcountScheme.Folio {

    private static final int TOTAL = 0;
    private static final int ENTIRE = 1;
    private static final int PAGES_MAPPED = 2;

    @Override
    public CounterLayout counters() {
        return CounterLayout.of(3, 1);
    }

    @Override
    public void onMap(MappingRun run) {
        if (run.level() == MappingLevel.PTE) {
            run.set(TOTAL, run.get(TOTAL) + run.pageCount());
            run.set(PAGES_MAPPED, run.get(PAGES_MAPPED) + run.addToPages(1));
        } else {
            run.set(TOTAL, run.get(TOTAL) + 1);
            run.set(ENTIRE, run.get(ENTIRE) + 1);
        }
    }

    @Override
    public void onUnmap(MappingRun run) {
        if (run.level() == MappingLevel.PTE) {
            run.set(TOTAL, run.get(TOTAL) - run.pageCount());
            run.set(PAGES_MAPPED, run.get(PAGES_MAPPED) - run.addToPages(-1));
        } else {
            run.set(TOTAL, run.get(TOTAL) - 1);
            run.set(ENTIRE, run.get(ENTIRE) - 1);
        }
    }

    @Override
    public boolean maybeMappedShared(FolioCounters folio) {
        long total = folio.get(TOTAL);
        if (total <= 1) {
            return false;
        }
        return folio.get(ENTIRE) > 0 || total > folio.pages() || folio.getPage(0) > 1;
    }

    @Override
    public boolean isExclusiveTo(FolioCounters folio, int mmId) {
        return false;
    }

    @Override
    public boolean isPartiallyMapped(MappingRun run) {
        long mapped = run.get(PAGES_MAPPED);
        if (run.get(ENTIRE) > 0 || mapped == 0) {
            return false;
        }
        if (run.level() != MappingLevel.PTE) {
            return mapped < run.pages();
        }
        for (int page = run.firstPage(); page < run.firstPage() + run.pageCount(); page++) {
            if (run.getPage(page) == 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int reportedMapcount(FolioCounters folio, int page) {
        return folio.getPage(page) + (int) folio.get(ENTIRE);
    }

    @Override
    public boolean reportedExclusive(FolioCounters folio, int page) {
        return reportedMapcount(folio, page) == 1;
    }

    @Override
    public int pssDivisor(FolioCounters folio, int page) {
        return Math.max(1, reportedMapcount(folio, page));
    }
}
