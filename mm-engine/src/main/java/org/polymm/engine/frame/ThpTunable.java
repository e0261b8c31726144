package org.polymm.engine.frame;

import java.util.Locale;
import org.polymm.engine.state.Geometry;

/** Numbers below {@code /sys/kernel/mm/transparent_hugepage} and their defaults. */
public enum ThpTunable {
    /** Whether reads of untouched memory map the huge zero page. */
    USE_ZERO_PAGE("use_zero_page"),
    /** Whether folios of mostly zeroes are queued to be split. */
    SHRINK_UNDERUSED("shrink_underused"),
    /** Whether khugepaged reclaims and compacts for a large folio. */
    KHUGEPAGED_DEFRAG("khugepaged/defrag"),
    PAGES_TO_SCAN("khugepaged/pages_to_scan"),
    SCAN_SLEEP_MILLISECS("khugepaged/scan_sleep_millisecs"),
    ALLOC_SLEEP_MILLISECS("khugepaged/alloc_sleep_millisecs"),
    MAX_PTES_NONE("khugepaged/max_ptes_none"),
    MAX_PTES_SWAP("khugepaged/max_ptes_swap"),
    MAX_PTES_SHARED("khugepaged/max_ptes_shared"),
    /** A count, not a setting. */
    PAGES_COLLAPSED("khugepaged/pages_collapsed"),
    /** A count, not a setting. */
    FULL_SCANS("khugepaged/full_scans");

    private final String path;

    ThpTunable(String path) {
        this.path = path;
    }

    /** The file below {@code transparent_hugepage}. */
    public String path() {
        return path;
    }

    /** The value it has at boot; the limits on PTEs follow from how many a table has. */
    public long initial(Geometry geometry) {
        int entries = geometry.entries();
        return switch (this) {
            case USE_ZERO_PAGE, SHRINK_UNDERUSED, KHUGEPAGED_DEFRAG -> 1;
            case PAGES_TO_SCAN -> 8L * entries;
            case SCAN_SLEEP_MILLISECS -> 10_000;
            case ALLOC_SLEEP_MILLISECS -> 60_000;
            case MAX_PTES_NONE -> entries - 1;
            case MAX_PTES_SWAP -> entries / 8;
            case MAX_PTES_SHARED -> entries / 2;
            case PAGES_COLLAPSED, FULL_SCANS -> 0;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
