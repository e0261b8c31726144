package org.polymm.policy.hgm;

import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.view.MappingLevel;

/**
 * {@code mapcount/mm-id}: a folio remembers two of the address spaces that map it, with the number of their mappings,
 * and one bit: maybe mapped shared.
 *
 * <pre>
 *   mappings in all | slot 0: mm, mappings | slot 1: mm, mappings | shared | entries at PMD level
 * </pre>
 *
 * <p>Exact while one or two address spaces map the folio. A third finds no slot and is not tracked; the bit stays set
 * until a slot holds every mapping there is, so a folio whose last owner was never tracked counts as shared for ever: a
 * needless copy, never a wrong reuse. The bit is looked at again only when a slot was given up or an untracked space
 * let go, because nothing else can make it false.
 *
 * <p>Option {@code page-counts}: with it (mainline's default) each page has a count of its own besides, which tells
 * exactly which pages are mapped by nobody and what to show in /proc. Without it (CONFIG_NO_PAGE_MAPCOUNT) a folio
 * counts as wholly mapped while any of it is, a partial unmap of a folio that two processes map goes unnoticed, and
 * /proc shows averages.
 *
 * <p>From: David Hildenbrand, MM owner tracking for large folios, mainline since 6.15. Told by every mapping and
 * unmapping of a large folio; asked by write faults, khugepaged, mlock, zap, and /proc.
 */
final class MmIdScheme implements MapcountScheme.Folio {

    private static final int TOTAL = 0;
    private static final int MM_0 = 1;
    private static final int MAPPINGS_0 = 2;
    private static final int MM_1 = 3;
    private static final int MAPPINGS_1 = 4;
    private static final int SHARED = 5;
    private static final int ENTIRE = 6;
    /** How many pages have a count of their own above 0; not used without page counts. */
    private static final int PAGES_MAPPED = 7;

    private final boolean pageCounts;

    MmIdScheme(boolean pageCounts) {
        this.pageCounts = pageCounts;
    }

    @Override
    public CounterLayout counters() {
        return pageCounts ? CounterLayout.of(8, 1) : CounterLayout.of(7, 0);
    }

    @Override
    public void onMap(MappingRun run) {
        boolean entire = run.level() != MappingLevel.PTE;
        if (entire) {
            run.set(ENTIRE, run.get(ENTIRE) + 1);
        } else if (pageCounts) {
            run.set(PAGES_MAPPED, run.get(PAGES_MAPPED) + run.addToPages(1));
        }
        int mappings = entire ? 1 : run.pageCount();
        long before = run.get(TOTAL);
        run.set(TOTAL, before + mappings);
        long mm = run.mmId();
        if (run.get(MM_0) == mm) {
            run.set(MAPPINGS_0, run.get(MAPPINGS_0) + mappings);
        } else if (run.get(MM_1) == mm) {
            run.set(MAPPINGS_1, run.get(MAPPINGS_1) + mappings);
        } else if (run.get(MM_0) == 0) {
            run.set(MM_0, mm);
            run.set(MAPPINGS_0, mappings);
            if (before != 0) {
                run.set(SHARED, 1);
            }
        } else if (run.get(MM_1) == 0) {
            run.set(MM_1, mm);
            run.set(MAPPINGS_1, mappings);
            run.set(SHARED, 1);
        }
    }

    @Override
    public void onUnmap(MappingRun run) {
        boolean entire = run.level() != MappingLevel.PTE;
        if (entire) {
            run.set(ENTIRE, run.get(ENTIRE) - 1);
        } else if (pageCounts) {
            run.set(PAGES_MAPPED, run.get(PAGES_MAPPED) - run.addToPages(-1));
        }
        int mappings = entire ? 1 : run.pageCount();
        long left = run.get(TOTAL) - mappings;
        run.set(TOTAL, left);
        long mm = run.mmId();
        if (run.get(MM_0) == mm) {
            if (keepsSlot(run, MM_0, MAPPINGS_0, mappings)) {
                return;
            }
        } else if (run.get(MM_1) == mm && keepsSlot(run, MM_1, MAPPINGS_1, mappings)) {
            return;
        }
        if (run.get(MAPPINGS_0) == left || run.get(MAPPINGS_1) == left) {
            run.set(SHARED, 0);
        }
    }

    /** Takes mappings from a slot, and gives it up if none remains. */
    private static boolean keepsSlot(MappingRun run, int mm, int count, int mappings) {
        long left = run.get(count) - mappings;
        run.set(count, left);
        if (left > 0) {
            return true;
        }
        run.set(mm, 0);
        return false;
    }

    @Override
    public boolean maybeMappedShared(FolioCounters folio) {
        return folio.get(TOTAL) > 1 && folio.get(SHARED) != 0;
    }

    @Override
    public boolean isExclusiveTo(FolioCounters folio, int mmId) {
        long total = folio.get(TOTAL);
        return total > 0
                && folio.get(SHARED) == 0
                && ((folio.get(MM_0) == mmId && folio.get(MAPPINGS_0) == total)
                        || (folio.get(MM_1) == mmId && folio.get(MAPPINGS_1) == total));
    }

    @Override
    public boolean isPartiallyMapped(MappingRun run) {
        if (run.get(ENTIRE) > 0) {
            return false;
        }
        if (!pageCounts) {
            return run.get(TOTAL) < run.pages();
        }
        long mapped = run.get(PAGES_MAPPED);
        if (run.level() != MappingLevel.PTE) {
            return mapped > 0 && mapped < run.pages();
        }
        return mapped > 0 && leftAPageUnmapped(run);
    }

    private static boolean leftAPageUnmapped(MappingRun run) {
        for (int page = run.firstPage(); page < run.firstPage() + run.pageCount(); page++) {
            if (run.getPage(page) == 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int reportedMapcount(FolioCounters folio, int page) {
        return pageCounts ? folio.getPage(page) + (int) folio.get(ENTIRE) : averageMapcount(folio);
    }

    /**
     * The mappings by PTE spread over the pages and rounded, at least 1 while there are any, and those by PMD on top.
     */
    private static int averageMapcount(FolioCounters folio) {
        int entire = (int) folio.get(ENTIRE);
        int byPte = (int) folio.get(TOTAL) - entire;
        if (byPte == 0) {
            return entire;
        }
        int average = (byPte + folio.pages() / 2) / folio.pages();
        return Math.max(1, average + entire);
    }

    @Override
    public boolean reportedExclusive(FolioCounters folio, int page) {
        return pageCounts ? reportedMapcount(folio, page) == 1 : !maybeMappedShared(folio);
    }

    @Override
    public int pssDivisor(FolioCounters folio, int page) {
        return Math.max(1, reportedMapcount(folio, page));
    }
}
