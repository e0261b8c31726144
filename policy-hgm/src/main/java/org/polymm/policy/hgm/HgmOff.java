package org.polymm.policy.hgm;

import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.HugetlbTransition;
import org.polymm.api.mapcount.HugetlbTransition.EntryKind;
import org.polymm.api.mapcount.MapcountScheme;

/**
 * {@code hgm/off}: a hugetlb page is mapped whole or not at all; one mapping and one reference for each entry that maps
 * it.
 *
 * <p>Smaller entries are refused, so UFFDIO_CONTINUE wants whole hugetlb pages. Its siblings differ in how they count
 * the smaller entries that they allow.
 *
 * <p>From: mainline Linux 6.18. Told by hugetlb faults, UFFDIO_CONTINUE, fork and unmap.
 */
final class HgmOff implements MapcountScheme.Hugetlb {

    private static final int MAPPINGS = 0;

    @Override
    public CounterLayout counters() {
        return CounterLayout.of(1, 0);
    }

    @Override
    public boolean supportsHighGranularity() {
        return false;
    }

    @Override
    public void onTransition(HugetlbTransition change) {
        if (change.from() == change.to()) {
            return;
        }
        if (change.to() == EntryKind.LEAF) {
            change.set(MAPPINGS, change.get(MAPPINGS) + 1);
        } else if (change.from() == EntryKind.LEAF) {
            change.set(MAPPINGS, change.get(MAPPINGS) - 1);
        }
    }

    @Override
    public int mapcount(FolioCounters page) {
        return (int) page.get(MAPPINGS);
    }

    @Override
    public boolean maybeMappedShared(FolioCounters page) {
        return page.get(MAPPINGS) > 1;
    }

    @Override
    public int reportedMapcount(FolioCounters page, int basePage) {
        return (int) page.get(MAPPINGS);
    }

    @Override
    public boolean needsPerPageDescriptors() {
        return false;
    }
}
