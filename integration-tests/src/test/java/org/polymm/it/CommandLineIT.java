package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user types and reads. */
class CommandLineIT {

    @TempDir
    Path folder;

    private static Path bundled(String file) {
        return Path.of(System.getProperty("polymm.home"), "traces", file);
    }

    @Test
    void compareShowsMainlineBesideThreeProposals() {
        CommandRun compare = CommandRun.run("compare");

        assertEquals(0, compare.exitCode(), compare.toString());
        for (String column : List.of("mainline", "base-pages", "mthp-64kB", "variable-order")) {
            assertTrue(compare.out().contains(column), column);
        }
        assertTrue(compare.out().contains("bundled recording redis"), compare.out());
    }

    @Test
    void comparingTwiceGivesTheSameBytes() {
        assertEquals(
                CommandRun.run("compare", "sqlite", "--format=json").out(),
                CommandRun.run("compare", "sqlite", "--format=json").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "jvm", "python", "redis", "sqlite"})
    void everyBundledRecordingReplaysUnderEverySetWithoutAViolation(String recording) {
        CommandRun compare = CommandRun.run("compare", recording, "--format=csv", "--set=check.level=quiet");

        assertEquals(0, compare.exitCode(), compare.toString());
    }

    @Test
    void theRedisReplayPredictsEveryPageOfEverySnapshot() {
        CommandRun check = CommandRun.run(
                "check-trace", "redis", bundled("raw/redis.snap.txt.xz").toString(), "--format=csv");

        assertEquals(0, check.exitCode(), check.toString());
        assertEquals(7, check.out().lines().count(), "a heading and six snapshots: " + check.out());
    }

    @Test
    void varyingTwoKeysMakesTheirProduct() {
        CommandRun compare = CommandRun.run(
                "compare",
                "sqlite",
                "--vary=policy.cow-sizing.orders=orders/order0,orders/mthp",
                "--vary=thp.enabled=always,never",
                "--format=csv");

        assertEquals(0, compare.exitCode(), compare.toString());
        long columns = compare.out()
                .lines()
                .filter(line -> line.startsWith("faults,pgfault,"))
                .count();
        assertEquals(4, columns, compare.out());
    }

    @Test
    void anUnknownPolicyIsAnErrorWithTheNearestKnownOne() {
        CommandRun compare = CommandRun.run("compare", "--set=policy.cow-sizing.orders.use=orders/mthb");

        assertEquals(2, compare.exitCode());
        assertTrue(compare.err().contains("did you mean orders/mthp"), compare.err());
    }

    @Test
    void aBadSizeIsAnErrorThatSaysHowSizesAreWritten() {
        CommandRun compare = CommandRun.run("compare", "--set=machine.memory=12parsecs");

        assertEquals(2, compare.exitCode());
        assertTrue(compare.err().contains("12parsecs"), compare.err());
        assertTrue(compare.err().contains("4GiB"), compare.err());
    }

    @Test
    void aTruncatedTraceIsAnErrorAndLeavesNoOutputBehind() throws IOException {
        byte[] whole = Files.readAllBytes(bundled("sqlite.mmt"));
        Path truncated = folder.resolve("truncated.mmt");
        Files.write(truncated, Arrays.copyOf(whole, whole.length / 2));
        Path output = folder.resolve("out.json");

        CommandRun compare = CommandRun.run("compare", truncated.toString(), "--format=json", "--output=" + output);

        assertEquals(2, compare.exitCode(), compare.toString());
        assertTrue(compare.err().contains("truncated.mmt"), compare.err());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(truncated), left.toList());
        }
    }

    @Test
    void aCorruptTraceIsAnError() throws IOException {
        byte[] bytes = Files.readAllBytes(bundled("sqlite.mmt"));
        bytes[bytes.length / 2] ^= 1;
        Path corrupt = folder.resolve("corrupt.mmt");
        Files.write(corrupt, bytes);

        CommandRun compare = CommandRun.run("compare", corrupt.toString());

        assertEquals(2, compare.exitCode(), compare.toString());
        assertTrue(compare.err().contains("corrupt.mmt"), compare.err());
    }

    @Test
    void aPolicyOfAThirdPartyIsComparedWithMainline() {
        Path jar = PluginJar.write(folder.resolve("example.jar"), "1", 4);

        CommandRun compare = CommandRun.run(
                "compare",
                "sqlite",
                "--plugin=" + jar,
                "--vary=policy.cow-sizing.orders=orders/mthp,orders/example",
                "--format=csv");

        assertEquals(0, compare.exitCode(), compare.toString());
        assertTrue(compare.out().contains("orders/example"), compare.out());
    }

    @Test
    void policiesAreListedWithTheJarTheyComeFrom() {
        CommandRun list = CommandRun.run("policies", "list");

        assertEquals(0, list.exitCode(), list.toString());
        for (String id : List.of(
                "mlock/mainline-6.18", "orders/mthp", "retract/mainline", "mapcount/mm-id", "relocate/keep-index")) {
            assertTrue(list.out().contains(id), id);
        }
    }

    @Test
    void everySettingIsShownWithItsOrigin() {
        CommandRun config = CommandRun.run("config");

        assertEquals(0, config.exitCode(), config.toString());
        assertTrue(config.out().contains("machine.memory"), config.out());
        assertTrue(config.out().contains("reference"), config.out());
        assertFalse(config.out().contains("\u001b"), "no colours in a pipe");
    }

    @Test
    void aCommandThatDoesNotExistIsAUsageError() {
        assertEquals(2, CommandRun.run("compair").exitCode());
    }
}
