package org.polymm.lab.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both kinds of coroutines do the same. The build starts its tests with continuations exported. */
class CoroutinesTest {

    static Stream<Named<Coroutines>> kinds() {
        return Stream.of(
                Named.of("continuations", new ContinuationCoroutines()),
                Named.of("virtual threads", new ThreadCoroutines()));
    }

    @Test
    void continuations_are_to_be_had_in_this_jvm_and_are_preferred() {
        assertTrue(ContinuationCoroutines.isAvailable());
        assertInstanceOf(ContinuationCoroutines.class, Coroutines.best());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void two_coroutines_take_turns_and_keep_their_stacks(Coroutines coroutines) {
        List<String> seen = new ArrayList<>();
        coroutines.run(() -> {
            Coroutine a = coroutines.create(() -> deep(coroutines, seen, "a", 3));
            Coroutine b = coroutines.create(() -> deep(coroutines, seen, "b", 2));
            assertFalse(a.resume());
            assertFalse(b.resume());
            assertFalse(a.resume());
            assertTrue(b.resume());
            assertTrue(a.resume());
        });
        assertEquals(List.of("a3", "b2", "a2", "b1", "a1"), seen);
    }

    private static void deep(Coroutines coroutines, List<String> seen, String name, int depth) {
        seen.add(name + depth);
        if (depth > 1) {
            coroutines.suspend();
            deep(coroutines, seen, name, depth - 1);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void an_exception_comes_out_where_the_coroutine_was_resumed(Coroutines coroutines) {
        coroutines.run(() -> {
            Coroutine thrower = coroutines.create(() -> {
                coroutines.suspend();
                throw new IllegalArgumentException("thrown inside");
            });
            assertFalse(thrower.resume());
            assertEquals(
                    "thrown inside",
                    assertThrows(IllegalArgumentException.class, thrower::resume)
                            .getMessage());
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void an_abandoned_coroutine_never_goes_on(Coroutines coroutines) {
        List<String> seen = new ArrayList<>();
        coroutines.run(() -> {
            Coroutine left = coroutines.create(() -> {
                seen.add("begun");
                coroutines.suspend();
                seen.add("went on");
            });
            coroutines.create(() -> seen.add("never begun")).abandon();
            assertFalse(left.resume());
            left.abandon();
            Coroutine next = coroutines.create(() -> seen.add("next"));
            assertTrue(next.resume());
        });
        assertEquals(List.of("begun", "next"), seen);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void exceptions_of_the_work_pass_through_run(Coroutines coroutines) {
        assertThrows(
                ArithmeticException.class,
                () -> coroutines.run(() -> {
                    throw new ArithmeticException();
                }));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void an_exploration_is_the_same_on_either_kind(Coroutines coroutines) {
        for (long seed = 1; seed <= 20; seed++) {
            List<String> here = runs(seed, coroutines);
            assertEquals(runs(seed, new ContinuationCoroutines()), here, "seed " + seed);
        }
    }

    private static List<String> runs(long seed, Coroutines coroutines) {
        RandomToyProgram random = new RandomToyProgram(seed);
        List<String> runs = new ArrayList<>();
        Explorer.explore(
                random.build(),
                ExploreOptions.DEFAULT.withLockOrder(false),
                coroutines,
                run -> runs.add(List.of(run.steps(), random.toy().state()).toString()),
                false);
        return runs;
    }
}
