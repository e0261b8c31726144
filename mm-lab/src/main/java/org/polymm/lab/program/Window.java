package org.polymm.lab.program;

/**
 * The addresses that are read back after operations. Programs place all their mappings here.
 *
 * @param base the first address in bytes, page aligned
 * @param pages how many pages
 */
public record Window(long base, int pages) {

    /** Where programs live unless a machine with small page tables has no such address: far from everything a C library maps. */
    public static final long BASE = 0x1000_0000_0000L;

    /** Where they live on a machine with small page tables, whose user space ends at 8 MiB. */
    public static final long SMALL_BASE = 0x10_0000L;

    /**
     * Checks the alignment.
     *
     * @throws IllegalArgumentException if the base is not page aligned or there are no pages
     */
    public Window {
        if (base % Operation.PAGE != 0 || base < 0 || pages < 1) {
            throw new IllegalArgumentException("window of " + pages + " pages at 0x" + Long.toHexString(base));
        }
    }

    /** {@return the address after the last page} */
    public long end() {
        return base + pages * Operation.PAGE;
    }
}
