package org.polymm.engine.frame;

/** The LRU lists of the node. */
public enum LruList {
    INACTIVE_ANON,
    ACTIVE_ANON,
    INACTIVE_FILE,
    ACTIVE_FILE,
    /** Counted only: nobody walks it, and its folios use the list links for their mlock count. */
    UNEVICTABLE;

    /** The list that folios with these flags belong on. */
    static int of(int flags) {
        if ((flags & Frames.UNEVICTABLE) != 0) {
            return 4;
        }
        return ((flags & Frames.SWAPBACKED) != 0 ? 0 : 2) + ((flags & Frames.ACTIVE) != 0 ? 1 : 0);
    }

    /** Whether it is one of the two for anonymous and shmem memory. */
    public boolean isAnon() {
        return this == INACTIVE_ANON || this == ACTIVE_ANON;
    }

    /** Whether it is one of the two for memory used often. */
    public boolean isActive() {
        return this == ACTIVE_ANON || this == ACTIVE_FILE;
    }

    /** The counter of its pages. */
    public VmstatItem counter() {
        return switch (this) {
            case INACTIVE_ANON -> VmstatItem.NR_INACTIVE_ANON;
            case ACTIVE_ANON -> VmstatItem.NR_ACTIVE_ANON;
            case INACTIVE_FILE -> VmstatItem.NR_INACTIVE_FILE;
            case ACTIVE_FILE -> VmstatItem.NR_ACTIVE_FILE;
            case UNEVICTABLE -> VmstatItem.NR_UNEVICTABLE;
        };
    }
}
