package org.polymm.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.engine.state.IntVector;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** A rewound machine is the machine that was saved: its containers say so, and so does a look at every field of every object. */
class RewindTest {

    private static final String VIEW = "a view that one call fills and its policy reads; overwritten before the next";
    private static final String ABOVE_TOP = "a stack or ring: what lies outside its counted part is left over";

    private static final String SINCE = "since which restored state a row is there, for whoever explores";

    private static final Map<String, String> NO_STATE = Map.ofEntries(
            Map.entry("AnonFaultFacts", VIEW),
            Map.entry("WriteFaultFacts", VIEW),
            Map.entry("MlockWalkFacts", VIEW),
            Map.entry("BoundaryFacts", VIEW),
            Map.entry("DeferredFacts", VIEW),
            Map.entry("DeferredScanFacts", VIEW),
            Map.entry("ReclaimFacts", VIEW),
            Map.entry("LockedWalkFacts", VIEW),
            Map.entry("TableMoveFacts", VIEW),
            Map.entry("RelocationFacts", VIEW),
            Map.entry("LongTermPinFacts", VIEW),
            Map.entry("CollapseFacts", VIEW),
            Map.entry("Run", VIEW),
            Map.entry("Sync.stack", ABOVE_TOP),
            Map.entry("LruLists.batch", ABOVE_TOP),
            Map.entry("MlockBatch.batch", ABOVE_TOP),
            Map.entry("MlockBatch.kinds", ABOVE_TOP),
            Map.entry("BuddyAllocator.pcp", ABOVE_TOP),
            Map.entry("Pool.values", ABOVE_TOP),
            Map.entry("GatherArrays", "arrays that each operation fills from their start"),
            Map.entry("LongRows.spares", "how many zeroed arrays are kept for later rows"),
            Map.entry("LongRows.made", SINCE),
            Map.entry("LongRows.restores", SINCE));

    private static MachineBlueprint large() {
        return Machines.large(FixedPolicies.whole())
                .withThp("hugepages-16kB/enabled", "always")
                .withThp("hugepages-2048kB/enabled", "always");
    }

    private static MachineBlueprint small() {
        return Machines.small(FixedPolicies.whole())
                .withThp("hugepages-16kB/enabled", "always")
                .withThp("hugepages-32kB/enabled", "always");
    }

    static Stream<Arguments> programs() {
        List<Arguments> programs = new ArrayList<>();
        for (long seed = 1; seed <= 6; seed++) {
            programs.add(Arguments.of("8 entries", small(), seed));
        }
        for (long seed = 1; seed <= 4; seed++) {
            programs.add(Arguments.of("512 entries", large(), seed));
        }
        return programs.stream();
    }

    @ParameterizedTest(name = "{0}, seed {2}")
    @MethodSource("programs")
    void a_machine_rewound_to_its_birth_equals_a_new_one_field_for_field(
            String geometry, MachineBlueprint blueprint, long seed) {
        Machine machine = blueprint.create();
        Snapshot birth = machine.save();
        new RandomCalls(machine, seed, List.of()).run(400);
        assertNotNull(machine.firstDifference(birth), geometry + ", seed " + seed);
        machine.rewind(birth);
        assertNull(machine.firstDifference(birth));
        assertEquals(List.of(), machine.check());
        assertEquals(
                List.of(),
                ObjectGraph.differences(machine, blueprint.create(), NO_STATE),
                () -> geometry + ", seed " + seed);
    }

    @ParameterizedTest(name = "{0}, seed {2}")
    @MethodSource("programs")
    void the_same_calls_after_a_rewind_lead_to_the_same_state(String geometry, MachineBlueprint blueprint, long seed) {
        Machine machine = blueprint.create();
        RandomCalls before = new RandomCalls(machine, seed, List.of());
        before.run(200);
        Snapshot middle = machine.save();
        new RandomCalls(machine, seed + 100, before.processes()).run(200);
        Snapshot end = machine.save();
        assertNotNull(machine.firstDifference(middle), geometry + ", seed " + seed);
        machine.rewind(middle);
        assertNull(machine.firstDifference(middle));
        new RandomCalls(machine, seed + 100, before.processes()).run(200);
        assertNull(machine.firstDifference(end), () -> geometry + ", seed " + seed);
        assertEquals(List.of(), machine.check());
    }

    @ParameterizedTest(name = "{0}, seed {2}")
    @MethodSource("programs")
    void two_machines_that_are_called_alike_are_alike(String geometry, MachineBlueprint blueprint, long seed) {
        Machine rewound = blueprint.create();
        Snapshot birth = rewound.save();
        new RandomCalls(rewound, seed + 200, List.of()).run(200);
        rewound.rewind(birth);
        Machine fresh = blueprint.create();
        new RandomCalls(rewound, seed, List.of()).run(200);
        new RandomCalls(fresh, seed, List.of()).run(200);
        assertEquals(List.of(), ObjectGraph.differences(rewound, fresh, NO_STATE), () -> geometry + ", seed " + seed);
    }

    @ParameterizedTest(name = "{0}, seed {2}")
    @MethodSource("programs")
    void rewinding_allocates_nothing_once_it_has_been_done(String geometry, MachineBlueprint blueprint, long seed) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        Machine machine = blueprint.create();
        RandomCalls before = new RandomCalls(machine, seed, List.of());
        before.run(100);
        Snapshot middle = machine.save();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            new RandomCalls(machine, seed + 100, before.processes()).run(100);
            long start = threads.getCurrentThreadAllocatedBytes();
            machine.rewind(middle);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - start);
        }
        assertEquals(0, least, () -> geometry + ", seed " + seed);
    }

    @Test
    void a_field_that_rewinding_forgets_is_found_by_the_comparison() {
        Forgetful used = new Forgetful();
        Snapshot birth = used.space.save();
        used.remembered.set(0, 7);
        used.forgotten = 7;
        used.words[1] = 7;
        used.space.rewind(birth);
        assertNull(used.space.firstDifference(birth));
        assertEquals(
                List.of("/Forgetful.words[1]: 7 and 0", "/Forgetful.forgotten: 7 and 0"),
                ObjectGraph.differences(used, new Forgetful(), Map.of()));
    }

    @Test
    void what_is_excused_is_not_compared_and_everything_else_is() {
        Forgetful used = new Forgetful();
        used.words[1] = 7;
        used.forgotten = 7;
        assertEquals(
                List.of("/Forgetful.forgotten: 7 and 0"),
                ObjectGraph.differences(used, new Forgetful(), Map.of("Forgetful.words", "no state")));
        assertEquals(List.of(), ObjectGraph.differences(used, new Forgetful(), Map.of("Forgetful", "no state")));
    }

    @Test
    void capacity_is_no_state_and_what_is_left_in_it_is() {
        long[][] grown = {new long[4], new long[8]};
        assertEquals(List.of(), ObjectGraph.differences(grown, new long[][] {new long[4]}, Map.of()));
        grown[1][7] = 5;
        assertEquals(
                List.of(" beyond 1: 2 and 1"), ObjectGraph.differences(grown, new long[][] {new long[4]}, Map.of()));
    }

    /** A machine of sorts whose author forgot two fields. */
    private static final class Forgetful {
        final StateSpace space = new StateSpace();
        final IntVector remembered = IntVector.sized(space, "remembered", 1);
        final int[] words = new int[2];

        @SuppressWarnings("UnusedVariable") // read by reflection
        int forgotten;
    }
}
