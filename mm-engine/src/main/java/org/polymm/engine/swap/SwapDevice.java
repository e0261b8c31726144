package org.polymm.engine.swap;

/** Kinds of swap devices, as far as the kernel treats them differently. */
public enum SwapDevice {
    /** Compressed memory, or another device that is done when a request returns: what one entry alone refers to is read past the cache. */
    ZRAM,
    /** A block device: large folios are written whole, and what is read goes through the cache a page at a time. */
    BLOCK,
    /** A file: large folios are split before they are written. */
    FILE;

    /** {@return whether a large folio may be written as one} */
    public boolean takesWholeFolios() {
        return this != FILE;
    }

    /** {@return whether requests are done when they return: {@code SWP_SYNCHRONOUS_IO}} */
    public boolean isSynchronous() {
        return this == ZRAM;
    }
}
