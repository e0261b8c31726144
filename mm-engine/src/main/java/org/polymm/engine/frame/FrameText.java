package org.polymm.engine.frame;

/** Frames in words, for messages. */
final class FrameText {

    private static final String[] NAMES = {
        "head",
        "tail",
        "free",
        "reserved",
        "anon",
        "swapbacked",
        "swapcache",
        "lru",
        "active",
        "unevictable",
        "mlocked",
        "referenced",
        "dirty",
        "uptodate",
        "writeback",
        "reclaim",
        "workingset",
        "ksm",
        "on_deferred",
        "partially_mapped",
        "hugetlb",
        "isolated",
        "anon_exclusive",
        "hwpoison",
        "owner"
    };

    private FrameText() {}

    static String describe(Frames frames, int pfn) {
        int flags = frames.flags(pfn);
        int head = frames.head(pfn);
        StringBuilder text =
                new StringBuilder("frame ").append(pfn).append(" {").append(flagNames(flags));
        if (!frames.isAllocated(pfn)) {
            return text.append('}').toString();
        }
        if (head != pfn) {
            text.append(", page mapcount ")
                    .append(frames.pageMapcount(pfn))
                    .append("} of folio ")
                    .append(head);
            text.append(" {").append(flagNames(frames.flags(head)));
        }
        text.append(", order ").append(frames.order(head));
        text.append(", refcount ").append(frames.refcount(head));
        text.append(", mapcount ").append(frames.mapcount(head));
        if (frames.isLarge(head)) {
            text.append(", entire ").append(frames.entireMapcount(head));
            text.append(", pins ").append(frames.pincount(head));
        }
        text.append(", mapping ")
                .append(frames.mapping(head))
                .append(", index ")
                .append(frames.index(head));
        return text.append('}').toString();
    }

    static String flagNames(int flags) {
        StringBuilder text = new StringBuilder();
        int bits = flags & ~Frames.ORDER_MASK;
        for (int i = 0; i < NAMES.length; i++) {
            if ((bits & Frames.HEAD << i) != 0) {
                text.append(text.isEmpty() ? "" : " ").append(NAMES[i]);
            }
        }
        return text.isEmpty() ? "no flags" : text.toString();
    }
}
