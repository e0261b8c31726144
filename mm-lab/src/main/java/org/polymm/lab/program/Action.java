package org.polymm.lab.program;

/**
 * What an {@link Operation} does. The comment of each constant names its arguments {@code a} to {@code f}; addresses and lengths are in bytes,
 * counts of pages are called pages. Every action but {@link #UPROBE}, {@link #UPROBE_REMOVE}, {@link #SHRINK}, {@link #RECLAIM}, {@link #FAIL}
 * and {@link #KHUGEPAGED} of all processes is done by a process.
 */
public enum Action {
    /** A new process with nothing mapped in the window. The operation's process is the new one. */
    SPAWN,
    /** fork(2). a: the number of the child. */
    FORK,
    /** The process ends; it is gone, and its memory with it, when the operation is over. */
    EXIT,
    /** Opens a file. a: its number, b: its size in pages, c: a {@link FileKind} ordinal. Page i of a new file holds {@link #fileToken}. */
    FILE,
    /** ftruncate(2). a: number of the file, b: its size in bytes. */
    TRUNCATE,
    /** fallocate(2) with FALLOC_FL_PUNCH_HOLE and FALLOC_FL_KEEP_SIZE. a: number of the file, b: offset in bytes, c: length in bytes. */
    PUNCH_HOLE,
    /** fallocate(2) with mode 0. a: number of the file, b: offset in bytes, c: length in bytes. */
    FALLOCATE,
    /** Sets a breakpoint (uprobe) in a file, for all who map it. a: number of the file, b: page in it. */
    UPROBE,
    /** Removes one. a: number of the file, b: page in it. */
    UPROBE_REMOVE,
    /** mmap(2). a: address, b: length, c: PROT_ bits, d: MAP_ bits, e: number of a file (-1 for none), f: offset in bytes. */
    MMAP,
    /** munmap(2). a: address, b: length. */
    MUNMAP,
    /** mprotect(2). a: address, b: length, c: PROT_ bits. */
    MPROTECT,
    /** madvise(2). a: address, b: length, c: a MADV_ number. */
    MADVISE,
    /** mremap(2). a: address, b: old length, c: new length, d: MREMAP_ bits, e: new address. */
    MREMAP,
    /** mlock(2). a: address, b: length. */
    MLOCK,
    /** mlock2(2). a: address, b: length, c: flags. */
    MLOCK2,
    /** munlock(2). a: address, b: length. */
    MUNLOCK,
    /** mlockall(2). a: MCL_ bits. */
    MLOCKALL,
    /** munlockall(2). */
    MUNLOCKALL,
    /** setrlimit(2) of RLIMIT_MEMLOCK. a: the limit in bytes; -1 for none. */
    LIMIT_MEMLOCK,
    /** Loads the first word of each page. a: address, b: pages. Stops at the first fault; the value is the last word loaded. */
    READ,
    /** Stores to the first word of each page. a: address, b: pages, c: the value for the first page, d: what each further page gets more. */
    WRITE,
    /**
     * Pins pages, as a device does. a: address, b: length, c: the number of the pin, d: {@link #PIN_WRITE} and {@link #PIN_LONGTERM} bits. On the
     * host only long-term write pins exist.
     */
    PIN,
    /** Releases a pin. a: its number. This, and what else names a pin or reference, is -EBADF if it is not held. */
    UNPIN,
    /** A device reads through a pin. a: its number, b: the page of it, from 0. The value is what the device saw. */
    DEVICE_READ,
    /** A device writes through a pin. a: its number, b: the page of it, from 0, c: the value. */
    DEVICE_WRITE,
    /** Takes plain references to pages, as vmsplice(2) into a pipe does. a: address, b: length, c: the number of the reference. */
    REFERENCE,
    /** Looks at a page through a reference. a: its number, b: the page of it, from 0. The value is the word seen. */
    REFERENCE_READ,
    /** Drops a reference. a: its number. */
    RELEASE,
    /** Runs the shrinkers once, as writing 2 to drop_caches does: the deferred split queue is scanned. */
    SHRINK,
    /** Proactive reclaim. a: pages wanted. Exists on the simulator only. */
    RECLAIM,
    /**
     * Allocations fail from now on. a: the lowest order, {@link #PAGE_TABLES} or {@link #NOTHING}, b: the highest order, c: how many such
     * allocations succeed before, d: how many fail then; -1 for all. What was asked for before is called off. Exists on the simulator only.
     */
    FAIL,
    /**
     * khugepaged wakes once, in the process or everywhere. a: pages to scan, 0 for {@code khugepaged/pages_to_scan}; b: 1 for all processes. Exists on
     * the simulator only.
     */
    KHUGEPAGED,
    /** userfaultfd(2): opens the process's one. a: {@link #UFFD_ALLOWED} and other FEATURE_ bits of the kernel. */
    UFFD_OPEN,
    /** close(2) of the process's userfaultfd. */
    UFFD_CLOSE,
    /** UFFDIO_REGISTER, opening one with {@link #UFFD_USUAL} if none is open. a: address, b: length, c: MODE_ bits. */
    UFFD_REGISTER,
    /** UFFDIO_UNREGISTER. a: address, b: length. */
    UFFD_UNREGISTER,
    /** UFFDIO_COPY. a: address, b: length, c: the value for the first page, d: what each further page gets more, e: mode. */
    UFFD_COPY,
    /** UFFDIO_ZEROPAGE. a: address, b: length, c: mode. */
    UFFD_ZEROPAGE,
    /** UFFDIO_CONTINUE. a: address, b: length, c: mode. */
    UFFD_CONTINUE,
    /** UFFDIO_WRITEPROTECT. a: address, b: length, c: mode. */
    UFFD_WRITEPROTECT,
    /** UFFDIO_POISON. a: address, b: length, c: mode. */
    UFFD_POISON,
    /** UFFDIO_WAKE. a: address, b: length. */
    UFFD_WAKE,
    /**
     * Reads what userfaultfd says of a change of mappings; fails with EBADMSG if it says anything else. a: UFFD_ code of the event, b: address
     * where it begins, c: length, d: where it goes. A fork has none of these.
     */
    UFFD_READ,
    /**
     * Asks how the access to a page ended that was {@linkplain Outcome#BLOCKED blocked}. a: address. The value is the word that was loaded; 0 for
     * a store.
     */
    FINISH;

