package org.polymm.engine.mm;

import org.polymm.engine.state.Geometry;

/** Arithmetic of addresses as system calls see them: 64 bits without a sign, page-sized steps. */
final class Pages {

    private static final long OFFSET = Geometry.PAGE_SIZE - 1;

    private Pages() {}

    /** Whether an address or length is a multiple of the page size. */
    static boolean isAligned(long bytes) {
        return (bytes & OFFSET) == 0;
    }

    /** The offset of an address in its page. */
    static long offsetInPage(long address) {
        return address & OFFSET;
    }

    /** Rounded down to a page. */
    static long alignDown(long bytes) {
        return bytes & ~OFFSET;
    }

    /** Rounded up to a page; wraps to 0 at the top, as in the kernel. */
    static long alignUp(long bytes) {
        return bytes + OFFSET & ~OFFSET;
    }

    /** Bytes as a number of pages, of an aligned length. */
    static long count(long bytes) {
        return bytes >>> Geometry.PAGE_SHIFT;
    }

    /** Unsigned {@code a > b}. */
    static boolean above(long a, long b) {
        return Long.compareUnsigned(a, b) > 0;
    }

    /** Unsigned {@code a < b}. */
    static boolean below(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }
}
