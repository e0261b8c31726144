package org.polymm.linux;

/**
 * A userfaultfd of a worker. Its methods queue requests, as those of {@link HostKernel} do, and return the kernel for {@link HostKernel#next}.
 *
 * <p>The worker is its own monitor: {@link HostKernel#startLoad} and {@link HostKernel#startStore} have a thread of it take the fault,
 * {@link #messages} shows the fault, the methods below resolve it, {@link HostKernel#finish} tells how the access ended. With
 * {@link #FEATURE_SIGBUS} nothing waits: accesses raise SIGBUS. Children inherit no userfaultfd; it ends with its worker.
 *
 * <p>With the features of events, a thread of the worker reads what there is to read, because system calls wait for that. {@link #change} shows it.
 * With {@link #FEATURE_EVENT_FORK} the worker gets a userfaultfd of its child, under the next number that is free.
 */
public final class HostUserfault {
    /** How many a worker can have open. */
    public static final int MOST = 4;

    /** Register: faults of pages that are missing. */
    public static final int MODE_MISSING = 1;
    /** Register: writes to pages that are write-protected. */
    public static final int MODE_WP = 1 << 1;
    /** Register: faults of pages that are in the page cache, but not in the page table. */
    public static final int MODE_MINOR = 1 << 2;

    /** Feature: children are watched, too. */
    public static final long FEATURE_EVENT_FORK = 1 << 1;
    /** Feature: memory that moves stays registered. */
    public static final long FEATURE_EVENT_REMAP = 1 << 2;
    /** Feature: messages before madvise drops pages. */
    public static final long FEATURE_EVENT_REMOVE = 1 << 3;
    /** Feature: messages of what is unmapped. */
    public static final long FEATURE_EVENT_UNMAP = 1 << 6;

    /** Change: a fork; its first word is the number of the child's userfaultfd. */
    public static final int EVENT_FORK = 0x13;
    /** Change: a move; from, to, length. */
    public static final int EVENT_REMAP = 0x14;
    /** Change: pages are dropped; start, end. */
    public static final int EVENT_REMOVE = 0x15;
    /** Change: memory was unmapped; start, end. */
    public static final int EVENT_UNMAP = 0x16;

    /** Feature: accesses raise SIGBUS instead of waiting. */
    public static final int FEATURE_SIGBUS = 1 << 7;
    /** Feature: minor faults of hugetlb. */
    public static final int FEATURE_MINOR_HUGETLBFS = 1 << 9;
    /** Feature: minor faults of shared memory. */
    public static final int FEATURE_MINOR_SHMEM = 1 << 10;
    /** Feature: write-protection of hugetlb and shared memory. */
    public static final int FEATURE_WP_HUGETLBFS_SHMEM = 1 << 12;
    /** Feature: write-protection of anonymous pages that are not there yet. */
    public static final int FEATURE_WP_UNPOPULATED = 1 << 13;
    /** Feature: poisoned pages. */
    public static final int FEATURE_POISON = 1 << 14;
    /** Feature: moving pages. */
    public static final int FEATURE_MOVE = 1 << 16;

    /** {@link #writeProtect}: protect; else the protection is taken away. */
    public static final int WP = 1;
    /** {@link #copy}: the pages are write-protected. */
    public static final int COPY_WP = 1 << 1;
    /** All that resolve: whoever waits for the pages is not woken. */
    public static final int DONTWAKE = 1;

    /** Message: the access was a write. */
    public static final int FAULT_WRITE = 1;
    /** Message: the page is write-protected. */
    public static final int FAULT_WP = 1 << 1;
    /** Message: the page is in the page cache. */
    public static final int FAULT_MINOR = 1 << 2;

    private static final int COPY = 0;
    private static final int ZEROPAGE = 1;
    private static final int CONTINUE = 2;
    private static final int WRITEPROTECT = 3;
    private static final int POISON = 4;
    private static final int MOVE = 5;
    private static final int WAKE = 6;

    private final HostKernel kernel;
    private final int worker;
    private final int number;

    HostUserfault(HostKernel kernel, int worker, int number) {
        this.kernel = kernel;
        this.worker = worker;
        this.number = number;
    }

    /**
     * Opens it. The reply's value has the features that there are.
     *
     * @param features FEATURE_ bits that are wanted
     * @return the kernel
     */
    public HostKernel open(long features) {
        return kernel.request(Operations.UFFD_OPEN, worker, number, features, 0, 0, 0, 0, 0);
    }

    /**
     * Closes it: whoever waits goes on, what is registered is so no more.
     *
     * @return the kernel
     */
    public HostKernel close() {
        return kernel.request(Operations.UFFD_CLOSE, worker, number, 0, 0, 0, 0, 0, 0);
    }

