package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.polymm.engine.mm.MmMachine.ANON;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.FIXED;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;
import static org.polymm.engine.mm.MmMachine.RW;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.MmTable;

/**
 * What calls say about arguments. Each row was read off a 6.18 kernel on x86-64, where user space ends a page below 128 TiB; the machine
 * here ends at 128 TiB.
 */
class ErrnoTest {

    private static final long TOP = Geometry.X86_64.taskSize();
    private static final long FAR = BASE + 0x500_0000;

    private final MmMachine m = new MmMachine();
    private final int mm = m.spawn();

    /** A call, to be made on a machine. */
    interface Call {
        long on(MmMachine m, int mm);
    }

    private static Arguments row(String name, Call call, long expected) {
        return Arguments.of(name, call, expected);
    }

    private static String say(long result) {
        return Errno.isError(result) ? "-" + Errno.name(result) : "0x" + Long.toHexString(result);
    }

    private void check(Call call, long expected) {
        assertEquals(say(expected), say(call.on(m, mm)));
        m.check();
    }

    // ---- mmap

    static Stream<Arguments> mmap() {
        return Stream.of(
                row("length 0", (m, mm) -> m.mmap(mm, 0, 0, RW, ANON), -Errno.EINVAL),
                row("length that wraps", (m, mm) -> m.mmap(mm, 0, -1, RW, ANON), -Errno.ENOMEM),
                row("length of all user space", (m, mm) -> m.mmap(mm, 0, TOP, RW, ANON), -Errno.ENOMEM),
                row("no kind of sharing", (m, mm) -> m.mmap(mm, BASE, PAGE, RW, Mman.MAP_ANONYMOUS), -Errno.EINVAL),
                row("two kinds of sharing", (m, mm) -> m.mmap(mm, BASE, PAGE, RW, 3 | FIXED), -Errno.EINVAL),
                row("fixed, not aligned", (m, mm) -> m.mmap(mm, BASE + 1, PAGE, RW, FIXED), -Errno.EINVAL),
                row("fixed, above user space", (m, mm) -> m.mmap(mm, TOP, PAGE, RW, FIXED), -Errno.ENOMEM),
                row("fixed, at 0", (m, mm) -> m.mmap(mm, 0, PAGE, RW, FIXED), 0),
                row(
                        "no file",
                        (m, mm) -> m.calls.mmap().mmap(mm, BASE, PAGE, RW, Mman.MAP_PRIVATE, 0, 0),
                        -Errno.EBADF),
                row(
                        "offset not aligned",
                        (m, mm) -> m.calls.mmap().mmap(mm, BASE, PAGE, RW, ANON, 0, 1),
                        -Errno.EINVAL),
                row("hint not aligned is rounded down", (m, mm) -> m.mmap(mm, FAR + 1, PAGE, RW, ANON), FAR),
                row(
                        "shared and growing down",
                        (m, mm) -> m.mmap(
                                mm,
                                FAR,
                                PAGE,
                                RW,
                                Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_GROWSDOWN | Mman.MAP_FIXED),
                        -Errno.EINVAL),
                row("unknown protection bits", (m, mm) -> m.mmap(mm, FAR, PAGE, 0xff, FIXED), FAR));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void mmap(String name, Call call, long expected) {
        check(call, expected);
    }

    // ---- munmap

    static Stream<Arguments> munmap() {
        return Stream.of(
                row("start not aligned", (m, mm) -> m.munmap(mm, BASE + 1, 1), -Errno.EINVAL),
                row("length 0", (m, mm) -> m.munmap(mm, BASE, 0), -Errno.EINVAL),
                row("length that wraps", (m, mm) -> m.calls.munmap().munmap(mm, BASE, -1), -Errno.EINVAL),
                row("start above user space", (m, mm) -> m.munmap(mm, TOP, 1), -Errno.EINVAL),
                row("end above user space", (m, mm) -> m.munmap(mm, TOP - PAGE, 2), -Errno.EINVAL),
                row("nothing mapped", (m, mm) -> m.munmap(mm, FAR, 1), 0),
                row("a byte is a page", (m, mm) -> m.calls.munmap().munmap(mm, BASE, 1), 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void munmap(String name, Call call, long expected) {
        m.map(mm, BASE, 4);
        check(call, expected);
    }

    // ---- mprotect

    static Stream<Arguments> mprotect() {
        int both = Mman.PROT_GROWSDOWN | Mman.PROT_GROWSUP;
        return Stream.of(
                row("start not aligned", (m, mm) -> m.mprotect(mm, BASE + 1, 1, R), -Errno.EINVAL),
                row("length 0", (m, mm) -> m.mprotect(mm, BASE, 0, R), 0),
                row("unknown bit", (m, mm) -> m.mprotect(mm, BASE, 1, 0x10), -Errno.EINVAL),
                row("grows both ways", (m, mm) -> m.mprotect(mm, BASE, 1, both), -Errno.EINVAL),
                row("length that wraps", (m, mm) -> m.calls.protect().mprotect(mm, BASE, -1, R), -Errno.ENOMEM),
                row("nothing mapped", (m, mm) -> m.mprotect(mm, FAR, 1, R), -Errno.ENOMEM),
                row("hole at the start", (m, mm) -> m.mprotect(mm, BASE - PAGE, 2, R), -Errno.ENOMEM),
                row("does not grow down", (m, mm) -> m.mprotect(mm, BASE, 1, Mman.PROT_GROWSDOWN | R), -Errno.EINVAL),
                row("PROT_SEM", (m, mm) -> m.mprotect(mm, BASE, 1, Mman.PROT_SEM | R), 0),
                row("hole at the end", (m, mm) -> m.mprotect(mm, BASE, 32, R), -Errno.ENOMEM));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void mprotect(String name, Call call, long expected) {
        m.map(mm, BASE, 16);
        check(call, expected);
    }

    // ---- madvise

    static Stream<Arguments> madvise() {
        return Stream.of(
                row("start not aligned", (m, mm) -> m.madvise(mm, BASE + 1, 1, 4), -Errno.EINVAL),
                row("length 0", (m, mm) -> m.madvise(mm, BASE, 0, 4), 0),
                row("length that wraps", (m, mm) -> m.calls.madvise().madvise(mm, BASE, -1, 4), -Errno.EINVAL),
                row("unknown advice", (m, mm) -> m.madvise(mm, BASE, 1, 99), -Errno.EINVAL),
                row("hole", (m, mm) -> m.madvise(mm, BASE, 16, Mman.MADV_DONTNEED), -Errno.ENOMEM),
                row("nothing mapped", (m, mm) -> m.madvise(mm, FAR, 1, Mman.MADV_DONTNEED), -Errno.ENOMEM),
                row("WIPEONFORK", (m, mm) -> m.madvise(mm, BASE, 1, Mman.MADV_WIPEONFORK), 0),
                row("REMOVE without a file", (m, mm) -> m.madvise(mm, BASE, 1, Mman.MADV_REMOVE), -Errno.EINVAL),
                row("WILLNEED without a file", (m, mm) -> m.madvise(mm, BASE, 1, Mman.MADV_WILLNEED), 0),
                row("POPULATE_READ, hole", (m, mm) -> m.madvise(mm, BASE, 16, Mman.MADV_POPULATE_READ), -Errno.ENOMEM),
                row(
                        "POPULATE_WRITE, hole",
                        (m, mm) -> m.madvise(mm, BASE, 16, Mman.MADV_POPULATE_WRITE),
                        -Errno.ENOMEM),
                row(
                        "POPULATE_WRITE, read-only",
                        (m, mm) -> {
                            m.mprotect(mm, BASE, 4, R);
                            return m.madvise(mm, BASE, 4, Mman.MADV_POPULATE_WRITE);
                        },
                        -Errno.EINVAL),
                row(
                        "POPULATE_READ, no access",
                        (m, mm) -> {
                            m.mprotect(mm, BASE, 4, 0);
                            return m.madvise(mm, BASE, 4, Mman.MADV_POPULATE_READ);
                        },
                        -Errno.EINVAL),
                row(
                        "DONTNEED, locked",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 4);
                            return m.madvise(mm, BASE, 8, Mman.MADV_DONTNEED);
                        },
                        -Errno.EINVAL),
                row(
                        "DONTNEED_LOCKED, locked",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 4);
                            return m.madvise(mm, BASE, 8, Mman.MADV_DONTNEED_LOCKED);
                        },
                        0),
                row(
                        "GUARD_INSTALL, locked",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 4);
                            return m.madvise(mm, BASE, 4, Mman.MADV_GUARD_INSTALL);
                        },
                        -Errno.EINVAL),
                row(
                        "GUARD_REMOVE, locked",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 4);
                            return m.madvise(mm, BASE, 4, Mman.MADV_GUARD_REMOVE);
                        },
                        0),
                row("GUARD_INSTALL", (m, mm) -> m.madvise(mm, BASE, 4, Mman.MADV_GUARD_INSTALL), 0),
                row("GUARD_INSTALL, shared", (m, mm) -> m.madvise(mm, shared(m, mm), 1, Mman.MADV_GUARD_INSTALL), 0),
                row("DODUMP", (m, mm) -> m.madvise(mm, BASE, 1, Mman.MADV_DODUMP), 0),
                row("KEEPONFORK", (m, mm) -> m.madvise(mm, BASE, 1, Mman.MADV_KEEPONFORK), 0),
                row("DOFORK", (m, mm) -> m.madvise(mm, BASE, 1, Mman.MADV_DOFORK), 0),
                row(
                        "WIPEONFORK, shared",
                        (m, mm) -> m.madvise(mm, shared(m, mm), 1, Mman.MADV_WIPEONFORK),
                        -Errno.EINVAL),
                row("KEEPONFORK, shared", (m, mm) -> m.madvise(mm, shared(m, mm), 1, Mman.MADV_KEEPONFORK), 0),
                row("HUGEPAGE, shared", (m, mm) -> m.madvise(mm, shared(m, mm), 1, Mman.MADV_HUGEPAGE), 0),
                row("MERGEABLE, shared", (m, mm) -> m.madvise(mm, shared(m, mm), 1, Mman.MADV_MERGEABLE), 0));
    }

    private static long shared(MmMachine m, int mm) {
        return m.mmap(mm, FAR, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void madvise(String name, Call call, long expected) {
        m.map(mm, BASE, 16);
        m.munmap(mm, BASE + 8 * PAGE, 1);
        check(call, expected);
    }

    // ---- mremap

    static Stream<Arguments> mremap() {
        int move = Mman.MREMAP_MAYMOVE;
        int fixed = move | Mman.MREMAP_FIXED;
        int keep = move | Mman.MREMAP_DONTUNMAP;
        return Stream.of(
                row("not aligned", (m, mm) -> m.mremap(mm, BASE + 1, 1, 1, 0, 0), -Errno.EINVAL),
                row("new length 0", (m, mm) -> m.mremap(mm, BASE, 1, 0, 0, 0), -Errno.EINVAL),
                row("old length 0 of a private one", (m, mm) -> m.mremap(mm, BASE, 0, 1, move, 0), -Errno.EINVAL),
                row("unknown flag", (m, mm) -> m.mremap(mm, BASE, 1, 1, 8, 0), -Errno.EINVAL),
                row("fixed without maymove", (m, mm) -> m.mremap(mm, BASE, 1, 1, 2, FAR), -Errno.EINVAL),
                row("new not aligned", (m, mm) -> m.mremap(mm, BASE, 1, 1, fixed, FAR + 1), -Errno.EINVAL),
                row("overlap", (m, mm) -> m.mremap(mm, BASE, 4, 4, fixed, BASE + 2 * PAGE), -Errno.EINVAL),
                row("dontunmap and grow", (m, mm) -> m.mremap(mm, BASE, 1, 2, keep, FAR), -Errno.EINVAL),
                row("nothing mapped", (m, mm) -> m.mremap(mm, FAR, 1, 1, 0, 0), -Errno.EFAULT),
                row("no room to grow", (m, mm) -> m.mremap(mm, BASE, 1, 2, 0, 0), -Errno.ENOMEM),
                row("grows across the end", (m, mm) -> m.mremap(mm, BASE, 17, 18, move, 0), -Errno.EFAULT),
                row("same across the end", (m, mm) -> m.mremap(mm, BASE, 17, 17, move, 0), BASE),
                row("shrinks across the end", (m, mm) -> m.mremap(mm, BASE, 32, 20, 0, 0), BASE),
                row("shrinks", (m, mm) -> m.mremap(mm, BASE, 16, 8, 0, 0), BASE),
                row("grows in place", (m, mm) -> m.mremap(mm, BASE, 16, 32, 0, 0), BASE),
                row("grows beyond user space", (m, mm) -> m.mremap(mm, BASE, 16, 1L << 36, move, 0), -Errno.EINVAL),
                row("to beyond user space", (m, mm) -> m.mremap(mm, BASE, 1, 1, fixed, TOP), -Errno.EINVAL),
                row(
                        "old range that wraps",
                        (m, mm) -> m.calls.mremap().mremap(mm, BASE, -PAGE, 2 * PAGE, move, 0),
                        -Errno.EINVAL),
                row("several VMAs, to larger", (m, mm) -> m.mremap(mm, BASE, 32, 33, fixed, FAR), -Errno.EFAULT),
                row("gap at the start", (m, mm) -> m.mremap(mm, BASE - PAGE, 16, 16, fixed, FAR), -Errno.EFAULT),
                row("dontunmap, several VMAs", (m, mm) -> m.mremap(mm, BASE, 17, 17, keep, 0), -Errno.EFAULT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void mremap(String name, Call call, long expected) {
        m.map(mm, BASE, 16);
        check(call, expected);
    }

    // ---- mlock

    static Stream<Arguments> mlock() {
        return Stream.of(
                row("a byte is a page", (m, mm) -> m.calls.mlock().mlock(mm, BASE + 100, 10), 0),
                row("hole", (m, mm) -> m.mlock(mm, BASE, 16), -Errno.ENOMEM),
                row("length 0", (m, mm) -> m.mlock(mm, BASE, 0), 0),
                row("range that wraps", (m, mm) -> m.calls.mlock().mlock(mm, -1 - PAGE, 2 * PAGE), -Errno.EINVAL),
                row("nothing mapped", (m, mm) -> m.mlock(mm, FAR, 1), -Errno.ENOMEM),
                row("munlock, hole", (m, mm) -> m.munlock(mm, BASE, 16), -Errno.ENOMEM),
                row("mlock2, unknown flag", (m, mm) -> m.calls.mlock().mlock2(mm, BASE, PAGE, 2), -Errno.EINVAL),
                row("mlock2, onfault", (m, mm) -> m.calls.mlock().mlock2(mm, BASE, PAGE, 1), 0),
                row("munlock of length -1", (m, mm) -> m.calls.mlock().munlock(mm, BASE, -1), 0),
                row("mlockall 0", (m, mm) -> m.calls.mlock().mlockall(mm, 0), -Errno.EINVAL),
                row("mlockall unknown", (m, mm) -> m.calls.mlock().mlockall(mm, 8), -Errno.EINVAL),
                row("mlockall onfault alone", (m, mm) -> m.calls.mlock().mlockall(mm, 4), -Errno.EINVAL),
                row("mlockall current, onfault", (m, mm) -> m.calls.mlock().mlockall(mm, 5), 0),
                row("munlockall", (m, mm) -> m.calls.mlock().munlockall(mm), 0),
                row(
                        "no access",
                        (m, mm) -> {
                            m.mprotect(mm, BASE, 4, 0);
                            return m.mlock(mm, BASE, 8);
                        },
                        -Errno.ENOMEM));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void mlock(String name, Call call, long expected) {
        m.map(mm, BASE, 16);
        m.munmap(mm, BASE + 8 * PAGE, 1);
        check(call, expected);
    }

    // ---- limits

    static Stream<Arguments> memlockOfEightPages() {
        return Stream.of(
                row("9 pages", (m, mm) -> m.mlock(mm, BASE, 9), -Errno.ENOMEM),
                row("8 pages", (m, mm) -> m.mlock(mm, BASE, 8), 0),
                row("8 pages twice", (m, mm) -> m.mlock(mm, BASE, 8) + m.mlock(mm, BASE, 8), 0),
                row(
                        "8 others that overlap",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 8);
                            return m.mlock(mm, BASE + 4 * PAGE, 8);
                        },
                        -Errno.ENOMEM),
                row(
                        "MAP_LOCKED",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 8);
                            return m.mmap(mm, FAR, PAGE, RW, ANON | Mman.MAP_LOCKED);
                        },
                        -Errno.EAGAIN),
                row("mlockall of 16", (m, mm) -> m.calls.mlock().mlockall(mm, 1), -Errno.ENOMEM),
                row(
                        "mmap after mlockall for the future",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 8);
                            m.calls.mlock().mlockall(mm, 2);
                            return m.mmap(mm, FAR, PAGE, RW, ANON);
                        },
                        -Errno.EAGAIN),
                row(
                        "mremap grows what is locked",
                        (m, mm) -> {
                            m.mlock(mm, BASE, 8);
                            return m.mremap(mm, BASE, 8, 9, 1, 0);
                        },
                        -Errno.EAGAIN),
                row(
                        "nothing at all, mlock",
                        (m, mm) -> {
                            m.mms.rlimitMemlock(mm, 0);
                            return m.mlock(mm, BASE, 1);
                        },
                        -Errno.EPERM),
                row(
                        "nothing at all, mlockall",
                        (m, mm) -> {
                            m.mms.rlimitMemlock(mm, 0);
                            return m.calls.mlock().mlockall(mm, 1);
                        },
                        -Errno.EPERM),
                row(
                        "nothing at all, MAP_LOCKED",
                        (m, mm) -> {
                            m.mms.rlimitMemlock(mm, 0);
                            return m.mmap(mm, FAR, PAGE, RW, ANON | Mman.MAP_LOCKED);
                        },
                        -Errno.EPERM),
                row(
                        "nothing at all, mlock2 with an unknown flag",
                        (m, mm) -> {
                            m.mms.rlimitMemlock(mm, 0);
                            return m.calls.mlock().mlock2(mm, BASE, PAGE, 2);
                        },
                        -Errno.EINVAL),
                row(
                        "nothing at all, munlock",
                        (m, mm) -> {
                            m.mms.rlimitMemlock(mm, 0);
                            return m.munlock(mm, BASE, 1);
                        },
                        0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void memlockOfEightPages(String name, Call call, long expected) {
        m.map(mm, BASE, 16);
        m.mms.capIpcLock(mm, false);
        m.mms.rlimitMemlock(mm, 8 * PAGE);
        check(call, expected);
    }

    static Stream<Arguments> dataAndAddressSpace() {
        return Stream.of(
                row("writable beyond DATA", (m, mm) -> m.mmap(mm, FAR, 17 * PAGE, RW, FIXED), -Errno.ENOMEM),
                row("read-only beyond DATA", (m, mm) -> m.mmap(mm, FAR, 17 * PAGE, R, FIXED), FAR),
                row(
                        "made writable beyond DATA",
                        (m, mm) -> {
                            m.mmap(mm, FAR, 17 * PAGE, R, FIXED);
                            return m.mprotect(mm, FAR, 17, RW);
                        },
                        -Errno.ENOMEM),
                row("beyond AS", (m, mm) -> m.mmap(mm, FAR, 65 * PAGE, R, FIXED), -Errno.ENOMEM),
                row(
                        "beyond AS, replacing",
                        (m, mm) -> {
                            m.mmap(mm, FAR, 60 * PAGE, R, FIXED);
                            return m.mmap(mm, FAR, 64 * PAGE, R, FIXED);
                        },
                        FAR),
                row(
                        "mremap beyond AS",
                        (m, mm) -> {
                            m.mmap(mm, FAR, 64 * PAGE, R, FIXED);
                            return m.mremap(mm, FAR, 1, 2, 1, 0);
                        },
                        -Errno.ENOMEM));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void dataAndAddressSpace(String name, Call call, long expected) {
        m.mms.rlimitData(mm, 16 * PAGE);
        m.mms.rlimitAs(mm, 64 * PAGE);
        check(call, expected);
        assertEquals(MmTable.RLIM_INFINITY, m.mms.rlimitAs(m.spawn()));
    }
}
