package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drives userfaultfd on the kernel of the host the tests run on. */
class HostUserfaultTest {
    private static final long BASE = HostKernel.BASE;
    private static final long PAGE = HostKernel.PAGE;
    private static final int PATIENCE = 5000;
    private static final int EEXIST = 17;

    private static HostKernel kernel;
    private final HostSnapshot snapshot = new HostSnapshot(BASE, 16);
    private HostUserfault uffd;

    @BeforeAll
    static void start() {
        HostAvailability host = HostAvailability.probe();
        List<HostFeature> needed = List.of(HostFeature.MACHINE, HostFeature.USERFAULTFD);
        assumeTrue(
                host.reasonsAgainst(needed).isEmpty(),
                host.reasonsAgainst(needed).toString());
        try {
            kernel = HostKernel.start(HostOptions.DEFAULT);
        } catch (HostUnavailableException e) {
            abort(e.getMessage());
        }
    }

    @AfterAll
    static void stop() {
        if (kernel != null) {
            kernel.close();
        }
    }

    @BeforeEach
    void spawn() {
        assertTrue(kernel.reset().next().isSuccess());
        kernel.spawn(0, true).next();
        kernel.call(0, SystemCalls.MMAP, BASE, 16 * PAGE, 3, 0x32, -1, 0).next();
        kernel.call(0, SystemCalls.MADVISE, BASE, 16 * PAGE, 15, 0, 0, 0).next();
        uffd = kernel.userfault(0, 1);
    }

    private void openAndRegister(long features, int modes) {
        HostReply opened = uffd.open(features).next();
        assumeTrue(opened.isSuccess(), "userfaultfd with features 0x" + Long.toHexString(features) + ": " + opened);
        HostReply registered = uffd.register(BASE, 16 * PAGE, modes).next();
        assertTrue(registered.isSuccess(), registered.toString());
    }

    private void look() {
        snapshot.read(kernel.snapshot(BASE, 16, true, true).next());
    }

    @Test
    void aLoadOfAMissingPageWaitsUntilThePageIsCopied() {
        openAndRegister(0, HostUserfault.MODE_MISSING);
        look();
        assertNotEquals(0, snapshot.vmaBits(0, 0) & HostSnapshot.VMA_UFFD_MISSING);

        assertTrue(kernel.startLoad(0, 0, BASE + 3 * PAGE).next().isSuccess());
        HostReply message = uffd.messages(PATIENCE).next();
        assertEquals(1, message.count());
        assertEquals(0x12, message.word(0));
        assertEquals(0, message.word(1) & HostUserfault.FAULT_WRITE);
        assertEquals(BASE + 3 * PAGE, message.word(2) & -PAGE);
        assertEquals(0, kernel.finish(0, 0, 20).next().count(), "it waits");

        assertEquals(
                2 * PAGE, uffd.copy(BASE + 3 * PAGE, 2 * PAGE, 70, 1, 0).next().value());
        HostReply over = kernel.finish(0, 0, PATIENCE).next();
        assertEquals(1, over.count());
        assertEquals(70, over.value());
        assertEquals(71, kernel.load(0, BASE + 4 * PAGE).next().value());
        assertEquals(EEXIST, uffd.copy(BASE + 3 * PAGE, PAGE, 0, 0, 0).next().errno());
        assertTrue(kernel.finish(0, 0, 0).next().refused());
    }

    @Test
    void aWriteToAProtectedPageWaitsUntilTheProtectionIsTakenAway() {
        kernel.storeRange(0, BASE, 16, 1, 1).next();
        openAndRegister(0, HostUserfault.MODE_WP);
        assertTrue(uffd.writeProtect(BASE + PAGE, PAGE, HostUserfault.WP).next().isSuccess());
        look();
        assertNotEquals(0, snapshot.pagemap(0, 1) & HostSnapshot.UFFD_WP);
        assertEquals(0, snapshot.pagemap(0, 2) & HostSnapshot.UFFD_WP);
        assertEquals(2, snapshot.content(0, 1));

        kernel.startStore(0, 5, BASE + PAGE, 99).next();
        HostReply message = uffd.messages(PATIENCE).next();
        assertEquals(HostUserfault.FAULT_WP | HostUserfault.FAULT_WRITE, message.word(1));
        assertTrue(uffd.writeProtect(BASE + PAGE, PAGE, 0).next().isSuccess());
        assertEquals(1, kernel.finish(0, 5, PATIENCE).next().count());
        assertEquals(99, kernel.load(0, BASE + PAGE).next().value());
    }