    /**
     * UFFDIO_REGISTER. The reply's value has a bit for each operation that can resolve faults there.
     *
     * @param address page aligned
     * @param length in bytes
     * @param modes MODE_ bits
     * @return the kernel
     */
    public HostKernel register(long address, long length, int modes) {
        return kernel.request(Operations.UFFD_REGISTER, worker, number, address, length, modes, 0, 0, 0);
    }

    /**
     * UFFDIO_UNREGISTER.
     *
     * @param address page aligned
     * @param length in bytes
     * @return the kernel
     */
    public HostKernel unregister(long address, long length) {
        return kernel.request(Operations.UFFD_UNREGISTER, worker, number, address, length, 0, 0, 0, 0);
    }

    private HostKernel resolve(int how, long address, long length, int mode, long value) {
        return resolve(how, address, length, mode, value, 0);
    }

    private HostKernel resolve(int how, long address, long length, int mode, long value, long step) {
        return kernel.request(Operations.UFFD_RESOLVE, worker, number, how, address, length, mode, value, step);
    }

    /**
     * UFFDIO_COPY: fills missing pages. The reply's value is how many bytes were filled, as for all that resolve.
     *
     * @param address page aligned
     * @param length in bytes, at most 2 MiB
     * @param value the first word of the first page
     * @param step what that of each further page is more
     * @param mode {@link #DONTWAKE} and {@link #COPY_WP} bits
     * @return the kernel
     */
    public HostKernel copy(long address, long length, long value, long step, int mode) {
        return resolve(COPY, address, length, mode, value, step);
    }

    /**
     * UFFDIO_ZEROPAGE: maps the zero page where pages are missing.
     *
     * @param address page aligned
     * @param length in bytes
     * @param mode 0 or {@link #DONTWAKE}
     * @return the kernel
     */
    public HostKernel zeropage(long address, long length, int mode) {
        return resolve(ZEROPAGE, address, length, mode, 0);
    }

    /**
     * UFFDIO_CONTINUE: maps what is in the page cache.
     *
     * @param address page aligned
     * @param length in bytes
     * @param mode 0 or {@link #DONTWAKE}
     * @return the kernel
     */
    public HostKernel continueWith(long address, long length, int mode) {
        return resolve(CONTINUE, address, length, mode, 0);
    }

    /**
     * UFFDIO_WRITEPROTECT: protects pages, or takes the protection away and wakes who waits.
     *
     * @param address page aligned
     * @param length in bytes
     * @param mode {@link #WP} or 0
     * @return the kernel
     */
    public HostKernel writeProtect(long address, long length, int mode) {
        return resolve(WRITEPROTECT, address, length, mode, 0);
    }

    /**
     * UFFDIO_POISON: whoever accesses the pages gets SIGBUS.
     *
     * @param address page aligned
     * @param length in bytes
     * @param mode 0 or {@link #DONTWAKE}
     * @return the kernel
     */
    public HostKernel poison(long address, long length, int mode) {
        return resolve(POISON, address, length, mode, 0);
    }

    /**
     * UFFDIO_MOVE: moves pages, without copying, to where they are missing.
     *
     * @param address to where
     * @param source from where
     * @param length in bytes
     * @param mode 0 or {@link #DONTWAKE}
     * @return the kernel
     */
    public HostKernel move(long address, long source, long length, int mode) {
        return resolve(MOVE, address, length, mode, source);
    }

    /**
     * UFFDIO_WAKE: whoever waits for the pages tries again.
     *
     * @param address page aligned
     * @param length in bytes
     * @return the kernel
     */
    public HostKernel wake(long address, long length) {
        return resolve(WAKE, address, length, 0, 0);
    }

    /**
     * The faults that nobody has read yet, 64 at most. The reply's count is their number; it has four words for each: the event (0x12 for a
     * fault), FAULT_ bits, the address, and the thread if that feature is on.
     *
     * @param milliseconds how long to wait for the first at most
     * @return the kernel
     */
    public HostKernel messages(int milliseconds) {
        return kernel.request(Operations.UFFD_MESSAGES, worker, number, milliseconds, 0, 0, 0, 0, 0);
    }

    /**
     * The next message of a change of mappings that nobody has asked for. The reply's count is 1 if there is one; it has four words: the EVENT_, and
     * what that says.
     *
     * @param milliseconds how long to wait for it at most
     * @return the kernel
     */
    public HostKernel change(int milliseconds) {
        return kernel.request(Operations.UFFD_CHANGE, worker, number, milliseconds, 0, 0, 0, 0, 0);
    }
}
