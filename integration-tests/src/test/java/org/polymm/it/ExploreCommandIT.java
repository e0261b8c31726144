package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code polymm explore}, from the command line, with the real policies. */
class ExploreCommandIT {

    private static final Path RACES =
            Path.of("..", "scenarios", "races").toAbsolutePath().normalize();

    private static final String TWO_WRITERS = """
            entries 8
            A = process
            A: buf = mmap 8KiB rw private anon
            parallel
              task left in A: write buf[0] 11
              task right in A: write buf[0] 22
            end
            """;

    @TempDir
    Path folder;

    private String scenario(String text) throws IOException {
        return Files.writeString(folder.resolve("race.mms"), text).toString();
    }

    @Test
    void everyOrderOfTasksThatMindEachOtherHolds() throws IOException {
        CommandRun run = CommandRun.run("explore", scenario(TWO_WRITERS + "expect A: buf[0] present, anon\n"));

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().matches("(?s).*all \\d+ interleavings hold\n.*"), run.out());
        assertTrue(run.out().contains("under mainline policies, mechanisms of 6.18\n"), run.out());
    }

    @Test
    void anOrderThatBreaksAnExpectationIsShownWithOneColumnATaskAndRunsAgainFromItsFile() throws IOException {
        String wrong = scenario(TWO_WRITERS + "expect A: buf[0] = 11\n");
        Path schedule = folder.resolve("wrong.txt");

        CommandRun found = CommandRun.run("explore", wrong, "--all-steps", "--save-schedule", schedule.toString());
        CommandRun again = CommandRun.run("run", wrong, "--schedule", schedule.toString());

        assertEquals(1, found.exitCode(), found.toString());
        assertTrue(found.out().matches("(?s).*step +left +right +locks held\n.*"), found.out());
        assertTrue(found.out().contains("expect A: buf[0] = 11: buf[0] holds 22, expected 11"), found.out());
        assertEquals(1, again.exitCode(), again.toString());
        assertEquals(
                found.out().substring(found.out().indexOf("step ")).replaceAll("\n0 passed.*\n", "\n"),
                again.out().substring(again.out().indexOf("step ")));
    }

    @Test
    void aCounterexampleShowsWhereTheTasksMeetAndNamesWhatItSpeaksOf() {
        CommandRun run = CommandRun.run(
                "explore",
                RACES.resolveSibling("retract")
                        .resolve("r01-marker-during-retraction.mms")
                        .toString(),
                "--set",
                "policy.collapse.retraction=retract/check-before-lock");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(
                run.out().matches("(?s).* {8}\\.\\.\\. \\d\\d steps that meet no step of another task\n.*"), run.out());
        assertTrue(
                run.out().contains("\nmm 1 is A, mm 2 is B\nfile 1 is F\nvma 1 is a of A, vma 2 is b of B\n"),
                run.out());
        Matcher table = Pattern.compile("table (\\d+) has the ptes of b of B").matcher(run.out());
        assertTrue(table.find(), run.out());
        assertTrue(
                run.out().matches("(?s).* {9,}write pte of table " + table.group(1) + "\\[7\\] .*"),
                "the marker is set in b's table: " + run.out());
        assertTrue(
                run.out().lines().filter(line -> line.matches(" *\\d+  .*")).count() < 40,
                "few of the steps matter: " + run.out());
    }

    @Test
    void aScheduleThatNoLongerFitsSaysWhere() throws IOException {
        Path schedule = folder.resolve("wrong.txt");
        CommandRun.run(
                "explore", scenario(TWO_WRITERS + "expect A: buf[0] = 11\n"), "--save-schedule", schedule.toString());

        CommandRun run = CommandRun.run(
                "run", scenario(TWO_WRITERS.replace("buf[0] 22", "buf[1] 22")), "--schedule", schedule.toString());

        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(
                run.err()
                        .matches(
                                "(?s).*wrong.txt: step \\d+, 'right \\| write buf\\[0] 22 \\| begin', does not fit the program: right is"
                                        + " about to begin 'write buf\\[1] 22' \\(.*race.mms:6\\) instead\n.*"),
                run.err());

        CommandRun explored =
                CommandRun.run("explore", folder.resolve("race.mms").toString(), "--from", schedule.toString());
        assertEquals(2, explored.exitCode(), explored.toString());
        assertEquals(run.err().replace("polymm run", ""), explored.err().replace("polymm explore", ""));
    }

    /** What a reader changes in a scenario while looking for the cause: the schedule is still the same race. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F = memfd   | '# the file\n\nF = memfd'                                        | true",
                "parallel    | 'A: x = mmap 8KiB rw private anon\nA: write x[0] 3\n\nparallel' | true",
                "parallel    | 'A: write a[1] 2\n\nparallel'                                   | false",
                "\\bb\\b     | victim                                                         | true"
            })
    void aScheduleIsTheSameRaceInAScenarioThatWasEdited(String old, String edited, boolean takesTheSameSteps)
            throws IOException {
        String text = Files.readString(RACES.resolveSibling("retract").resolve("r01-marker-during-retraction.mms"));
        Path schedule = folder.resolve("wrong.txt");
        String set = "policy.collapse.retraction=retract/check-before-lock";
        CommandRun.run("explore", scenario(text), "--save-schedule", schedule.toString(), "--set", set);
        String other = text.replaceAll(old, edited);
        assertFalse(other.equals(text), old);

        CommandRun run = CommandRun.run("run", scenario(other), "--schedule", schedule.toString(), "--set", set);

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("\ninvariant: retracted-table-is-empty: 1 entries"), run.out());
        assertEquals(
                takesTheSameSteps, !run.out().startsWith("The scenario does not take the very steps of "), run.out());
    }

    @Test
    void aBeginningOfAScheduleIsGoneOnFrom() throws IOException {
        String wrong = scenario(TWO_WRITERS + "expect A: buf[0] = 11\n");
        Path schedule = folder.resolve("wrong.txt");
        CommandRun.run("explore", wrong, "--save-schedule", schedule.toString());
        String right = scenario(TWO_WRITERS + "expect A: buf[0] present\n");

        CommandRun all = CommandRun.run("explore", right, "--format", "csv");
        CommandRun some =
                CommandRun.run("explore", right, "--from", schedule.toString(), "--steps", "5", "--format", "csv");

        assertEquals(0, some.exitCode(), some.toString());
        assertTrue(interleavings(some) < interleavings(all), some + "\n" + all);
    }

    private static long interleavings(CommandRun run) {
        return Long.parseLong(run.out().lines().toList().get(1).split(",", -1)[6]);
    }

    @Test
    void whatIsWrittenTwiceIsThereOnceWhateverTheOrder() throws IOException {
        CommandRun run = CommandRun.run(
                "explore", scenario(TWO_WRITERS.replace("right in A: write buf[0] 22", """
                right in A: madvise buf dontneed
                  task three in A: write buf[1] 33""")), "--preemptions", "1");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("with at most 1 preemption hold; there are others"), run.out());
    }

    @Test
    void whoWaitsForAFaultThatNobodyHandlesIsReported() throws IOException {
        CommandRun run = CommandRun.run("explore", scenario("""
                entries 8
                A = process
                A: buf = mmap 8KiB rw private anon
                A: uffd-register buf missing
                parallel
                  task toucher in A: read buf[0]
                  task idler in A: read buf[1] -> any
                end
                """));

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("lost wake-up after "), run.out());
    }

    @Test
    void jsonHasAllThatTheTextSays() {
        CommandRun json = CommandRun.run(
                "explore",
                RACES.resolveSibling("retract")
                        .resolve("r01-marker-during-retraction.mms")
                        .toString(),
                "--set",
                "policy.collapse.retraction=retract/check-before-lock",
                "--format",
                "json");

        assertEquals(0, json.exitCode(), json.toString());
        assertTrue(json.out().contains("\"kind\": \"invariant\""), json.out());
        assertTrue(json.out().contains("mm 2 is B"), json.out());
        assertTrue(json.out().contains("\"point\": \"write pte of table 8[7]\""), json.out());
        assertTrue(json.out().contains("table 8 at 0x110000 of mm 2 is retracted"), json.out());
    }

    @Test
    void aTableTellsUnderWhichMechanismsAScenarioHolds() {
        CommandRun run = CommandRun.run(
                "explore",
                RACES.resolve("mprotect-against-fault.mms").toString(),
                "--vary",
                "mechanism.page-walk-vma-lock=on,off");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().startsWith("""
                        variation  mprotect-against-fault
                        on         holds
                        off        broken: entry-lies-in-a-vma
                        """), run.out());
    }

    /** Which retraction of page tables withstands which race, in the order of the policies below. */
    @ParameterizedTest
    @CsvSource({
        "r01-marker-during-retraction,       holds broken holds  holds holds  holds  holds",
        "r02-copied-page-during-retraction,  holds broken broken holds holds  holds  holds",
        "r05-table-freed-during-retraction,  holds broken holds  holds broken holds  holds",
        "r06-guard-region-during-retraction, holds broken broken holds broken broken holds"
    })
    void theToolSaysWhichRetractionLosesWhat(String race, String outcomes) {
        CommandRun run = CommandRun.run(
                "explore",
                RACES.resolveSibling("retract").resolve(race + ".mms").toString(),
                "--format",
                "csv",
                "--vary",
                "policy.collapse.retraction=retract/mmap-trylock,retract/check-before-lock,retract/mmap-read,"
                        + "retract/scan-empty,retract/recheck-under-ptl,retract/recheck-table,retract/mainline");

        assertEquals(0, run.exitCode(), run.toString());
        assertEquals(List.of(outcomes.split(" +")), outcomes(run), run.toString());
    }

    /** A retraction is no worse than the kernel it comes from: what breaks it came later, and can be switched off. */
    @ParameterizedTest
    @CsvSource({
        "r05-table-freed-during-retraction,  mechanism.pt-reclaim=on,             broken broken holds",
        "r05-table-freed-during-retraction,  mechanism.pt-reclaim=off,            holds  holds  holds",
        "r06-guard-region-during-retraction, mechanism.guard-install=sticky-bit,  broken broken broken",
        "r06-guard-region-during-retraction, mechanism.guard-install=anon-vma,    broken holds  holds"
    })
    void theToolSaysWhichMechanismLetsARetractionLoseSomething(String race, String mechanism, String outcomes) {
        CommandRun run = CommandRun.run(
                "explore",
                RACES.resolveSibling("retract").resolve(race + ".mms").toString(),
                "--format",
                "csv",
                "--set",
                mechanism,
                "--vary",
                "policy.collapse.retraction=retract/check-before-lock,retract/recheck-under-ptl,retract/recheck-table");

        assertEquals(0, run.exitCode(), run.toString());
        assertEquals(List.of(outcomes.split(" +")), outcomes(run), run.toString());
    }

    private static List<String> outcomes(CommandRun run) {
        return run.out()
                .lines()
                .skip(1)
                .map(line -> line.split(",passed,", -1)[1].split("[:,]", -1)[0])
                .toList();
    }

    @Test
    void theSameSeedWalksTheSameWay() throws IOException {
        String wrong = scenario(TWO_WRITERS + "expect A: buf[0] = 11\n");

        CommandRun one = CommandRun.run("explore", wrong, "--walk", "pct", "--seed", "7", "--quick");
        CommandRun other = CommandRun.run("explore", wrong, "--walk", "pct", "--seed", "7", "--quick");

        assertEquals(1, one.exitCode(), one.toString());
        assertEquals(one.out(), other.out());
    }

    @Test
    void aScenarioWithoutTasksIsAnInputError() throws IOException {
        CommandRun run = CommandRun.run("explore", scenario("A = process\n"));

        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(run.err().contains("has no parallel tasks, or states their order; polymm run runs it"), run.err());
        assertFalse(run.err().contains("internal error"), run.err());
    }
}
