package org.polymm.lab.replay;

import java.util.Map;

/** Names of {@code madvise} advice, for messages. */
final class Advice {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "MADV_NORMAL"),
            Map.entry(1, "MADV_RANDOM"),
            Map.entry(2, "MADV_SEQUENTIAL"),
            Map.entry(3, "MADV_WILLNEED"),
            Map.entry(4, "MADV_DONTNEED"),
            Map.entry(8, "MADV_FREE"),
            Map.entry(9, "MADV_REMOVE"),
            Map.entry(10, "MADV_DONTFORK"),
            Map.entry(11, "MADV_DOFORK"),
            Map.entry(12, "MADV_MERGEABLE"),
            Map.entry(13, "MADV_UNMERGEABLE"),
            Map.entry(14, "MADV_HUGEPAGE"),
            Map.entry(15, "MADV_NOHUGEPAGE"),
            Map.entry(16, "MADV_DONTDUMP"),
            Map.entry(17, "MADV_DODUMP"),
            Map.entry(18, "MADV_WIPEONFORK"),
            Map.entry(19, "MADV_KEEPONFORK"),
            Map.entry(20, "MADV_COLD"),
            Map.entry(21, "MADV_PAGEOUT"),
            Map.entry(22, "MADV_POPULATE_READ"),
            Map.entry(23, "MADV_POPULATE_WRITE"),
            Map.entry(24, "MADV_DONTNEED_LOCKED"),
            Map.entry(25, "MADV_COLLAPSE"),
            Map.entry(102, "MADV_GUARD_INSTALL"),
            Map.entry(103, "MADV_GUARD_REMOVE"));

    private Advice() {}

    static String name(int advice) {
        return NAMES.getOrDefault(advice, "advice " + advice);
    }
}
