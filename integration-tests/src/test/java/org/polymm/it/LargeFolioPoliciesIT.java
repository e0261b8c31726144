package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The policies on large anonymous folios, held against each other by scenarios and by random programs with pins, forks, MADV_DONTFORK, mremap
 * and swap: the copy that does not look at the exclusive flag corrupts memory and is found out; the others do not.
 */
class LargeFolioPoliciesIT {
    private static final String UNCHECKED = "--set=policy.cow-sizing.copy=copy/wide-unchecked";

    @TempDir
    Path directory;

    private static CommandRun fuzz(String operations, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--seed=11",
                "--operations=" + operations,
                "--set=machine.swap=64MiB",
                "--set=thp.hugepages-64kB=always",
                "--set=thp.hugepages-32kB=always",
                "--set=thp.hugepages-16kB=always"));
        arguments.addAll(List.of(more));
        return CommandRun.run("fuzz", arguments.toArray(String[]::new));
    }

    @Test
    void random_programs_find_that_an_unchecked_copy_replaces_a_pinned_page() throws Exception {
        Path found = directory.resolve("found.mms");
        CommandRun run = fuzz("100000", UNCHECKED, "--set=safety=observe", "-o", found.toString());

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("fails: pinned-page-stays-mapped"), run.toString());
        long operations = Files.readAllLines(found).stream()
                .filter(line -> line.contains(": ") || line.contains(" = fork "))
                .count();
        assertTrue(operations <= 8, run.toString());
        CommandRun again = CommandRun.run("run", found.toString());
        assertEquals(0, again.exitCode(), again.toString());
        assertTrue(again.out().contains("broke pinned-page-stays-mapped, as expected"), again.toString());
    }

    @Test
    void the_same_policy_runs_clean_where_dangerous_decisions_are_refused_and_counted() {
        CommandRun run = fuzz("60000", UNCHECKED, "--set=safety=enforce");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("refused under copy-replaces-exclusive-page: "), run.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cow-sizing.copy=copy/wide",
                "cow-sizing.copy=copy/inherit-order",
                "cow-sizing.reuse=reuse/never-large",
                "cow-sizing.reuse=reuse/exclusive-run",
                "cow-sizing.orders=orders/descending-fit"
            })
    void random_programs_find_nothing_wrong_with_the_sound_ones(String policy) {
        CommandRun run = fuzz("30000", "--set=policy." + policy);

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("nothing found"), run.toString());
        assertTrue(!run.out().contains("refused"), run.toString());
    }

    @Test
    void a_table_of_scenarios_by_policies_says_which_one_breaks_what() {
        CommandRun run = CommandRun.run(
                "run",
                "cow",
                "--vary=policy.cow-sizing.copy=copy/one-page,copy/wide,copy/inherit-order,copy/wide-unchecked",
                "--vary=policy.cow-sizing.reuse.use=reuse/proven-by-scheme,reuse/never-large,reuse/exclusive-run",
                "--format=csv");

        assertEquals(0, run.exitCode(), run.toString());
        List<String> broken = run.out()
                .lines()
                .filter(line -> line.contains("pinned-page-stays-mapped"))
                .toList();
        assertEquals(6, broken.size(), run.out());
        assertTrue(broken.stream().allMatch(line -> line.contains("copy/wide-unchecked")), run.out());
        assertTrue(broken.stream().anyMatch(line -> line.contains("c01-mixed-exclusivity.mms")), run.out());
    }

    @Test
    void a_scenario_that_varied_policies_do_not_fulfil_fails_with_the_line() {
        CommandRun run = CommandRun.run(
                "run", "large-folio-child-writes-one-page", "--vary=cow-sizing.copy=copy/one-page,copy/wide");

        assertEquals(1, run.exitCode(), run.toString());
        assertTrue(run.out().contains("passes"), run.out());
        assertTrue(run.out().contains("fails: line 12 expect B: m[3] folio 4KiB, mapped-once"), run.out());
    }

    @Test
    void a_scenario_says_what_was_refused() {
        CommandRun run = CommandRun.run("run", "c01-mixed-exclusivity", UNCHECKED, "--set=safety=enforce");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("refused under copy-replaces-exclusive-page: 1"), run.toString());
    }
}
