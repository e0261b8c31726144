package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.engine.machine.Inspector;
import org.polymm.engine.machine.Machine;
import org.polymm.lab.replay.Replayer;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceFile;
import org.polymm.lab.trace.TraceHeader;
import org.polymm.lab.trace.TraceWriter;
import org.polymm.lab.trace.TracedFile;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.compose.Composition;

/** What the replay makes of each kind of event, with hand-written traces of a few events and base pages. */
class ReplayerIT {

    private static final long A = 0x10000;
    private static final long PAGE = 4096;
    private static final int RW = 3;
    private static final int PRIVATE_ANON = 0x22;
    private static final int PARENT = 7;
    private static final int CHILD = 8;
    private static final int VFORK = 0x4100;
    private static final int READ_FAULT = 4;
    private static final int WRITE_FAULT = 6;

    private static Laboratory laboratory;

    @TempDir
    private Path folder;

    /** Writes one event of a trace. */
    @FunctionalInterface
    private interface Script {
        void write(Recorder recorder) throws IOException;
    }

    private static final class Recorder {
        private final TraceWriter writer;
        private final TraceEvent event = new TraceEvent();
        private long time;

        Recorder(TraceWriter writer) {
            this.writer = writer;
        }

        void event(int process, TraceEventKind kind, long... values) throws IOException {
            writer.write(event.become(kind, values).at(++time, process, process));
        }

        void sleep(long nanos) {
            time += nanos;
        }

        void begin(int process) throws IOException {
            event(process, TraceEventKind.PROCESS, writer.name("program"));
        }

        void exec(int process) throws IOException {
            event(process, TraceEventKind.EXEC, writer.name("program"));
        }

        void map(int process, long address, long pages) throws IOException {
            event(process, TraceEventKind.MMAP, 0, pages * PAGE, RW, PRIVATE_ANON, 0, 0, address);
        }

        void fault(int process, long address, int error) throws IOException {
            event(process, TraceEventKind.FAULT, address, error);
        }
    }

    /** A finished replay. */
    private record Run(Machine machine, Replayer replayer) {
        boolean present(int process, long address) {
            return (machine.inspect().pagemap(replayer.mm(process), address) & Inspector.PM_PRESENT) != 0;
        }

        boolean mappedOnce(int process, long address) {
            return (machine.inspect().pagemap(replayer.mm(process), address) & Inspector.PM_EXCLUSIVE) != 0;
        }

        List<String> areas(int process) {
            List<String> areas = new ArrayList<>();
            machine.inspect()
                    .forEachVma(
                            replayer.mm(process),
                            (start, end, flags, file, pgoff) ->
                                    areas.add(Long.toHexString(start) + "-" + Long.toHexString(end)));
            return areas;
        }
    }

