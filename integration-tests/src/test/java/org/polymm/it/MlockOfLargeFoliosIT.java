package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/results.md says of mlock and large folios, from the command line, in short. */
class MlockOfLargeFoliosIT {

    private static final Path SCENARIOS =
            Path.of("..", "scenarios", "mlock-folios").toAbsolutePath().normalize();

    private static final String[] SHORT_OF_MEMORY = {
        "--set=machine.memory=32MiB",
        "--set=machine.swap=64MiB",
        "--set=machine.swap-device=block",
        "--set=thp.enabled=never",
        "--set=thp.hugepages-64kB=always"
    };

    @TempDir
    Path folder;

    private static CommandRun run(String command, List<String> arguments) {
        return CommandRun.run(command, arguments.toArray(String[]::new));
    }

    /** Values of a comparison by column and metric. */
    private static Map<String, Map<String, Long>> compare(String vary) {
        List<String> arguments = new ArrayList<>(List.of(SHORT_OF_MEMORY));
        arguments.addAll(List.of("locked-heap", "--format=csv", "--vary=" + vary));
        CommandRun run = run("compare", arguments);
        assertEquals(0, run.exitCode(), run.toString());
        Map<String, Map<String, Long>> columns = new HashMap<>();
        for (String line : run.out().lines().skip(1).toList()) {
            String[] cells = line.split(",", -1);
            if (!cells[4].isEmpty()) {
                columns.computeIfAbsent(cells[3], name -> new HashMap<>()).put(cells[1], Long.parseLong(cells[4]));
            }
        }
        return columns;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "folio-split.mlock=mlock/mainline-6.7",
                "folio-split.mlock=mlock/skip-large",
                "folio-split.mlock=mlock/in-vma",
                "folio-split.mlock=mlock/in-vma-symmetric",
                "folio-split.mlock=mlock/add-on-rmap",
                "folio-split.mlock=mlock/fully-mapped-unshared",
                "folio-split.boundary=boundary/split",
                "folio-split.boundary=boundary/split-or-copy-unchecked",
                "folio-split.boundary=boundary/unshare-on-mprotect",
                "folio-split.reclaim=reclaim/split-on-deferred",
                "folio-split.reclaim=reclaim/split-any-pte-mapped",
                "folio-split.deferred=deferred/any-pte-mapped",
                "folio-split.deferred=deferred/if-unmapped-or-crossing",
                "folio-split.pin=pin/split",
                "cow-sizing.copy=copy/inherit-order"
            })
    void theThreadsSequencesEndAsTheScenariosSayUnderEveryPolicy(String policy) {
        CommandRun run = run("run", List.of(SCENARIOS.toString(), "--set=policy." + policy));

        assertEquals(0, run.exitCode(), run.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "m01-munlock-after-mprotect, folio-split.mlock=mlock/in-vma-symmetric, mlocked-folio-is-locked",
        "m09-faulted-back-page-by-page, folio-split.mlock=mlock/add-on-rmap, mlocked-folio-is-locked",
        "m12-copy-what-is-pinned, folio-split.boundary=boundary/split-or-copy-unchecked, pinned-page-stays-mapped",
        "syscall-fails, safety=observe, no-call-fails-for-a-folio"
    })
    void eachFaultyVariantFailsForTheThreadsReason(String scenario, String key, String invariant) {
        String prefix = key.startsWith("safety") ? "" : "policy.";
        CommandRun run = run("run", List.of(SCENARIOS.resolve(scenario + ".mms").toString(), "--set=" + prefix + key));

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("broke " + invariant + ", as expected"), run.out());
    }

    @Test
    void whoIsRightAboutTheUnlockedHalfDependsOnWhenReclaimSplits() {
        CommandRun run = run(
                "run",
                List.of(
                        SCENARIOS.resolve("claim-aged-and-split.mms").toString(),
                        SCENARIOS.resolve("claim-also-locked-in-ram.mms").toString(),
                        "--vary=policy.folio-split.reclaim=reclaim/split-any-pte-mapped,reclaim/split-partially-mapped"));

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("2 passed, 2 failed, 0 skipped"), run.out());
        List<String> rows = run.out().lines().toList();
        assertTrue(rows.get(1).matches("claim-aged-and-split +passes +fails: .*"), run.out());
        assertTrue(rows.get(2).matches("claim-also-locked-in-ram +fails: .* +passes *"), run.out());
    }

    @Test
    void mainlineStrandsNothingAndTheMisreadingDoes() {
        Map<String, Map<String, Long>> columns = compare(
                "policy.folio-split.mlock.use=mlock/mainline-6.18," + "mlock/skip-large,mlock/in-vma-symmetric");
        Map<String, Long> mainline = columns.get("mlock/mainline-6.18");
        Map<String, Long> skips = columns.get("mlock/skip-large");

        assertEquals(0, mainline.get("stranded_mean"));
        assertEquals(0, mainline.get("unevictable_pgs_stranded"));
        assertTrue(columns.get("mlock/in-vma-symmetric").get("stranded_mean") > 0);
        assertTrue(mainline.get("pswpout") > 10_000, mainline::toString);
        assertTrue(skips.get("pgscan") > mainline.get("pgscan"), "the series spares reclaim from scanning");
        assertTrue(skips.get("locked_reclaimable_mean") > 4 * mainline.get("locked_reclaimable_mean"));
    }

    @Test
    void splittingAtTheEdgeLeavesNoLockedMemoryReclaimable() {
        Map<String, Map<String, Long>> columns =
                compare("policy.folio-split.boundary.use=boundary/keep,boundary/split");

        assertTrue(columns.get("boundary/keep").get("locked_reclaimable_mean") > 0);
        assertEquals(0, columns.get("boundary/split").get("locked_reclaimable_mean"));
        assertTrue(columns.get("boundary/split").get("pgmajfault")
                < columns.get("boundary/keep").get("pgmajfault"));
    }

    @Test
    void splittingForLongTermPinsHoldsNoNeighboursHostage() {
        Map<String, Map<String, Long>> columns = compare("policy.folio-split.pin.use=pin/keep,pin/split");

        assertTrue(columns.get("pin/keep").get("pin_hostages_mean") > 0);
        assertEquals(0, columns.get("pin/split").get("pin_hostages_mean"));
    }

    @Test
    void fuzzingUnderPressureFindsNothingInSoundPolicies() {
        CommandRun run = run(
                "fuzz",
                List.of(
                        "--operations=200000",
                        "--vary=policy.folio-split.mlock.use=mlock/mainline-6.18,mlock/in-vma,mlock/skip-large",
                        "--vary=policy.folio-split.boundary.use=boundary/keep,boundary/split",
                        "--set=machine.page-table-entries=8",
                        "--set=machine.memory=2MiB",
                        "--set=machine.swap=8MiB",
                        "--set=thp.enabled=always",
                        "--set=thp.hugepages-16kB=always",
                        "-o",
                        folder.resolve("found.mms").toString()));

        assertEquals(0, run.exitCode(), run.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "folio-split.mlock.use=mlock/in-vma-symmetric, mlocked-folio-is-locked",
        "folio-split.boundary.use=boundary/split-or-copy-unchecked, pinned-page-stays-mapped",
        "folio-split.boundary.if-split-fails=eagain, no-call-fails-for-a-folio"
    })
    void fuzzingFindsFaultyVariantsAndShrinksThem(String key, String invariant) throws Exception {
        Path found = folder.resolve("found.mms");
        List<String> arguments = new ArrayList<>(List.of(
                "--operations=400000",
                "--set=machine.swap=8MiB",
                "--set=thp.hugepages-64kB=always",
                "--set=thp.hugepages-16kB=always",
                "--set=policy." + key,
                "-o",
                found.toString()));
        if (key.contains("if-split-fails")) {
            arguments.add("--set=policy.folio-split.boundary.use=boundary/split");
        }
        CommandRun run = run("fuzz", arguments);

        assertEquals(1, run.exitCode(), run.toString());
        String text = Files.readString(found);
        assertTrue(text.contains("expect violation " + invariant), text);
        assertTrue(
                text.lines()
                                .filter(line -> line.matches("([A-Z]: |reclaim|shrink).*"))
                                .count()
                        < 10,
                text);
    }
}
