package org.polymm.engine.frame;

import java.util.Locale;

/** A value of {@code transparent_hugepage/defrag}: how hard a fault tries for a large folio. */
public enum ThpDefrag {
    /** Reclaim and compact directly, in every VMA. */
    ALWAYS,
    /** Wake the daemons, in every VMA. */
    DEFER,
    /** Directly where {@code MADV_HUGEPAGE} was given, otherwise wake the daemons. */
    DEFER_MADVISE,
    /** Directly where {@code MADV_HUGEPAGE} was given, otherwise take what is free. */
    MADVISE,
    /** Take what is free. */
    NEVER;

    /** The word in the file. */
    public String word() {
        return this == DEFER_MADVISE ? "defer+madvise" : name().toLowerCase(Locale.ROOT);
    }

    /** Whether a fault reclaims directly when no large folio is free. */
    public boolean reclaimsDirectly(boolean madvised) {
        return switch (this) {
            case ALWAYS -> true;
            case DEFER_MADVISE, MADVISE -> madvised;
            case DEFER, NEVER -> false;
        };
    }
}
