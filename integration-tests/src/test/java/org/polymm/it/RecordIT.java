package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.engine.frame.Work;
import org.polymm.engine.machine.Machine;
import org.polymm.lab.record.Recorder;
import org.polymm.lab.replay.Replayer;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.lab.trace.TraceFile;
import org.polymm.runtime.Laboratory;

/** Records programs of this host. Skipped, with the reason, where perf is not allowed. */
class RecordIT {
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage");

    @TempDir
    Path folder;

    @BeforeEach
    void whatIsNeededIsThere() {
        List<String> missing = Recorder.missing();
        assumeTrue(missing.isEmpty(), () -> "recording is not possible here: " + String.join("; ", missing));
    }

    /** Runs the command as a user does, in a process of its own: the program's output is then not this test's. */
    private static Process start(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.polymm.lab.cli.Main",
                "record"));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line).start();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private Path record(String... command) throws Exception {
        Path trace = folder.resolve("program.mmt");
        List<String> arguments = new ArrayList<>(List.of("-o", trace.toString(), "--"));
        arguments.addAll(List.of(command));
        Process run = start(arguments.toArray(String[]::new));
        String said = text(run.getErrorStream());
        assertEquals(0, run.waitFor(), said);
        assertTrue(said.contains("the program exited with 0"), said);
        return trace;
    }

    private static Map<Path, String> settings() throws IOException {
        Map<Path, String> settings = new TreeMap<>();
        try (Stream<Path> files = Files.walk(HUGE_PAGES)) {
            for (Path file : files.filter(file -> file.endsWith("enabled")).toList()) {
                settings.put(file, Files.readString(file));
            }
        }
        return settings;
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** As {@link RecordingReplayIT} holds the bundled recordings to it; the page cache may have covered a few reads of files. */
    private static void assertEveryFaultIsPredicted(Path trace) throws IOException {
        int faults = 0;
        List<String> different = new ArrayList<>();
        try (Laboratory laboratory = Plugins.open("thp.enabled=never")) {
            Machine machine = laboratory.compose().blueprint().create();
            try (Replayer replayer = Replayer.of(machine, TraceFile.open(trace))) {
                while (replayer.next()) {
                    long before = machine.memory().vmstat().get(Work.TRAPS);
                    replayer.apply();
                    long traps = machine.memory().vmstat().get(Work.TRAPS) - before;
                    TraceEvent event = replayer.event();
                    boolean fault = event.kind() == TraceEventKind.FAULT;
                    faults += fault ? 1 : 0;
                    if (traps != (fault ? 1 : 0)) {
                        boolean write = fault && (event.getInt(TraceField.ERROR_CODE) & TraceEvent.FAULT_WRITE) != 0;
                        assertTrue(fault && traps == 0 && !write, event + " took " + traps + " faults");
                        different.add(event.toString());
                    }
                }
                assertEquals(Map.of(), replayer.report().diverged());
                assertEquals(Map.of(), replayer.report().notReplayed());
            }
        }
        assertTrue(faults > 50, "faults recorded: " + faults);
        assertTrue(different.size() <= 5, different.toString());
    }

    @Test
    void aProgramThatDoesNothingIsRecordedAndItsFaultsArePredicted() throws Exception {
        assertEveryFaultIsPredicted(record("/bin/true"));
    }

    @Test
    void aProgramThatForksAndWritesToSharedMemoryIsRecordedAndItsFaultsArePredicted() throws Exception {
        Path trace = record(
                "sh",
                "-c",
                "x=0123456789; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do x=$x$x; done; (x=$x$x; :) ; x=${x}y");
        assertEveryFaultIsPredicted(trace);
        CommandRun info = CommandRun.plain("trace-info", trace.toString());
        assertTrue(info.out().contains("FORK"), info.toString());
        assertTrue(info.out().contains("polymm record, "), info.toString());
        assertEquals(0, CommandRun.run("compare", trace.toString()).exitCode());
    }

    @Test
    void theProgramKeepsItsStreamsAndNothingButTheTraceIsLeft() throws Exception {
        Map<Path, String> before = settings();
        Path trace = folder.resolve("streams.mmt");
        Process run = start(
                "-o",
                trace.toString(),
                "--keep-text",
                folder.resolve("streams.txt").toString(),
                "--",
                "sh",
                "-c",
                "read x; echo out $x; echo err $x >&2; exit 7");
        run.getOutputStream().write("given\n".getBytes(StandardCharsets.UTF_8));
        run.getOutputStream().close();
        assertEquals("out given\n", text(run.getInputStream()));
        String said = text(run.getErrorStream());
        assertEquals(0, run.waitFor(), said);
        assertTrue(said.contains("err given\n"), said);
        assertTrue(said.contains("the program exited with 7"), said);
        assertEquals(List.of("streams.mmt", "streams.txt"), left());
        assertEquals(before, settings());
        CommandRun again = CommandRun.plain(
                "import",
                "-o",
                folder.resolve("again.mmt").toString(),
                folder.resolve("streams.txt").toString());
        assertEquals(0, again.exitCode(), again.toString());
    }

    @Test
    void aRecordingThatIsBrokenOffGivesTheSettingsBackAndLeavesNothing() throws Exception {
        Map<Path, String> before = settings();
        Process run = start("-o", folder.resolve("broken.mmt").toString(), "--", "sleep", "1000");
        while (run.isAlive() && run.descendants().noneMatch(RecordIT::isSleep)) {
            Thread.sleep(20);
        }
        List<ProcessHandle> programs = run.descendants().toList();
        assertFalse(programs.isEmpty(), () -> "it ended by itself");
        run.destroy();
        run.waitFor();
        assertEquals(List.of(), left());
        assertEquals(before, settings());
        assertEquals(List.of(), programs.stream().filter(ProcessHandle::isAlive).toList(), "the program ended too");
    }

    private static boolean isSleep(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/sleep");
    }

    @Test
    void aProgramThatDoesNotEndIsEndedAfterTheGivenTimeAndItsTraceIsKept() throws Exception {
        Path trace = folder.resolve("limited.mmt");
        Process run = start("-o", trace.toString(), "--for", "0.5", "--", "sleep", "1000");
        String said = text(run.getErrorStream());
        assertEquals(0, run.waitFor(), said);
        assertTrue(said.contains("ended by signal 15"), said);
        assertEquals(0, CommandRun.plain("trace-info", trace.toString()).exitCode());
    }

    @Test
    void aProgramThatIsNotThereIsAnErrorAndLeavesNothing() throws Exception {
        Process run = start("-o", folder.resolve("none.mmt").toString(), "--", "/no/such/program");
        String said = text(run.getErrorStream());
        assertEquals(2, run.waitFor(), said);
        assertEquals("polymm record: /no/such/program: no such program, or it may not be executed\n", said);
        assertEquals(List.of(), left());
    }
}