    /** UFFD_OPEN: features that only allow what is refused without them: shared memory, poison. */
    public static final long UFFD_ALLOWED = 1 << 10 | 1 << 12 | 1 << 14;
    /** UFFD_OPEN: children are watched, too. */
    public static final long UFFD_EVENT_FORK = 1 << 1;
    /** UFFD_OPEN: memory that moves stays registered. */
    public static final long UFFD_EVENT_REMAP = 1 << 2;
    /** UFFD_OPEN: messages before madvise drops pages. */
    public static final long UFFD_EVENT_REMOVE = 1 << 3;
    /** UFFD_OPEN: messages of what is unmapped. */
    public static final long UFFD_EVENT_UNMAP = 1 << 6;
    /** UFFD_READ: the codes of fork, remap, remove and unmap in messages, one after the other. */
    public static final long UFFD_FIRST_EVENT = 0x13;
    /** UFFD_OPEN: accesses end with SIGBUS instead of waiting. */
    public static final long UFFD_SIGBUS = 1 << 7;
    /** UFFD_OPEN: anonymous pages that are not there are write-protected, too. */
    public static final long UFFD_WP_UNPOPULATED = 1 << 13;
    /** UFFD_OPEN: the first write ends the protection. */
    public static final long UFFD_WP_ASYNC = 1 << 15;
    /** With which features a userfaultfd is opened if nothing is said. */
    public static final long UFFD_USUAL = UFFD_ALLOWED | UFFD_WP_UNPOPULATED;

    /** FAIL: not pages, but the page tables that fork needs. */
    public static final long PAGE_TABLES = -1;
    /** FAIL: nothing any more. */
    public static final long NOTHING = -2;
    /** FAIL: the highest order there can be. */
    public static final long ANY_ORDER = 63;

    /** PIN: for writing. */
    public static final long PIN_WRITE = 1;
    /** PIN: FOLL_LONGTERM. */
    public static final long PIN_LONGTERM = 2;

    /** {@return whether it needs a userfaultfd} */
    public boolean isUserfault() {
        return compareTo(UFFD_OPEN) >= 0;
    }

    /**
     * What a page of a new file holds.
     *
     * @param file the number of the file
     * @param page the page in the file, from 0
     * @return its first word; never 0
     */
    public static long fileToken(long file, long page) {
        return file + 1 << 32 | page + 1;
    }
}
