package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.linux.HostAvailability;
import org.polymm.linux.HostFeature;
import org.polymm.linux.HostLock;
import org.polymm.linux.HostUnavailableException;

/** The host's kernel as the judge of scenarios, from the command line. Skipped, with the reason, where the host cannot be driven. */
class HostKernelIT {

    private static final Path SCENARIOS =
            Path.of("..", "scenarios").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @BeforeAll
    static void askTheHost() {
        String missing = HostAvailability.probe().missing().get(HostFeature.MACHINE);
        assumeTrue(missing == null, missing);
    }

    @Test
    void everyScenarioAgreesOnBothMachines() {
        CommandRun run = CommandRun.run("run", SCENARIOS.toString(), "--on", "both");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains(" passed, 0 failed, "), run.out());
    }

    @Test
    void anEmittedScenarioCompilesWithoutWarningsAndPasses()
            throws IOException, InterruptedException, HostUnavailableException {
        for (String name : List.of(
                "fork/large-folio-child-writes-one-page.mms",
                "mlock/munlock-of-half.mms",
                "mremap/faulted-far-away.mms",
                "madvise/collapse-of-shared-pages.mms")) {
            Path source = folder.resolve("emitted.c");
            CommandRun emitted =
                    CommandRun.plain("emit", SCENARIOS.resolve(name).toString(), "-o", source.toString());
            assertEquals(0, emitted.exitCode(), emitted.toString());
            Path program = folder.resolve("emitted");
            String warnings =
                    said(0, "cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program.toString(), source.toString());
            assertEquals("", warnings);

            try (HostLock _ = HostLock.take(waiting -> {})) {
                String tap = said(0, program.toString());
                assertTrue(tap.contains("fail:0"), tap);
            }
        }
    }

    @Test
    void everyScenarioIsEmittedOrRefusedForAReason() throws IOException {
        int emitted = 0;
        for (Path scenario : scenarios()) {
            CommandRun run = CommandRun.plain(
                    "emit", scenario.toString(), "-o", folder.resolve("out.c").toString());
            emitted += run.exitCode() == 0 ? 1 : 0;
            assertTrue(run.exitCode() == 0 || run.err().contains("cannot be said in C: "), scenario + ": " + run);
        }
        assertTrue(emitted > 100, emitted + " scenarios were emitted");
    }

    private static List<Path> scenarios() throws IOException {
        try (Stream<Path> files = Files.walk(SCENARIOS)) {
            return files.filter(file -> file.toString().endsWith(".mms"))
                    .sorted()
                    .toList();
        }
    }

    private static String said(int expected, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(expected, process.waitFor(), () -> String.join(" ", command) + ":\n" + output);
        return output;
    }
}
