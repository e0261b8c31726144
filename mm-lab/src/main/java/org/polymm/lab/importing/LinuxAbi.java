package org.polymm.lab.importing;

/** Numbers of the x86-64 Linux system-call interface that importers have to understand. */
public final class LinuxAbi {
    /** Pages may be read. */
    public static final int PROT_READ = 1;
    /** Pages may be written. */
    public static final int PROT_WRITE = 2;
    /** Pages may be executed. */
    public static final int PROT_EXEC = 4;

    /** Stores reach the file. */
    public static final int MAP_SHARED = 1;
    /** Stores stay in the process. */
    public static final int MAP_PRIVATE = 2;
    /** The bits that hold shared or private. */
    public static final int MAP_TYPE = 0xF;
    /** Not backed by a file. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** A stack that grows on demand. */
    public static final int MAP_GROWSDOWN = 0x100;
    /** Meant as the stack of a thread. */
    public static final int MAP_STACK = 0x2_0000;

    /** The child uses the address space of its parent. */
    public static final long CLONE_VM = 0x100;
    /** The parent waits until the child executes or exits. */
    public static final long CLONE_VFORK = 0x4000;
    /** The child is a thread. */
    public static final long CLONE_THREAD = 0x10000;

    /** {@code mremap}: leave the old range mapped, empty. */
    public static final long MREMAP_DONTUNMAP = 4;

    private LinuxAbi() {}

    /** Whether a prctl option is about memory: PR_SET_MM, the THP switch, MDWE, KSM for the process, names of areas. */
    public static boolean isMemoryPrctl(long option) {
        return option == 35 || option == 41 || option == 65 || option == 67 || option == 0x53564D41L;
    }
}
