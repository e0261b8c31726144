package org.polymm.engine.fault;

/**
 * Tells the handlers of userfaultfds that mappings change: the events around fork, mremap, munmap and madvise. Declared here for those calls;
 * implemented by whoever keeps the contexts.
 *
 * <pre>
 *   begin          under the call's lock: from now on UFFDIO calls that fill or protect end with EAGAIN
 *   tell           without any lock: waits until the handler has read of it; then they succeed again
 * </pre>
 */
public interface MappingChanges {

    /** What changes. */
    enum Change {
        /** Memory was copied for a child, and the userfaultfd too. */
        FORK,
        /** Memory was moved, and stays registered. */
        REMAP,
        /** Pages are about to be dropped. */
        REMOVE,
        /** Memory was unmapped. */
        UNMAP
    }

    /** A machine on which no VMA can be registered. */
    MappingChanges NONE = new MappingChanges() {};

    /**
     * Whether the handler wants to be told.
     *
     * @param context a userfaultfd; 0 for none
     * @param kind of what
     * @return whether it was opened with that feature
     */
    default boolean wants(int context, Change kind) {
        return false;
    }

    /**
     * A change begins of which the handler will be told.
     *
     * @param context the userfaultfd
     */
    default void begin(int context) {}

    /**
     * Copies a userfaultfd for a child.
     *
     * @param context the parent's
     * @param child the child's mm
     * @return the child's
     */
    default int copy(int context, int child) {
        return 0;
    }

    /**
     * Tells of a change that was begun, and waits until the handler has read it. No lock may be held.
     *
     * @param context the userfaultfd
     * @param kind what changed
     * @param start in bytes; of FORK the child's userfaultfd
     * @param end of REMAP where to, else where it ends
     * @param length of REMAP in bytes
     */
    default void tell(int context, Change kind, long start, long end, long length) {}

    /**
     * A change that was begun did not come to pass.
     *
     * @param context the userfaultfd
     * @param copied the child's userfaultfd, if it is a fork; else 0
     */
    default void cancel(int context, int copied) {}
}