    @BeforeAll
    static void openPlugins() {
        laboratory = Plugins.open("thp.enabled=never", "machine.memory=64MiB");
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    @Test
    void khugepagedWakesByTheClockOfTheRecording() throws IOException {
        long huge = 512 * PAGE;
        Script script = recorder -> {
            recorder.begin(PARENT);
            recorder.map(PARENT, huge, 512);
            recorder.fault(PARENT, huge, WRITE_FAULT);
            recorder.sleep(2_000_000_000);
            recorder.fault(PARENT, huge + PAGE, WRITE_FAULT);
        };

        assertEquals(9, orderAfter(script, "1000"), "a second of sleep is over");
        assertEquals(0, orderAfter(script, "3000"), "three seconds are not");
    }

    /** Replays with base pages for faults, and 2 MiB pages for khugepaged. */
    private int orderAfter(Script script, String sleepMillis) throws IOException {
        Map<String, String> settings = Map.of(
                "policy.cow-sizing.orders.use",
                "orders/order0",
                "thp.enabled",
                "always",
                "thp.khugepaged.scan_sleep_millisecs",
                sleepMillis,
                "check.level",
                "every");
        Run run = replay(write(script), laboratory.compose(settings, "khugepaged"));
        return run.machine().inspect().folioOrder(run.replayer().mm(PARENT), 512 * PAGE);
    }

    @Test
    void mappingsLieWhereTheRecordingHasThemWhateverTheHintWas() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 4);
            r.fault(PARENT, A + PAGE, WRITE_FAULT);
            r.event(PARENT, TraceEventKind.MPROTECT, A + 2 * PAGE, PAGE, 1, -1, 0);
            r.event(PARENT, TraceEventKind.MUNMAP, A, PAGE, 0);
        });
        assertEquals(List.of("11000-12000", "12000-13000", "13000-14000"), run.areas(PARENT));
        assertTrue(run.present(PARENT, A + PAGE));
        assertEquals(3, run.replayer().report().calls());
        assertEquals(Map.of(), run.replayer().report().diverged());
    }

    @Test
    void aForkedChildSharesPagesUntilOneOfThemWrites() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 2);
            r.fault(PARENT, A, WRITE_FAULT);
            r.fault(PARENT, A + PAGE, WRITE_FAULT);
            r.event(PARENT, TraceEventKind.FORK, CHILD, 0);
            r.fault(CHILD, A, WRITE_FAULT + 1);
        });
        assertNotEquals(run.replayer().mm(PARENT), run.replayer().mm(CHILD));
        assertTrue(run.mappedOnce(PARENT, A));
        assertTrue(run.mappedOnce(CHILD, A));
        assertTrue(run.present(CHILD, A + PAGE) && !run.mappedOnce(CHILD, A + PAGE));
    }

    @Test
    void aVforkChildUsesItsParentsAddressSpaceUntilItExecs() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 2);
            r.event(PARENT, TraceEventKind.FORK, CHILD, VFORK);
            r.fault(CHILD, A, WRITE_FAULT);
            r.exec(CHILD);
            r.map(CHILD, A, 1);
            r.event(CHILD, TraceEventKind.PROCESS_EXIT);
            r.fault(PARENT, A + PAGE, WRITE_FAULT);
        });
        assertTrue(run.mappedOnce(PARENT, A), "what the child wrote is the parent's");
        assertTrue(run.mappedOnce(PARENT, A + PAGE), "the parent outlives the child's exec and exit");
        assertEquals(0, run.replayer().mm(CHILD));
    }

    @Test
    void execLeavesNothingOfTheOldProgram() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 2);
            r.fault(PARENT, A, WRITE_FAULT);
            r.exec(PARENT);
            r.map(PARENT, A + 4 * PAGE, 1);
        });
        assertEquals(List.of("14000-15000"), run.areas(PARENT));
    }

    @Test
    void theHeapBeginsWhereTheFirstBrkFoundIt() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.event(PARENT, TraceEventKind.BRK, 0, 0x500000);
            r.event(PARENT, TraceEventKind.BRK, 0x503000, 0x503000);
            r.fault(PARENT, 0x502008, WRITE_FAULT);
            r.event(PARENT, TraceEventKind.BRK, 0x501000, 0x501000);
        });
        assertEquals(List.of("500000-501000"), run.areas(PARENT));
        assertEquals(Map.of(), run.replayer().report().diverged());
    }

    @Test
    void aMappingThatMovedMovesThereAndOneThatGrewInPlaceGrowsInPlace() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 2);
            r.fault(PARENT, A, WRITE_FAULT);
            r.event(PARENT, TraceEventKind.MREMAP, A, 2 * PAGE, 4 * PAGE, 1, 0, 0x40000);
            r.event(PARENT, TraceEventKind.MREMAP, 0x40000, 4 * PAGE, 5 * PAGE, 1, 0, 0x40000);
        });
        assertEquals(List.of("40000-45000"), run.areas(PARENT));
        assertTrue(run.mappedOnce(PARENT, 0x40000));
        assertEquals(Map.of(), run.replayer().report().diverged());
    }

    @Test
    void aCallThatFailedWhenRecordedIsNotCarriedOut() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 1);
            r.event(PARENT, TraceEventKind.MUNMAP, A, PAGE, -22);
        });
        assertEquals(List.of("10000-11000"), run.areas(PARENT));
        assertEquals(
                Map.of("MUNMAP that failed when it was recorded", 1L),
                run.replayer().report().notReplayed());
    }

    @Test
    void aCallThatSucceededWhenRecordedAndFailsHereIsReportedWithItsErrno() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.event(PARENT, TraceEventKind.MPROTECT, A, PAGE, 1, -1, 0);
            r.event(PARENT, TraceEventKind.MADVISE, A + 1, PAGE, 4, 0);
        });
        assertEquals(
                Map.of("mprotect: ENOMEM", 1L, "madvise MADV_DONTNEED: EINVAL", 1L),
                run.replayer().report().diverged());
    }

    @Test
    void anAccessThatGetsASignalIsCounted() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 1);
            r.fault(PARENT, A, READ_FAULT);
            r.fault(PARENT, A + PAGE, WRITE_FAULT);
        });
        assertEquals(2, run.replayer().report().accesses());
        assertEquals(1, run.replayer().report().refusedAccesses());
    }

    @Test
    void aMachineWithoutMemorySaysWhichEventWasTheFirstThatFoundNone() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 10_000);
            r.map(PARENT, A + 10_000 * PAGE, 10_000);
            for (int page = 0; page < 20_000; page++) {
                r.fault(PARENT, A + page * PAGE, WRITE_FAULT);
            }
        });
        long unbacked = run.replayer().report().unbackedAccesses();
        assertTrue(unbacked > 3_000 && unbacked < 5_000, "64 MiB are 16384 pages: " + unbacked);
        assertEquals(20_003 - unbacked + 1, run.replayer().report().firstOutOfMemory());
        assertEquals(0, run.replayer().report().refusedAccesses());
    }

    @Test
    void mlockPopulatesWithoutAnyRecordedFault() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 3);
            r.event(PARENT, TraceEventKind.MLOCK, A, 3 * PAGE, 0, 0);
        });
        assertTrue(run.mappedOnce(PARENT, A + 2 * PAGE));
        assertEquals(0, run.replayer().report().accesses());
    }

    @Test
    void anAccessOfEveryAccessTraceMayCrossPages() throws IOException {
        Run run = replay(r -> {
            r.begin(PARENT);
            r.map(PARENT, A, 3);
            r.event(PARENT, TraceEventKind.ACCESSED, A + PAGE - 4, 8, 1);
        });
        assertTrue(run.mappedOnce(PARENT, A));
        assertTrue(run.mappedOnce(PARENT, A + PAGE));
        assertTrue(!run.present(PARENT, A + 2 * PAGE));
    }

    @Test
    void whatCannotBeReplayedIsNamed() throws IOException {
        Path file = folder.resolve("other.mmt");
        try (TraceWriter writer = TraceWriter.create(file)) {
            Recorder recorder = new Recorder(writer);
            recorder.begin(PARENT);
            recorder.event(PARENT, TraceEventKind.OTHER, writer.name("userfaultfd"), 0, 0, 0, 0, 0, 0, 5);
            writer.finish(header(12));
        }
        Run run = replay(file);
        assertEquals(
                Map.of("system call userfaultfd", 1L), run.replayer().report().notReplayed());
    }

    @Test
    void twoMappingsOfOneFileShareItsPagesAndWritesToAPrivateOneStayPrivate() throws IOException {
        Path file = folder.resolve("file.mmt");
        try (TraceWriter writer = TraceWriter.create(file)) {
            Recorder recorder = new Recorder(writer);
            recorder.begin(PARENT);
            int mapped = writer.file(new TracedFile("fe:00", 42, 0, "/data"));
            recorder.event(PARENT, TraceEventKind.MMAP, 0, 2 * PAGE, RW, 1, mapped, 0, A);
            recorder.event(PARENT, TraceEventKind.MMAP, 0, 2 * PAGE, RW, 2, mapped, 0, 0x40000);
            recorder.fault(PARENT, A, WRITE_FAULT);
            recorder.fault(PARENT, 0x40000, READ_FAULT);
            recorder.fault(PARENT, 0x40000 + PAGE, WRITE_FAULT);
            writer.finish(header(12));
        }
        Run run = replay(file);
        long shared = run.machine().inspect().pagemap(run.replayer().mm(PARENT), A);
        long alias = run.machine().inspect().pagemap(run.replayer().mm(PARENT), 0x40000);
        long copy = run.machine().inspect().pagemap(run.replayer().mm(PARENT), 0x40000 + PAGE);
        assertEquals(shared & Inspector.PM_PFN, alias & Inspector.PM_PFN);
        assertEquals(0, copy & Inspector.PM_FILE, "a private write makes an anonymous page");
    }

    @Test
    void aTraceOfAnotherPageSizeIsRefused() throws IOException {
        Path file = folder.resolve("large-pages.mmt");
        try (TraceWriter writer = TraceWriter.create(file)) {
            new Recorder(writer).begin(PARENT);
            writer.finish(header(16));
        }
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> replay(file));
        assertTrue(e.getMessage().contains("65536"), e.getMessage());
    }

    private Run replay(Script script) throws IOException {
        return replay(write(script));
    }

    private Path write(Script script) throws IOException {
        Path file = folder.resolve("script.mmt");
        try (TraceWriter writer = TraceWriter.create(file)) {
            script.write(new Recorder(writer));
            writer.finish(header(12));
        }
        return file;
    }

    private static Run replay(Path file) throws IOException {
        return replay(file, laboratory.compose());
    }

    private static Run replay(Path file, Composition composition) throws IOException {
        Machine machine = composition.blueprint().create();
        try (Replayer replayer = Replayer.of(machine, TraceFile.open(file))) {
            while (replayer.next()) {
                replayer.apply();
            }
            assertEquals(List.of(), machine.check(), "every invariant holds");
            return new Run(machine, replayer);
        }
    }

    private static TraceHeader header(int pageShift) {
        return new TraceHeader("", "", "", "", "", "", "", "", pageShift, Granularity.FAULTS);
    }

    @Test
    void whatIsCutOffAFileOrPunchedOutIsUnmappedAndComesBack() throws IOException {
        Run run = replay(recorder -> {
            recorder.begin(PARENT);
            long file = recorder.writer.file(new TracedFile("8:1", 12, 1, "/tmp/data"));
            recorder.event(PARENT, TraceEventKind.FTRUNCATE, 3, file, 8 * PAGE, 0);
            recorder.event(PARENT, TraceEventKind.MMAP, 0, 8 * PAGE, RW, 1, file, 0, A);
            for (int page = 0; page < 8; page++) {
                recorder.fault(PARENT, A + page * PAGE, WRITE_FAULT);
            }
            recorder.event(PARENT, TraceEventKind.FTRUNCATE, 3, file, 6 * PAGE, 0);
            recorder.event(PARENT, TraceEventKind.FALLOCATE, 3, file, 3, PAGE + 100, 3 * PAGE, 0);
            recorder.event(PARENT, TraceEventKind.FALLOCATE, 3, file, 0, 0, 8 * PAGE, 0);
            recorder.event(PARENT, TraceEventKind.FTRUNCATE, 4, 0, 0, 0);
            recorder.fault(PARENT, A + 7 * PAGE, WRITE_FAULT);
        });

        List<Integer> gone = new ArrayList<>();
        for (int page = 0; page < 8; page++) {
            if (!run.present(PARENT, A + page * PAGE)) {
                gone.add(page);
            }
        }
        assertEquals(List.of(2, 3, 6), gone);
        assertEquals(0, run.replayer().report().refusedAccesses());
        assertEquals(3, run.replayer().report().notReplayed().size());
    }
}
