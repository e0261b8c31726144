package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenarios on the simulator with the real policies, from the command line. */
class ScenarioIT {

    private static final Path SCENARIOS =
            Path.of("..", "scenarios").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    private Path scenario(String text) throws IOException {
        return Files.writeString(folder.resolve("test.mms"), text);
    }

    @Test
    void everyScenarioPassesUnderMainline() {
        CommandRun run = CommandRun.run("run", SCENARIOS.toString());

        assertEquals(0, run.exitCode(), run.toString());
        long open = run.out()
                .lines()
                .filter(line -> line.contains("leaves the order of its tasks open"))
                .count();
        assertTrue(run.out().contains(" passed, 0 failed, " + open + " skipped"), run.out());
    }

    @Test
    void everyScenarioWithOpenTasksHoldsInThousandsOfOrders() {
        CommandRun run = CommandRun.run("explore", SCENARIOS.toString(), "--runs", "3000");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains(" passed, 0 failed, 0 skipped"), run.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy.cow-sizing.copy=copy/wide",
                "policy.cow-sizing.reuse=reuse/exclusive-run",
                "policy.mapcount.folio=mapcount/exact"
            })
    void basicsPassUnderOtherSoundPolicies(String policy) {
        CommandRun run = CommandRun.run("run", SCENARIOS.resolve("basics").toString(), "--set", policy);

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("mainline policies but " + policy.substring("policy.".length())), run.out());
    }

    @Test
    void aFaultyPolicyIsSeenFailingAsTheScenarioExpects() {
        CommandRun run = CommandRun.run(
                "run",
                SCENARIOS.resolve("basics/a-guess-at-sharing.mms").toString(),
                "--set=policy.mapcount.folio=mapcount/page-mapcount");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("broke scheme-misses-no-sharing, as expected"), run.out());
    }

    @Test
    void aViolationThatNobodyExpectsFails() throws IOException {
        String text = Files.readString(SCENARIOS.resolve("basics/a-guess-at-sharing.mms"))
                .replaceAll("(?m)^expect if .*$", "");

        CommandRun run =
                CommandRun.run("run", scenario(text).toString(), "--set=policy.mapcount.folio=mapcount/page-mapcount");

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("scheme-misses-no-sharing: "), run.out());
    }

    @Test
    void whatDoesNotHoldIsReportedWithItsLineAndWhatWasSeen() throws IOException {
        CommandRun run = CommandRun.run(
                "run",
                scenario("A = process\nA: buf = mmap 4 rw private anon\nA: write buf 1+\nexpect A: buf[2] = 9\n")
                        .toString());

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("line 4: expect A: buf[2] = 9"), run.out());
        assertTrue(run.out().contains("buf[2] holds 3, expected 9"), run.out());
        assertTrue(run.out().contains("0 passed, 1 failed, 0 skipped"), run.out());
    }

    @Test
    void aMistakeInAScenarioIsAnInputError() throws IOException {
        CommandRun run =
                CommandRun.run("run", scenario("A = process\nA: munmpa buf\n").toString());

        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(run.err().contains("test.mms:2:11: found 'buf', expected =; 'munmpa' is no word"), run.err());
    }

    @Test
    void aPolicyThatIsNotThereIsAnInputError() throws IOException {
        CommandRun run = CommandRun.run(
                "run",
                scenario("policy cow-sizing.copy = copy/wid\nA = process\n").toString());

        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(run.err().contains("copy/wide"), run.err());
    }

    @Test
    void anUnknownNameIsAnInputError() {
        CommandRun run = CommandRun.run("run", "no-such-scenario");

        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(run.err().contains("no bundled scenario of that name"), run.err());
    }

    @Test
    void tasksWithoutAnOrderAreForTheExplorer() throws IOException {
        CommandRun run = CommandRun.run(
                "run",
                scenario("A = process\nA: b = mmap 4 rw private anon\nparallel\n  task A: write b 1\nend\n")
                        .toString());

        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(run.err().contains("polymm explore"), run.err());
    }

    @Test
    void whatTheSimulatorLacksIsSkippedWithTheReasonAndNotPassed() throws IOException {
        CommandRun run =
                CommandRun.run("run", scenario("hugetlb 2\nA = process\n").toString());

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("needs hugetlb pages"), run.out());
        assertTrue(run.out().contains("0 passed, 0 failed, 1 skipped"), run.out());
    }

    @Test
    void tracingShowsWhatEachOperationChangedAndDrawingTheFolios() throws IOException {
        CommandRun run = CommandRun.run(
                "run",
                scenario("thp 16KiB=always\nA = process\nA: b = mmap 4 rw private anon align 16KiB\nA: write b[0] 7\n")
                        .toString(),
                "--trace",
                "--draw");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("A.b[0:4]: empty -> present anon mapped-once large order 2"), run.out());
        assertTrue(run.out().contains("A.b[0]: holds 0 -> holds 7"), run.out());
        assertTrue(run.out().contains("     [aaaa]\n"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "csv"})
    void otherFormatsCarryTheVerdicts(String format) throws IOException {
        String text = "A = process\nA: b = mmap 4 rw private anon\nexpect A: b present\n";

        CommandRun run = CommandRun.run("run", scenario(text).toString(), "--format=" + format);

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("failed"), run.out());
        assertTrue(run.out().contains("b[0] is empty"), run.out());
    }
}
