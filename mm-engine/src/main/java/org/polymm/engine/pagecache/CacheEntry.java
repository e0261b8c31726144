package org.polymm.engine.pagecache;

/**
 * What the page cache holds at an index, as one long: nothing, a page, or a value that stands for a page that is not
 * there now.
 *
 * <pre>
 *   0                       nothing
 *   pfn                     a page; of a large folio each index holds its own page
 *   negative                a value: kind in bits 56..62, payload below
 * </pre>
 */
public final class CacheEntry {

    /** Nothing. */
    public static final long NONE = 0;

    /** A shmem page that was swapped out; the payload is its swap offset. */
    public static final int SWAP = 1;

    /** Remembers when a page was reclaimed; the payload is what reclaim put there. */
    public static final int SHADOW = 2;

    /**
     * A place that a collapse works on: whoever looks up this index must try again. The payload is the head of the folio that is to come,
     * which stays locked until the collapse is over.
     */
    public static final int RETRY = 3;

    private static final int KIND_SHIFT = 56;
    private static final long PAYLOAD = (1L << KIND_SHIFT) - 1;

    private CacheEntry() {}

    /** Whether it is a page. */
    public static boolean isPage(long entry) {
        return entry > 0;
    }

    /** Whether it is a value. */
    public static boolean isValue(long entry) {
        return entry < 0;
    }

    /** The page frame number of a page. */
    public static int pfn(long entry) {
        return (int) entry;
    }

    /**
     * A value.
     *
     * @param kind {@link #SWAP}, {@link #SHADOW} or {@link #RETRY}
     * @param payload 0 to 2^56 - 1
     */
    public static long value(int kind, long payload) {
        if (kind < SWAP || kind > RETRY || (payload & ~PAYLOAD) != 0) {
            throw new IllegalArgumentException("no value of kind " + kind + " with payload " + payload + ": kinds are "
                    + SWAP + " to " + RETRY + ", payloads 56 bits");
        }
        return Long.MIN_VALUE | (long) kind << KIND_SHIFT | payload;
    }

    /** The kind of a value. */
    public static int kind(long entry) {
        return (int) (entry >>> KIND_SHIFT) & 0x7f;
    }

    /** The payload of a value. */
    public static long payload(long entry) {
        return entry & PAYLOAD;
    }

    /** Whether it is a value of a kind. */
    public static boolean isKind(long entry, int kind) {
        return entry < 0 && kind(entry) == kind;
    }

    /** For messages: {@code nothing}, {@code page 17}, {@code swap 3}. */
    public static String describe(long entry) {
        if (entry == NONE) {
            return "nothing";
        }
        if (isPage(entry)) {
            return "page " + pfn(entry);
        }
        return switch (kind(entry)) {
            case SWAP -> "swap " + payload(entry);
            case SHADOW -> "shadow " + payload(entry);
            case RETRY -> "retry";
            default -> "value " + Long.toHexString(entry);
        };
    }
}
