package org.polymm.engine.fault;

/**
 * Tells the handler of a userfaultfd of a fault: {@code handle_userfault}. Declared here because faults find out; implemented by
 * whoever keeps the contexts.
 */
public interface UserfaultEvents {

    /** What is reported. */
    enum Kind {
        /** Nothing is mapped. */
        MISSING,
        /** A write to a write-protected page. */
        WRITE_PROTECT,
        /** The page is in the page cache, but not mapped. */
        MINOR
    }

    /** A machine on which no VMA can be registered. */
    UserfaultEvents NONE = (mm, vma, address, flags, kind) -> {
        throw new IllegalStateException(
                "a fault at 0x" + Long.toHexString(address) + " of mm " + mm + " is to be reported as " + kind
                        + ", and this machine has no userfaultfd; its VMAs must not have userfaultfd flags");
    };

    /**
     * Reports a fault and waits until it was answered. No page-table lock is held; the lock under which the fault runs is dropped.
     *
     * @param mm the address space
     * @param vma the VMA, which is registered for this kind
     * @param address the faulting address, in bytes
     * @param flags see {@link FaultFlags}
     * @param kind what is reported
     * @return {@link FaultResult#RETRY} with the lock dropped; or an error, with the lock still held
     */
    int report(int mm, int vma, long address, int flags, Kind kind);

    /**
     * Whether write protection just ends with the first write, without a report ({@code UFFD_FEATURE_WP_ASYNC}).
     *
     * @param vma a VMA that is registered for write protection
     * @return whether writes are not reported
     */
    default boolean isWpAsync(int vma) {
        return false;
    }
}
