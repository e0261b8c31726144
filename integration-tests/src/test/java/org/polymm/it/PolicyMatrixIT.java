package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.state.Snapshot;
import org.polymm.runtime.Laboratory;

/** Every combination of the sound policies that fault paths ask runs random programs without breaking an invariant or contents. */
class PolicyMatrixIT {

    private static final List<String> ORDERS = List.of(
            "orders/mthp",
            "orders/order0",
            "orders/pmd-only",
            "orders/fixed-set",
            "orders/descending-fit",
            "orders/preferred-or-zero");
    private static final List<String> REUSE =
            List.of("reuse/proven-by-scheme", "reuse/never-large", "reuse/exclusive-run");
    private static final List<String> COPY = List.of("copy/one-page", "copy/wide", "copy/inherit-order");
    private static final List<String> SCHEMES = List.of("mapcount/mm-id", "mapcount/exact");

    private static Laboratory laboratory;

    @BeforeAll
    static void openPlugins() {
        laboratory = Plugins.open();
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    static Stream<Arguments> combinations() {
        List<Arguments> all = new ArrayList<>();
        long seed = 1;
        for (String orders : ORDERS) {
            for (String reuse : REUSE) {
                for (String copy : COPY) {
                    for (String scheme : SCHEMES) {
                        Map<String, String> settings = new LinkedHashMap<>();
                        settings.put("policy.cow-sizing.orders.use", orders);
                        settings.put("policy.cow-sizing.reuse.use", reuse);
                        settings.put("policy.cow-sizing.copy.use", copy);
                        settings.put("policy.mapcount.folio.use", scheme);
                        String name = orders + " + " + reuse + " + " + copy + " + " + scheme;
                        all.add(Arguments.of(Named.of(name + ", seed " + seed, settings), seed++));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void aRandomProgramKeepsEveryInvariantAndAllContents(Map<String, String> policies, long seed) {
        Map<String, String> settings = new LinkedHashMap<>(policies);
        settings.put("machine.page-table-entries", "8");
        settings.put("machine.memory", "1MiB");
        settings.put("thp.enabled", "always");
        settings.put("thp.hugepages-16kB", "always");
        settings.put("check.level", "every");
        settings.put("machine.event-log", "64");
        Machine machine = laboratory.compose(settings, "matrix").blueprint().create();
        Snapshot fresh = machine.save();

        new RandomProgram(machine, seed, 40).run(400);
        machine.memory().lru().drain();

        assertEquals(0, machine.memory().vmstat().get(VmstatItem.NR_ANON_PAGES));
        assertEquals(0, machine.memory().vmstat().get(VmstatItem.NR_PAGE_TABLE_PAGES));
        assertEquals(0, machine.memory().vmstat().get(VmstatItem.NR_MLOCK));
        machine.rewind(fresh);
        assertEquals(null, machine.firstDifference(fresh));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void theSameSeedGivesTheSameMachine(Map<String, String> policies, long seed) {
        Map<String, String> settings = new LinkedHashMap<>(policies);
        settings.put("machine.page-table-entries", "8");
        settings.put("machine.memory", "1MiB");
        settings.put("machine.contents", "true");
        Machine machine = laboratory.compose(settings, "matrix").blueprint().create();
        Snapshot fresh = machine.save();
        new RandomProgram(machine, seed, 40).run(300);
        Snapshot first = machine.save();

        machine.rewind(fresh);
        new RandomProgram(machine, seed, 40).run(300);

        assertEquals(null, machine.firstDifference(first));
    }
}
