package org.polymm.lab.program;

/**
 * What an {@link Operation} does. The comment of each constant names its arguments {@code a} to {@code f}; addresses and lengths are in bytes,
 * counts of pages are called pages. Every action but {@link #SHRINK} and {@link #RECLAIM} is done by a process.
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
    /** Releases a pin. a: its number. */
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
    RECLAIM;

    /** PIN: for writing. */
    public static final long PIN_WRITE = 1;
    /** PIN: FOLL_LONGTERM. */
    public static final long PIN_LONGTERM = 2;

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