    @Test
    void withoutWaitingAnAccessRaisesSigbus() {
        openAndRegister(HostUserfault.FEATURE_SIGBUS, HostUserfault.MODE_MISSING);
        assertEquals(HostReply.SIGBUS, kernel.load(0, BASE).next().signal());
        assertTrue(uffd.zeropage(BASE, PAGE, 0).next().isSuccess());
        assertEquals(0, kernel.load(0, BASE).next().signal());
        look();
        assertNotEquals(0, snapshot.flags(0, 0) & HostSnapshot.KPF_ZERO_PAGE);
        assertTrue(uffd.unregister(BASE, 16 * PAGE).next().isSuccess());
        assertTrue(kernel.load(0, BASE + PAGE).next().isSuccess());
    }

    @Test
    void aMinorFaultIsResolvedByWhatIsInThePageCache() {
        kernel.file(0, 16, HostFileKind.MEMFD, 500, 1).next();
        kernel.call(0, SystemCalls.MMAP, BASE, 16 * PAGE, 3, 0x11, HostKernel.descriptor(0), 0)
                .next();
        openAndRegister(HostUserfault.FEATURE_MINOR_SHMEM, HostUserfault.MODE_MINOR);
        kernel.startLoad(0, 0, BASE + PAGE).next();
        HostReply message = uffd.messages(PATIENCE).next();
        assertNotEquals(0, message.word(1) & HostUserfault.FAULT_MINOR);
        assertEquals(PAGE, uffd.continueWith(BASE + PAGE, PAGE, 0).next().value());
        assertEquals(501, kernel.finish(0, 0, PATIENCE).next().value());
    }

    @Test
    void aPoisonedPageRaisesSigbus() {
        openAndRegister(HostUserfault.FEATURE_POISON, HostUserfault.MODE_MISSING);
        assertEquals(PAGE, uffd.poison(BASE, PAGE, 0).next().value());
        HostReply load = kernel.load(0, BASE).next();
        assertEquals(HostReply.SIGBUS, load.signal());
    }

    @Test
    void childrenHaveNoUserfaultfd() {
        openAndRegister(0, HostUserfault.MODE_MISSING);
        kernel.fork(0, 2).next();
        assertTrue(kernel.load(2, BASE).next().isSuccess());
        assertTrue(kernel.userfault(2, 1).close().next().refused());
        assertTrue(uffd.open(0).next().refused(), "it is open already");
        assertTrue(uffd.close().next().isSuccess());
        assertTrue(kernel.load(0, BASE).next().isSuccess());
    }

    @Test
    void aForkThatIsToldOfGivesTheParentAUserfaultfdOfItsChild() {
        openAndRegister(HostUserfault.FEATURE_EVENT_FORK, HostUserfault.MODE_MISSING);
        kernel.fork(0, 2).next();
        HostReply message = uffd.change(PATIENCE).next();
        assertEquals(1, message.count());
        assertEquals(HostUserfault.EVENT_FORK, message.word(0));
        HostUserfault ofChild = kernel.userfault(0, (int) message.word(1));

        assertTrue(kernel.startLoad(2, 0, BASE + PAGE).next().isSuccess());
        assertEquals(0, kernel.finish(2, 0, 20).next().count(), "the child is watched");
        assertEquals(PAGE, ofChild.copy(BASE + PAGE, PAGE, 70, 0, 0).next().value());
        assertEquals(70, kernel.finish(2, 0, PATIENCE).next().value());
        assertEquals(0, uffd.change(0).next().count());
    }

    @Test
    void aCallThatUnmapsIsOverWhenItsMessageWasReadByTheWorkersOwnThread() {
        openAndRegister(HostUserfault.FEATURE_EVENT_UNMAP, HostUserfault.MODE_MISSING);
        assertTrue(kernel.call(0, SystemCalls.MUNMAP, BASE + PAGE, 2 * PAGE, 0, 0, 0, 0)
                .next()
                .isSuccess());
        HostReply message = uffd.change(PATIENCE).next();
        assertEquals(HostUserfault.EVENT_UNMAP, message.word(0));
        assertEquals(BASE + PAGE, message.word(1));
        assertEquals(BASE + 3 * PAGE, message.word(2));
    }
}
