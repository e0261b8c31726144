package org.polymm.api;

/**
 * Error numbers of Linux that a policy may have a system call fail with. Open: constants may be added.
 */
public enum Errno {
    /** Operation not permitted. */
    EPERM(1),
    /** Try again. */
    EAGAIN(11),
    /** Out of memory. */
    ENOMEM(12),
    /** Bad address. */
    EFAULT(14),
    /** Device or resource busy. */
    EBUSY(16),
    /** Invalid argument. */
    EINVAL(22);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /** {@return the positive number, as in {@code errno.h} of x86-64} */
    public int number() {
        return number;
    }
}
