package org.polymm.linux;

/** Numbers of the system calls on x86-64, for {@link HostKernel#call}. */
public final class SystemCalls {
    /** mmap(2). */
    public static final int MMAP = 9;
    /** mprotect(2). */
    public static final int MPROTECT = 10;
    /** munmap(2). */
    public static final int MUNMAP = 11;
    /** mremap(2). */
    public static final int MREMAP = 25;
    /** msync(2). */
    public static final int MSYNC = 26;
    /** madvise(2). */
    public static final int MADVISE = 28;
    /** ftruncate(2). */
    public static final int FTRUNCATE = 77;
    /** mlock(2). */
    public static final int MLOCK = 149;
    /** munlock(2). */
    public static final int MUNLOCK = 150;
    /** mlockall(2). Locks what else is mapped in the worker, too: some hundred pages of program and library. */
    public static final int MLOCKALL = 151;
    /** munlockall(2). */
    public static final int MUNLOCKALL = 152;
    /** prctl(2). */
    public static final int PRCTL = 157;
    /** fallocate(2). */
    public static final int FALLOCATE = 285;
    /** mlock2(2). */
    public static final int MLOCK2 = 325;

    private SystemCalls() {}
}
