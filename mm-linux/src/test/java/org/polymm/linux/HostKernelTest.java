package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Drives the kernel of the host the tests run on. */
class HostKernelTest {
    private static final long BASE = HostKernel.BASE;
    private static final long PAGE = HostKernel.PAGE;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final int EPERM = 1;
    private static final int ESRCH = 3;
    private static final int ENOMEM = 12;
    private static final int EEXIST = 17;

    private static HostKernel kernel;
    private final HostSnapshot snapshot = new HostSnapshot(BASE, 32);

    @BeforeAll
    static void start() {
        try {
            kernel = HostKernel.start(HostOptions.DEFAULT);
        } catch (HostUnavailableException e) {
            abort(e.getMessage());
        }
    }

    @AfterEach
    void endWorkers() {
        assertTrue(kernel.reset().next().isSuccess());
        assertEquals(0, kernel.pending());
    }

    @AfterAll
    static void stop() {
        if (kernel != null) {
            kernel.close();
        }
    }

    private static HostReply mapAnonymous(int worker, long address, int pages) {
        long got = kernel.call(
                        worker,
                        SystemCalls.MMAP,
                        address,
                        pages * PAGE,
                        PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS,
                        -1,
                        0)
                .next()
                .value();
        assertEquals(address, got);
        return call(worker, SystemCalls.MADVISE, address, pages * PAGE, MADV_NOHUGEPAGE);
    }

    private static HostReply call(int worker, int number, long a, long b, long c) {
        return kernel.call(worker, number, a, b, c, 0, 0, 0).next();
    }

    private HostSnapshot look() {
        return snapshot.read(kernel.snapshot(BASE, snapshot.pages(), true, true).next());
    }

    @Test
    void aForkSharesPagesUntilOneSideWrites() {
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 4);
        assertEquals(4, kernel.storeRange(0, BASE, 4, 100, 1).next().count());
        assertTrue(kernel.fork(0, 3).next().isSuccess());

        look();
        assertEquals(2, snapshot.processCount());
        assertEquals(3, snapshot.workerAt(1));
        assertEquals(1, snapshot.slotOf(3));
        for (int page = 0; page < 4; page++) {
            assertEquals(2, snapshot.mapcount(0, page));
            assertEquals(snapshot.pfn(0, page), snapshot.pfn(1, page));
            assertEquals(0, snapshot.pagemap(0, page) & HostSnapshot.MAPPED_ONCE);
            assertTrue(snapshot.hasContent(1, page));
            assertEquals(100 + page, snapshot.content(1, page));
            assertNotEquals(0, snapshot.flags(0, page) & HostSnapshot.KPF_ANON);
        }

        kernel.store(3, BASE + PAGE, 7).next();
        look();
        assertEquals(1, snapshot.mapcount(0, 1));
        assertEquals(1, snapshot.mapcount(1, 1));
        assertNotEquals(snapshot.pfn(0, 1), snapshot.pfn(1, 1));
        assertEquals(101, snapshot.content(0, 1));
        assertEquals(7, snapshot.content(1, 1));
        assertEquals(2, snapshot.mapcount(0, 2));

