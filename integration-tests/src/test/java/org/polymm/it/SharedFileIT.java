package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/results.md says of retractions under load, from the command line. */
class SharedFileIT {

    private static final String TABLES_OF_EIGHT = "--set=machine.page-table-entries=8";
    private static final String AS_IN_6_5 = "--set=mechanism.fault-vma-lock=anonymous";

    private static String csv(String... more) {
        List<String> arguments = new ArrayList<>(List.of("shared-file", "--format=csv", "--set=check.level=quiet"));
        arguments.addAll(List.of(more));
        CommandRun run = CommandRun.run("compare", arguments.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.toString());
        return run.out();
    }

    /** Values by column and metric; those that are not available are not there. */
    private static Map<String, Map<String, Long>> compare(String... more) {
        Map<String, Map<String, Long>> columns = new HashMap<>();
        for (String line : csv(more).lines().skip(1).toList()) {
            String[] cells = line.split(",", -1);
            if (!cells[4].isEmpty()) {
                columns.computeIfAbsent(cells[3], name -> new HashMap<>()).put(cells[1], Long.parseLong(cells[4]));
            }
        }
        return columns;
    }

    private static long of(Map<String, Long> column, String metric) {
        Long value = column.get(metric);
        assertTrue(value != null, metric + " is not in " + column.keySet());
        return value;
    }

    @Test
    void onlyTheTrylockDefersAndHoldsTheMmapLock() {
        Map<String, Map<String, Long>> columns = compare(AS_IN_6_5);
        assertEquals(7, columns.size());
        columns.forEach((name, column) -> {
            boolean tries = name.equals("retract/mmap-trylock");
            boolean reads = name.equals("retract/mmap-read");
            assertEquals(16, of(column, "collapsed_blocks"), name);
            assertTrue(of(column, "retracted_tables") > 0, name);
            assertEquals(0, of(column, "retracted_entries"), name);
            assertEquals(0, of(column, "unbacked_accesses"), name);
            assertEquals(tries, of(column, "deferred_retractions") > 0, name);
            assertEquals(tries, of(column, "retract_write_hold") > 0, name);
            assertEquals(reads, of(column, "retract_read_hold") > 0, name);
            assertEquals(tries || reads, of(column, "mmap_lock_tries") > 0, name);
            assertEquals(tries || reads, column.containsKey("mmap_lock_busy_share"), name);
        });
        Map<String, Long> mainline = columns.get("retract/mainline");
        Map<String, Long> trylock = columns.get("retract/mmap-trylock");
        assertTrue(of(trylock, "mmap_lock_busy") > of(trylock, "mmap_lock_tries") / 2);
        assertTrue(of(trylock, "collapse_to_huge_mean") > 5 * of(mainline, "collapse_to_huge_mean"));
        assertTrue(of(trylock, "faults_after_collapse") > of(mainline, "faults_after_collapse"));
        assertTrue(of(trylock, "programs_wait_for_collapse") > of(mainline, "programs_wait_for_collapse"));
    }

    @Test
    void aSeedGivesTheSameOutputToTheLastByteAndAnotherSeedAnother() {
        String one = csv(TABLES_OF_EIGHT, "--set=seed=3");
        assertEquals(one, csv(TABLES_OF_EIGHT, "--set=seed=3"));
        assertNotEquals(one, csv(TABLES_OF_EIGHT, "--set=seed=4"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void noInvariantIsBrokenUnderAnyRetraction(int seed) {
        assertEquals(7, compare(TABLES_OF_EIGHT, "--set=seed=" + seed).size());
    }

    @Test
    void aCheckAfterEveryCallIsRefusedAndNoTraceIsNamedSo() {
        CommandRun every = CommandRun.run("compare", "shared-file", "--set=check.level=every");
        assertEquals(2, every.exitCode());
        assertTrue(every.err().contains("say quiet"), every.err());
        CommandRun info = CommandRun.plain("trace-info", "shared-file");
        assertEquals(2, info.exitCode());
        assertTrue(info.err().contains("no trace"), info.err());
    }
}
