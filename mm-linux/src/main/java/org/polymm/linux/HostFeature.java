package org.polymm.linux;

/** What a run on the host may need. */
public enum HostFeature {
    /** Processes and what can be seen of them: Linux on x86-64, a C compiler, {@code /proc/kpageflags} and page frame numbers. */
    MACHINE("processes that can be read back"),
    /** Workers with a limit of locked memory that binds, beside others without. */
    MEMLOCK_LIMIT("limits of locked memory"),
    /** Settings of transparent huge pages that can be changed. */
    THP("settings of transparent huge pages"),
    /** Folios of sizes between a page and a huge page. */
    MTHP("multi-size transparent huge pages"),
    /** KSM, with a scanner that can be started. */
    KSM("KSM"),
    /** Huge pages that can be reserved. */
    HUGETLB("hugetlb pages"),
    /** A swap area can be made, on zram, and used. */
    SWAP("swap"),
    /** userfaultfd(2), also for faults in the kernel. */
    USERFAULTFD("userfaultfd"),
    /** Long-term pins, by io_uring's fixed buffers. */
    IO_URING("io_uring"),
    /** Breakpoints in files, by perf. */
    UPROBES("uprobes"),
    /** The shrinkers can be run by {@code /proc/sys/vm/drop_caches}. */
    SHRINKERS("running the shrinkers"),
    /** A memory controller of cgroup v2, which reclaims from one group alone. */
    MEMORY_CGROUP("memory.reclaim of cgroup v2");

    private final String words;

    HostFeature(String words) {
        this.words = words;
    }

    /** {@return what it is, in a few words} */
    public String words() {
        return words;
    }
}
