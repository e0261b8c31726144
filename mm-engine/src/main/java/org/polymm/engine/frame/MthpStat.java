package org.polymm.engine.frame;

import java.util.Locale;

/** Counters that exist for each folio order, as the files in {@code hugepages-<size>kB/stats}. */
public enum MthpStat {
    ANON_FAULT_ALLOC,
    ANON_FAULT_FALLBACK,
    ANON_FAULT_FALLBACK_CHARGE,
    ZSWPOUT,
    SWPIN,
    SWPIN_FALLBACK,
    SWPIN_FALLBACK_CHARGE,
    SWPOUT,
    SWPOUT_FALLBACK,
    SHMEM_ALLOC,
    SHMEM_FALLBACK,
    SHMEM_FALLBACK_CHARGE,
    SPLIT,
    SPLIT_FAILED,
    SPLIT_DEFERRED,
    /** A level: large anonymous folios that there are. */
    NR_ANON,
    /** A level: large anonymous folios of which some pages were unmapped. */
    NR_ANON_PARTIALLY_MAPPED;

    private final String fileName = name().toLowerCase(Locale.ROOT);

    /** The name of the file below {@code stats}. */
    public String fileName() {
        return fileName;
    }
}
