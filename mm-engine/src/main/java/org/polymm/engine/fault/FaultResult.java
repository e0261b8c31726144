package org.polymm.engine.fault;

import org.polymm.engine.state.Errno;

/** How a fault ends: the {@code VM_FAULT_} bits that matter here. Negative results are final. */
public final class FaultResult {

    /** The access may be tried again; if it still cannot go on, it faults again. */
    public static final int DONE = 0;
    /** The lock under which the fault ran was dropped, and the fault is to be tried again from looking up the VMA on. */
    public static final int RETRY = 1;
    /** Inside this package: go on at the level below. */
    static final int FALLBACK = 2;
    /** Inside this package: somebody else was faster, nothing was changed. */
    static final int LOST = 3;

    /**
     * A userfaultfd was told of the fault and has to resolve it, and there is no other task that could. The call ends as if a signal had
     * interrupted the wait; whoever made the access may try again.
     */
    public static final int BLOCKED = -Errno.ERESTARTSYS;
    /** There is no memory. */
    public static final int OOM = -Errno.ENOMEM;
    /** The access is not allowed, or nothing is mapped there. */
    public static final int SIGSEGV = -Errno.EFAULT;
    /** The mapping has nothing behind this address: beyond the end of a file, or poisoned. */
    public static final int SIGBUS = -Errno.EIO;

    private FaultResult() {}

    /**
     * A result in words, for messages.
     *
     * @param result a result of a fault
     * @return such as {@code SIGBUS}
     */
    public static String name(int result) {
        return switch (result) {
            case DONE -> "done";
            case RETRY -> "retry";
            case FALLBACK -> "fallback";
            case LOST -> "lost";
            case BLOCKED -> "blocked";
            case OOM -> "OOM";
            case SIGSEGV -> "SIGSEGV";
            case SIGBUS -> "SIGBUS";
            default -> "result " + result;
        };
    }
}