        kernel.exit(0).next();
        look();
        assertEquals(1, snapshot.processCount());
        assertEquals(1, snapshot.mapcount(0, 2));
    }

    @Test
    void readingContentsBackBreaksNoSharing() {
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 2);
        kernel.storeRange(0, BASE, 2, 5, 0).next();
        kernel.fork(0, 1).next();
        for (int i = 0; i < 5; i++) {
            look();
        }
        assertEquals(2, snapshot.mapcount(0, 0));
        assertEquals(snapshot.pfn(0, 0), snapshot.pfn(1, 0));
    }

    @Test
    void vmasAreShownWithTheirFlags() {
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 8);
        call(0, SystemCalls.MPROTECT, BASE + 2 * PAGE, 2 * PAGE, PROT_READ);
        assertTrue(call(0, SystemCalls.MLOCK, BASE + 4 * PAGE, PAGE, 0).isSuccess());
        look();
        assertEquals(4, snapshot.vmaCount(0));
        assertEquals(BASE, snapshot.vmaStart(0, 0));
        assertEquals(BASE + 2 * PAGE, snapshot.vmaEnd(0, 0));
        int plain = HostSnapshot.VMA_NOHUGEPAGE | HostSnapshot.VMA_READ;
        assertEquals(plain | HostSnapshot.VMA_WRITE, snapshot.vmaBits(0, 0));
        assertEquals(plain, snapshot.vmaBits(0, 1));
        assertEquals(plain | HostSnapshot.VMA_WRITE | HostSnapshot.VMA_LOCKED, snapshot.vmaBits(0, 2));
        assertNotEquals(0, snapshot.flags(0, 4) & HostSnapshot.KPF_MLOCKED);
        assertNotEquals(0, snapshot.flags(0, 4) & HostSnapshot.KPF_UNEVICTABLE);

        call(0, SystemCalls.MUNLOCK, BASE + 4 * PAGE, PAGE, 0);
        look();
        assertEquals(3, snapshot.vmaCount(0));
        assertEquals(0, snapshot.flags(0, 4) & HostSnapshot.KPF_MLOCKED);
    }

    @Test
    void anAccessThatIsNotAllowedIsReportedAsItsSignal() {
        kernel.spawn(0, true).next();
        HostReply nothing = kernel.load(0, BASE).next();
        assertEquals(HostReply.SIGSEGV, nothing.signal());
        assertEquals(1, nothing.signalCode(), "SEGV_MAPERR");

        mapAnonymous(0, BASE, 4);
        call(0, SystemCalls.MPROTECT, BASE + 2 * PAGE, PAGE, PROT_READ);
        HostReply range = kernel.storeRange(0, BASE, 4, 9, 1).next();
        assertEquals(2, range.count());
        assertEquals(HostReply.SIGSEGV, range.signal());
        assertEquals(2, range.signalCode(), "SEGV_ACCERR");

        HostReply loads = kernel.loadRange(0, BASE, 4, true).next();
        assertTrue(loads.isSuccess());
        assertEquals(4, loads.words());
        assertEquals(10, loads.word(1));
        assertEquals(0, loads.word(3));
    }

    @Test
    void aFileIsTheSameForWorkersOldAndNew() {
        kernel.spawn(0, true).next();
        assertEquals(
                HostKernel.descriptor(5),
                kernel.file(5, 4, HostFileKind.MEMFD, 1000, 1).next().value());
        kernel.spawn(1, true).next();
        for (int worker = 0; worker < 2; worker++) {
            HostReply mapped = kernel.call(
                            worker,
                            SystemCalls.MMAP,
                            BASE,
                            6 * PAGE,
                            PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_FIXED,
                            HostKernel.descriptor(5),
                            0)
                    .next();
            assertEquals(BASE, mapped.value());
        }
        kernel.store(0, BASE + PAGE, 55).next();
        assertEquals(55, kernel.load(1, BASE + PAGE).next().value());
        assertEquals(1002, kernel.load(1, BASE + 2 * PAGE).next().value());
        assertEquals(55, kernel.loadFile(5, PAGE).next().value());
        assertEquals(HostReply.SIGBUS, kernel.load(1, BASE + 4 * PAGE).next().signal());
        look();
        assertEquals(2, snapshot.mapcount(0, 1));
        assertNotEquals(0, snapshot.pagemap(0, 1) & HostSnapshot.FILE);
        assertEquals(EEXIST, kernel.file(5, 1, HostFileKind.MEMFD, 0, 0).next().errno());
    }

    @Test
    void aRegularFileMapsPrivately() {
        kernel.spawn(0, true).next();
        assertTrue(kernel.file(0, 2, HostFileKind.REGULAR, 30, 1).next().isSuccess());
        kernel.call(
                        0,
                        SystemCalls.MMAP,
                        BASE,
                        2 * PAGE,
                        PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_FIXED,
                        HostKernel.descriptor(0),
                        0)
                .next();
        assertEquals(31, kernel.load(0, BASE + PAGE).next().value());
        kernel.store(0, BASE, 77).next();
        look();
        assertNotEquals(0, snapshot.flags(0, 0) & HostSnapshot.KPF_ANON);
        assertEquals(0, snapshot.flags(0, 1) & HostSnapshot.KPF_ANON);
        assertEquals(30, kernel.loadFile(0, 0).next().value());
    }

    @Test
    void theLimitOfLockedMemoryBindsAnUnprivilegedWorker() {
        kernel.spawn(0, false).next();
        mapAnonymous(0, BASE, 4);
        assertTrue(kernel.limit(0, 8, 2 * PAGE, 2 * PAGE).next().isSuccess());
        assertTrue(call(0, SystemCalls.MLOCK, BASE, 2 * PAGE, 0).isSuccess());
        assertEquals(ENOMEM, call(0, SystemCalls.MLOCK, BASE, 4 * PAGE, 0).errno());
        assertTrue(kernel.limit(0, 8, 0, 0).next().isSuccess());
        assertEquals(EPERM, call(0, SystemCalls.MLOCK, BASE, PAGE, 0).errno());
        kernel.spawn(1, true).next();
        mapAnonymous(1, BASE, 4);
        kernel.limit(1, 8, 0, 0).next();
        assertTrue(call(1, SystemCalls.MLOCK, BASE, 4 * PAGE, 0).isSuccess());
    }

    @Test
    void aWorkerThatEndsByItselfIsReportedAndItsNumberIsFreeAgain() {
        kernel.spawn(0, true).next();
        HostReply reply = kernel.call(0, 231, 0, 0, 0, 0, 0, 0).next();
        assertTrue(reply.died());
        assertFalse(reply.isSuccess());
        assertEquals(ESRCH, kernel.load(0, BASE).next().errno());
        kernel.spawn(1, true).next();
        assertTrue(kernel.spawn(0, true).next().isSuccess());
        assertEquals(HostReply.SIGSEGV, kernel.load(0, BASE).next().signal());
    }

    @Test
    void requestsThatMakeNoSenseAreRefused() {
        assertTrue(kernel.exit(2).next().refused());
        kernel.spawn(2, true).next();
        assertEquals(EEXIST, kernel.spawn(2, true).next().errno());
        assertEquals(EEXIST, kernel.fork(2, 2).next().errno());
        assertTrue(kernel.fork(2, HostKernel.WORKERS).next().refused());
        assertTrue(kernel.storeRange(2, BASE, HostKernel.MAX_PAGES + 1, 0, 0)
                .next()
                .refused());
        assertTrue(kernel.snapshot(BASE + 1, 1, false, false).next().refused());
    }

    @Test
    void aStreamOfRequestsIsAnsweredInOrder() {
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 32);
        kernel.storeRange(0, BASE, 32, 1, 1).next();
        int sent = 0;
        for (int heard = 0; heard < 5000; heard++) {
            while (kernel.room() > 0 && sent < 5000) {
                if (sent % 10 == 9) {
                    kernel.snapshot(BASE, 32, true, false);
                } else {
                    kernel.load(0, BASE + sent % 10 * PAGE);
                }
                sent++;
            }
            HostReply reply = kernel.next();
            if (heard % 10 == 9) {
                assertEquals(32, snapshot.read(reply).content(0, 31));
            } else {
                assertEquals(heard % 10 + 1, reply.value());
            }
        }
    }

    @Test
    void textsOfProcAreRead() {
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 1);
        assertTrue(kernel.text(0, HostText.MAPS).next().text().startsWith("100000000000-100000001000 rw-p"));
        assertTrue(kernel.text(0, HostText.SMAPS).next().text().contains("VmFlags:"));
        assertTrue(kernel.text(0, HostText.STATUS).next().text().contains("VmLck:"));
        assertTrue(kernel.text(0, HostText.VMSTAT).next().text().contains("nr_mlock "));
    }

    @Test
    void framesAreSeenAfterTheirPagesWereUnmapped() {
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 1);
        kernel.store(0, BASE, 1).next();
        long pfn = look().pfn(0, 0);
        HostReply frame = kernel.frames(pfn, 1).next();
        assertEquals(1, frame.word(1));
        assertEquals(pfn, frame.word(2));
        assertEquals(1, frame.word(3));
        call(0, SystemCalls.MUNMAP, BASE, PAGE, 0);
        assertEquals(0, look().vmaCount(0));
        assertEquals(0, snapshot.pagemap(0, 0));
        assertTrue(kernel.frames(pfn, 1).next().isSuccess());
    }

    @Test
    void twoThousandRandomOperationsLookTheSameTwice() {
        RandomProgram program = new RandomProgram(kernel);
        long seed = 20260101;
        long[] once = program.run(seed, 2000, 5);
        assertTrue(kernel.reset().next().isSuccess());
        long[] again = program.run(seed, 2000, 5);
        assertTrue(kernel.reset().next().isSuccess());
        int difference = Arrays.mismatch(once, again);
        assertEquals(-1, difference, "answer of which the two runs of seed " + seed + " differ");
        assertNotEquals(-1, Arrays.mismatch(once, program.run(seed + 1, 2000, 5)), "the comparison sees something");
    }

    @Test
    void aHelperThatWasKilledIsAClearError() throws HostUnavailableException {
        try (HostKernel other = HostKernel.start(HostOptions.DEFAULT)) {
            long worker = other.spawn(0, true).next().value();
            ProcessHandle process = ProcessHandle.of(worker).orElseThrow();
            process.parent().orElseThrow().destroyForcibly();
            HostLostException lost = assertThrows(
                    HostLostException.class, () -> other.load(0, BASE).next());
            assertEquals("the helper process ended with status 137", lost.getMessage());
            process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void aCpuThatDoesNotExistIsAClearError() {
        HostUnavailableException refused = assertThrows(
                HostUnavailableException.class, () -> HostKernel.start(new HostOptions(1000, Path.of("/var/tmp"))));
        assertTrue(String.valueOf(refused.getMessage()).contains("cannot run on CPU 1000"), refused.getMessage());
    }

    @Test
    void aPinHoldsItsPageThroughForkAndDiscard() {
        assumePins();
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 4);
        kernel.storeRange(0, BASE, 4, 10, 1).next();
        HostReply pinned = kernel.pin(0, 5, BASE + PAGE, 2 * PAGE).next();
        assertTrue(pinned.isSuccess(), pinned.toString());
        assertTrue(kernel.text(0, HostText.STATUS).next().text().contains("VmPin:\t       8 kB"));
        long pfn = look().pfn(0, 1);

        kernel.fork(0, 1).next();
        look();
        assertEquals(pfn, snapshot.pfn(0, 1), "the parent keeps what is pinned");
        assertEquals(1, snapshot.mapcount(0, 1));
        assertEquals(2, snapshot.mapcount(0, 0), "what is not pinned is shared");
        assertNotEquals(pfn, snapshot.pfn(1, 1), "the child has a copy at once");

        kernel.store(0, BASE + PAGE, 30).next();
        assertEquals(30, kernel.loadPin(0, 5, 0).next().value());
        assertTrue(kernel.storePin(0, 5, PAGE, 40).next().isSuccess());
        assertEquals(40, kernel.load(0, BASE + 2 * PAGE).next().value());
        assertEquals(12, kernel.load(1, BASE + 2 * PAGE).next().value());

        call(0, SystemCalls.MADVISE, BASE + PAGE, PAGE, MADV_DONTNEED);
        kernel.store(0, BASE + PAGE, 50).next();
        assertEquals(30, kernel.loadPin(0, 5, 0).next().value(), "the device still has the old page");
        assertTrue(kernel.loadPin(1, 5, 0).next().refused(), "a child has no pins");
        assertTrue(kernel.loadPin(0, 5, 2 * PAGE).next().refused(), "a word beyond the pin");

        assertTrue(kernel.unpin(0, 5).next().isSuccess());
        assertTrue(kernel.text(0, HostText.STATUS).next().text().contains("VmPin:\t       0 kB"));
        assertTrue(kernel.unpin(0, 5).next().refused());
    }

    @Test
    void thePinsOfAWorkerEndWithIt() {
        assumePins();
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 1);
        kernel.store(0, BASE, 1).next();
        long pfn = look().pfn(0, 0);
        assertTrue(kernel.pin(0, 0, BASE, PAGE).next().isSuccess());
        kernel.fork(0, 1).next();
        call(0, SystemCalls.MUNMAP, BASE, PAGE, 0);
        assertNotEquals(0, kernel.frames(pfn, 1).next().word(0) & HostSnapshot.KPF_ANON, "held by the pin");
        kernel.exit(0).next();
        HostReply frame = kernel.drain().frames(pfn, 1).next();
        assertTrue(frame.isSuccess());
        frame = kernel.next();
        assertTrue(
                (frame.word(0) & HostSnapshot.KPF_ANON) == 0 || frame.word(1) > 0,
                "the frame is free, or somebody else's by now");
    }

    private static void assumePins() {
        HostAvailability host = HostAvailability.probe();
        assumeTrue(
                host.has(HostFeature.IO_URING),
                host.reasonsAgainst(Set.of(HostFeature.IO_URING)).toString());
    }

    @Test
    void aReferenceKeepsAPageWithoutKeepingItFromBeingShared() {
        kernel.spawn(0, true).next();
        mapAnonymous(0, BASE, 20);
        kernel.storeRange(0, BASE, 20, 10, 1).next();
        HostReply taken = kernel.reference(0, 1, BASE, 20 * PAGE).next();
        assertTrue(taken.isSuccess(), taken.toString());
        kernel.store(0, BASE, 5).next();
        assertEquals(5, kernel.loadReference(0, 1, 0).next().value(), "written in place");

        kernel.fork(0, 1).next();
        assertEquals(2, look().mapcount(0, 0), "shared, unlike with a pin");
        kernel.store(0, BASE, 6).next();
        assertEquals(5, kernel.loadReference(0, 1, 0).next().value(), "copied");
        assertEquals(5, kernel.loadReference(0, 1, 0).next().value(), "looking changes nothing");
        assertEquals(29, kernel.loadReference(0, 1, 19 * PAGE).next().value());
        assertTrue(kernel.loadReference(0, 1, 20 * PAGE).next().refused());
        assertTrue(kernel.loadReference(1, 1, 0).next().refused());
        assertTrue(kernel.release(0, 1).next().isSuccess());
        assertTrue(kernel.release(0, 1).next().refused());
    }
}
