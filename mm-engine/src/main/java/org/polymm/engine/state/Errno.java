package org.polymm.engine.state;

/**
 * Error numbers as of Linux on x86-64. An operation that fails returns one negated, as a system call does inside the
 * kernel.
 */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int E2BIG = 7;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int ERANGE = 34;
    public static final int ENOSYS = 38;
    public static final int EMLINK = 31;
    public static final int EBADMSG = 74;
    public static final int EOVERFLOW = 75;
    public static final int EOPNOTSUPP = 95;
    public static final int EHWPOISON = 133;
    /** A call that was interrupted while it waited; never seen by programs, which find their call made again. */
    public static final int ERESTARTSYS = 512;

    private Errno() {}

    /**
     * The name of an error number.
     *
     * @param error positive or negated
     * @return for example {@code ENOMEM}; {@code errno 99} for one that is not listed here
     */
    public static String name(long error) {
        long number = Math.abs(error);
        return switch ((int) number) {
            case EPERM -> "EPERM";
            case ENOENT -> "ENOENT";
            case ESRCH -> "ESRCH";
            case EINTR -> "EINTR";
            case EIO -> "EIO";
            case E2BIG -> "E2BIG";
            case EBADF -> "EBADF";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case EFAULT -> "EFAULT";
            case EBUSY -> "EBUSY";
            case EEXIST -> "EEXIST";
            case ENODEV -> "ENODEV";
            case EINVAL -> "EINVAL";
            case ENOSPC -> "ENOSPC";
            case ERANGE -> "ERANGE";
            case ENOSYS -> "ENOSYS";
            case EMLINK -> "EMLINK";
            case EBADMSG -> "EBADMSG";
            case EOVERFLOW -> "EOVERFLOW";
            case EOPNOTSUPP -> "EOPNOTSUPP";
            case EHWPOISON -> "EHWPOISON";
            case ERESTARTSYS -> "ERESTARTSYS";
            default -> "errno " + number;
        };
    }

    /** Whether a result in the kernel's manner is an error: -4095 to -1. */
    public static boolean isError(long result) {
        return result < 0 && result >= -4095;
    }
}
