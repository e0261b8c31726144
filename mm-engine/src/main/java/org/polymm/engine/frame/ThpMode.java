package org.polymm.engine.frame;

import java.util.Locale;

/** A value of an {@code enabled} file below {@code /sys/kernel/mm/transparent_hugepage}. */
public enum ThpMode {
    ALWAYS,
    /** As the top-level file says; below {@code hugepages-<size>kB} only. */
    INHERIT,
    MADVISE,
    NEVER;

    /** The word in the file. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
