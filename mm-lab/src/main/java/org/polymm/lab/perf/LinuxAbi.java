package org.polymm.lab.perf;

/** Numbers of the x86-64 Linux system-call interface that the importer has to understand. */
final class LinuxAbi {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;

    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_TYPE = 0xF;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_GROWSDOWN = 0x100;

    static final long CLONE_VM = 0x100;
    static final long CLONE_VFORK = 0x4000;
    static final long CLONE_THREAD = 0x10000;

    private LinuxAbi() {}

    /** Whether a prctl option is about memory: PR_SET_MM, the THP switch, MDWE, KSM for the process, names of areas. */
    static boolean isMemoryPrctl(long option) {
        return option == 35 || option == 41 || option == 65 || option == 67 || option == 0x53564D41L;
    }
}
