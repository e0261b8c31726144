package org.polymm.lab.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.polymm.engine.sync.Point;
import org.polymm.lab.explore.ExploreOptions.Strategy;

/** What the reduction leaves out is only what it may: on random programs it ends in the same states as enumerating every interleaving. */
class ReductionSoundnessTest {

    private static final int PROGRAMS = 1_000;
    private static final long MOST_RUNS = 3_000;

    private static final class Outcome {
        final Set<String> states = new TreeSet<>();
        long runs;
        boolean isWhole;
    }

    private static Outcome explore(long seed, ExploreOptions options) {
        RandomToyProgram random = new RandomToyProgram(seed);
        Program program = random.build();
        Outcome outcome = new Outcome();
        Exploration exploration = Explorer.explore(
                program,
                options.withLockOrder(false),
                Coroutines.best(),
                run -> outcome.states.add(describe(program, random.toy(), run)),
                false);
        outcome.runs = exploration.interleavings();
        outcome.isWhole = exploration.coverage() == Exploration.Coverage.COMPLETE;
        return outcome;
    }

    private static String describe(Program program, Toy toy, Execution run) {
        StringBuilder text = new StringBuilder(toy.state());
        Failure failure = run.failure();
        text.append(failure == null ? " ended" : " " + failure.kind());
        for (int task = 0; task < run.tasks(); task++) {
            for (int call = 0; call < program.tasks().get(task).calls().size(); call++) {
                text.append(' ').append(run.result(task, call));
            }
        }
        return text.toString();
    }

    /** Two tasks change a variable, and say so or do not. */
    private static Set<String> endsOfTwoWriters(boolean said, ExploreOptions options) {
        Toy toy = new Toy();
        Program.Builder program = Program.on(toy);
        for (int task = 1; task <= 2; task++) {
            int number = task;
            program.task("task " + number).call("step", () -> {
                toy.write(number, 1);
                if (said) {
                    toy.sync().touch(Point.WRITE_COUNT, 0);
                }
                toy.set(0, 10 * toy.get(0) + number);
                return 0;
            });
        }
        Set<String> ends = new TreeSet<>();
        Explorer.explore(program.build(), options, Coroutines.best(), run -> ends.add(toy.state()), false);
        return ends;
    }

    @Test
    void a_step_that_does_not_say_what_it_touches_is_found_out() {
        ExploreOptions plain = ExploreOptions.DEFAULT.with(Strategy.WITHOUT_REDUCTION);
        assertEquals(endsOfTwoWriters(true, plain), endsOfTwoWriters(true, ExploreOptions.DEFAULT));
        assertEquals(2, endsOfTwoWriters(false, plain).size());
        assertEquals(1, endsOfTwoWriters(false, ExploreOptions.DEFAULT).size());
    }

    @Test
    void reduction_and_enumeration_end_in_the_same_states_on_random_programs() {
        long all = 0;
        long reduced = 0;
        int compared = 0;
        int deadlocks = 0;
        for (long seed = 1; seed <= Integer.getInteger("programs", PROGRAMS); seed++) {
            Outcome plain = explore(
                    seed,
                    ExploreOptions.DEFAULT.with(Strategy.WITHOUT_REDUCTION).withRuns(MOST_RUNS));
            if (!plain.isWhole) {
                continue;
            }
            Outcome less = explore(seed, ExploreOptions.DEFAULT);
            assertEquals(plain.states, less.states, "seed " + seed);
            Outcome remembered = explore(seed, ExploreOptions.DEFAULT.withPreemptions(1_000));
            assertEquals(plain.states, remembered.states, "seed " + seed + ", states remembered");
            all += plain.runs;
            reduced += less.runs;
            compared++;
            deadlocks += plain.states.stream().anyMatch(state -> state.contains("DEADLOCK")) ? 1 : 0;
        }
        assertTrue(compared > PROGRAMS / 2, compared + " programs were small enough to compare");
        assertTrue(deadlocks > 5, deadlocks + " programs can come to a deadlock");
        assertTrue(reduced * 20 < all, reduced + " runs instead of " + all);
    }
}
