package org.polymm.engine.testpolicy;

import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.view.MappingLevel;

/**
 * Counts as kernels since 6.15 do: a total, two slots of address space and count, one bit for "maybe shared"; and a count for each page. A
 * third address space is not tracked.
 */
public final class TwoSlotScheme implements MapcountScheme.Folio {

    private static final int TOTAL = 0;
    private static final int ID = 1;
    private static final int COUNT = 3;
    private static final int SHARED = 5;
    private static final int ENTIRE = 6;

    @Override
    public CounterLayout counters() {
        return CounterLayout.of(7, 1);
    }

    @Override
    public void onMap(MappingRun run) {
        int entries = entries(run);
        long before = run.get(TOTAL);
        run.set(TOTAL, before + entries);
        if (run.level() == MappingLevel.PTE) {
            run.addToPages(1);
        } else {
            run.set(ENTIRE, run.get(ENTIRE) + 1);
        }
        int slot = slotOf(run, run.mmId());
        if (slot < 0) {
            slot = slotOf(run, 0);
            if (slot < 0) {
                return;
            }
            run.set(ID + slot, run.mmId());
            if (before != 0) {
                run.set(SHARED, 1);
            }
        }
        run.set(COUNT + slot, run.get(COUNT + slot) + entries);
    }

    @Override
    public void onUnmap(MappingRun run) {
        int entries = entries(run);
        run.set(TOTAL, run.get(TOTAL) - entries);
        if (run.level() == MappingLevel.PTE) {
            run.addToPages(-1);
        } else {
            run.set(ENTIRE, run.get(ENTIRE) - 1);
        }
        int slot = slotOf(run, run.mmId());
        if (slot >= 0) {
            run.set(COUNT + slot, run.get(COUNT + slot) - entries);
            if (run.get(COUNT + slot) > 0) {
                return;
            }
            run.set(ID + slot, 0);
        }
        if (run.get(COUNT) == run.get(TOTAL) || run.get(COUNT + 1) == run.get(TOTAL)) {
            run.set(SHARED, 0);
        }
    }

    @Override
    public boolean maybeMappedShared(FolioCounters folio) {
        return folio.get(TOTAL) > 1 && folio.get(SHARED) != 0;
    }

    @Override
    public boolean isExclusiveTo(FolioCounters folio, int mmId) {
        return folio.get(SHARED) == 0;
    }

    @Override
    public boolean isPartiallyMapped(MappingRun run) {
        if (run.get(ENTIRE) != 0) {
            return false;
        }
        if (run.level() == MappingLevel.PMD) {
            return run.pagesAtZero() != 0;
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

    private static int entries(MappingRun run) {
        return run.level() == MappingLevel.PTE ? run.pageCount() : 1;
    }

    private static int slotOf(MappingRun run, int mmId) {
        return run.get(ID) == mmId ? 0 : run.get(ID + 1) == mmId ? 1 : -1;
    }
}
