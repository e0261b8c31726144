package org.polymm.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Random calls on machines that check themselves after each, files and shared memory included. The seed is in the name of the test. */
class RandomCallsTest {

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void calls_break_nothing_with_tables_of_8_entries(long seed) {
        run(
                Machines.small(FixedPolicies.whole())
                        .withThp("hugepages-16kB/enabled", "always")
                        .withThp("hugepages-32kB/enabled", "always"),
                seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 29, 58})
    void calls_break_nothing_with_tables_of_512_entries(long seed) {
        run(
                Machines.large(FixedPolicies.whole())
                        .withThp("hugepages-16kB/enabled", "always")
                        .withThp("hugepages-2048kB/enabled", "always"),
                seed);
    }

    private static void run(MachineBlueprint blueprint, long seed) {
        Machine machine = blueprint.withCheck(CheckLevel.EVERY).create();
        RandomCalls calls = new RandomCalls(machine, seed, List.of());
        calls.run(300);
        assertTrue(machine.spaces().mms().live() > 0, () -> "seed " + seed);
        calls.processes().forEach(machine::exit);
        assertEquals(List.of(), machine.check(), () -> "seed " + seed);
        assertEquals(0, machine.spaces().mms().live(), () -> "seed " + seed);
    }
}
