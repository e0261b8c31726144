package org.polymm.engine.fault;

/** What a fault is about: the {@code FAULT_FLAG_} bits that matter here. */
public final class FaultFlags {

    /** The access writes. */
    public static final int WRITE = 1;
    /** The access fetches an instruction. */
    public static final int EXEC = 1 << 1;
    /**
     * A pin asks for the page to become exclusive, but not writable. Only in mappings that copy on write; elsewhere the bit is
     * ignored.
     */
    public static final int UNSHARE = 1 << 2;
    /** The lock that is held is the VMA's; without this bit, the mmap lock. */
    public static final int VMA_LOCK = 1 << 3;
    /** The fault was tried before and came back as {@link FaultResult#RETRY}. */
    public static final int TRIED = 1 << 4;

    /** The lock that is held must not be dropped: where the fault would wait for a userfaultfd, it ends with SIGBUS. */
    public static final int NO_WAIT = 1 << 5;

    /** A swapped page whose folio somebody has locked is not waited for under the mmap lock: that is dropped, and the answer RETRY. */
    public static final int RETRY_IF_LOCKED = 1 << 6;

    private FaultFlags() {}
}
