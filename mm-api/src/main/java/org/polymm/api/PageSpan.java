package org.polymm.api;

/**
 * A run of base pages packed into a {@code long}: how far a reuse or a copy reaches around a faulting page.
 *
 * <p>The first page is given relative to the faulting page (0 is the faulting page itself, negative before it), the length is a
 * count of pages. A {@code long} needs no allocation on the fault path; these functions are the only ones that know its layout.
 */
public final class PageSpan {

    /** The faulting page alone. */
    public static final long ONE_PAGE = of(0, 1);

    private PageSpan() {}

    /**
     * Packs a span.
     *
     * @param first the first page, relative to the faulting page
     * @param count how many pages, at least 1
     * @return the packed span
     * @throws IllegalArgumentException if the count is not positive
     */
    public static long of(int first, int count) {
        if (count <= 0) {
            throw new IllegalArgumentException("a span of " + count + " pages");
        }
        return (long) first << 32 | count;
    }

    /**
     * The first page of a span.
     *
     * @param span a packed span
     * @return relative to the faulting page
     */
    public static int first(long span) {
        return (int) (span >> 32);
    }

    /**
     * The length of a span.
     *
     * @param span a packed span
     * @return in base pages
     */
    public static int count(long span) {
        return (int) span;
    }

    /**
     * Where a span ends.
     *
     * @param span a packed span
     * @return the page after the last, relative to the faulting page
     */
    public static int end(long span) {
        return first(span) + count(span);
    }

    /**
     * A span in words, for messages.
     *
     * @param span a packed span, also a malformed one
     * @return such as {@code [-3, 13)}
     */
    public static String toString(long span) {
        return "[" + first(span) + ", " + end(span) + ")";
    }
}
