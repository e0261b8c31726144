package org.polymm.lab.trace;

/** What a mapping is that appeared without a system call of the program (see {@link TraceEventKind#INITIAL_MAP}). */
public enum AreaKind {
    /** A segment of the program or of its interpreter, backed by a file. */
    FILE,
    /** Zero-filled memory, such as the part of a segment that the file does not hold. */
    ANON,
    /** The main thread's stack, which grows downwards on demand. */
    STACK,
    /** The area that {@code brk} moves the end of. */
    HEAP,
    /** Pages that the kernel provides (vdso, vvar, vvar_vclock, vsyscall): no memory of the process. */
    KERNEL
}
