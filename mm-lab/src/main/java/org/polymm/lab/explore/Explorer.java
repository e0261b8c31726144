package org.polymm.lab.explore;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.explore.Exploration.Coverage;
import org.polymm.lab.explore.ExploreOptions.Strategy;

/** Explores programs, and replays schedules. Without state; a program's world belongs to the calling thread until a method returns. */
public final class Explorer {

    private static final int REMEMBERED_SHIFT = 21;
    private static final int PROGRESS_EVERY = 4096;
    /** How many runs are spent on making a counterexample smaller. */
    private static final long MINIMISING_RUNS = 300_000;
    /** How many runs are spent, before a replay, on learning in which order tasks take locks. */
    private static final long LEARNING_RUNS = 120;

    private Explorer() {}

    /**
     * Looks at the interleavings of a program until one shows something wrong, or there are no more to look at.
     *
     * @param program the program; its world is afterwards as it was before
     * @param options how
     * @return the verdict
     * @throws ScheduleMismatchException if {@link ExploreOptions#from} does not fit the program
     * @throws IllegalStateException if the program does not do the same in the same interleaving
     */
    public static Exploration explore(Program program, ExploreOptions options) {
        return explore(program, options, Coroutines.best(), run -> {}, true);
    }

    /**
     * Runs a program along a schedule, and on to its end with as few switches as possible where the schedule is only the beginning. Before, the
     * tasks run one after the other in every order, so that a chain of locks that closes a cycle with one of the schedule is known.
     *
     * @param program the program; its world is afterwards as it was before
     * @param schedule the steps
     * @return the run, with what was wrong in it, if anything was
     * @throws ScheduleMismatchException if the schedule does not fit the program
     */
    public static Interleaving replay(Program program, Schedule schedule) {
        Interleaving[] told = new Interleaving[1];
        Coroutines coroutines = Coroutines.best();
        coroutines.run(() -> {
            Execution run = new Execution(program, coroutines, ExploreOptions.DEFAULT.maxSteps(), true);
            try {
                int[] tasks = toTheEnd(run, fitted(run, schedule));
                learnLockOrder(run);
                told[0] = Narrator.tell(run, tasks);
            } finally {
                run.close();
            }
        });
        return told[0];
    }

    /** Runs the tasks one after the other in each order: a cycle of locks is one of chains that need not all be in the run that shows it. */
    private static void learnLockOrder(Execution run) {
        Enumeration whole = new Enumeration(run.tasks(), new int[0], 0, null);
        long left = LEARNING_RUNS;
        do {
            run.run(whole);
        } while (whole.advance(run) && --left > 0);
    }

    /**
     * The tasks of the steps of a schedule: of the very same steps if the program takes them, else of those that are most like them.
     *
     * @throws ScheduleMismatchException if there are none
     */
    private static int[] fitted(Execution run, Schedule schedule) {
        Fixed fixed = new Fixed(run.program(), schedule);
        run.run(fixed);
        int steps = schedule.steps().size();
        return fixed.mismatch() == null && run.schedule().length >= steps
                ? Arrays.copyOf(run.schedule(), steps)
                : new Fitting(run, schedule).tasks();
    }

    /** The tasks of the steps up to the end of the program, by as few switches as possible behind the first ones. */
    private static int[] toTheEnd(Execution run, int[] first) {
        run.run(new Followed(first) {
            @Override
            int next(Execution running) {
                int can = running.enabled();
                int current = running.current();
                return running.steps() < first.length
                        ? super.next(running)
                        : current >= 0 && (can & 1 << current) != 0 ? current : Integer.numberOfTrailingZeros(can);
            }
        });
        return run.schedule();
    }

    /**
     * For tests: with coroutines of a kind, a look at every run, and on request no end at the first failure.
     *
     * @param each sees each complete run
     */
    static Exploration explore(
            Program program,
            ExploreOptions options,
            Coroutines coroutines,
            Consumer<Execution> each,
            boolean untilFailure) {
        Exploration[] result = new Exploration[1];
        coroutines.run(() -> {
            Execution run = new Execution(program, coroutines, options.maxSteps(), options.lockOrder());
            try {
                result[0] = new Search(run, options, each, untilFailure).go();
            } finally {
                run.close();
            }
        });
        return result[0];
    }

    /** One exploration. */
    private static final class Search {

        private final Execution run;
        private final ExploreOptions options;
        private final Consumer<Execution> each;
        private final boolean untilFailure;
        private final int[] forced;
        private long interleavings;
        private long redundant;
        private @Nullable VisitedStates visited;

        Search(Execution run, ExploreOptions options, Consumer<Execution> each, boolean untilFailure) {
            this.run = run;
            this.options = options;
            this.each = each;
            this.untilFailure = untilFailure;
            Schedule from = options.from();
            forced = from == null ? new int[0] : fitted(run, from);
        }

        Exploration go() {
            return switch (options.strategy()) {
                case ALL -> only(new Reduction(run.tasks(), forced));
                case WITHOUT_REDUCTION -> only(enumeration(Enumeration.UNBOUNDED, null));
                case BOUNDED_WITHOUT_REDUCTION -> only(enumeration(options.preemptions(), null));
                case RANDOM -> only(new RandomWalk(forced, options.runs(), options.seed()));
                case PRIORITIES ->
                    only(new PriorityWalk(run.tasks(), forced, options.depth(), options.runs(), options.seed()));
                case FEWEST_PREEMPTIONS -> boundByBound();
            };
        }

        private Enumeration enumeration(int bound, @Nullable VisitedStates states) {
            return new Enumeration(run.tasks(), forced, bound, states);
        }

        private Exploration only(Chooser chooser) {
            int bound = options.strategy() == Strategy.BOUNDED_WITHOUT_REDUCTION ? options.preemptions() : -1;
            Coverage coverage = drive(chooser, options.runs(), bound);
            return coverage == Coverage.FAILED ? failed(true) : ended(coverage, bound);
        }

        private Exploration boundByBound() {
            for (int bound = 0; ; bound++) {
                interleavings = 0;
                redundant = 0;
                Enumeration enumeration = enumeration(bound, fresh());
                Coverage coverage = drive(enumeration, options.runs(), bound);
                if (coverage == Coverage.FAILED) {
                    return failed(false);
                }
                if (coverage == Coverage.GIVEN_UP || !enumeration.isBounded()) {
                    return ended(coverage, bound);
                }
                if (bound == options.preemptions()) {
                    return ended(Coverage.BOUNDED, bound);
                }
            }
        }

        private Exploration ended(Coverage coverage, int bound) {
            return new Exploration(coverage, interleavings, redundant, bound, null);
        }

        /** The present run has failed. */
        private Exploration failed(boolean mayHaveFewer) {
            long looked = interleavings;
            int[] tasks = run.schedule();
            Interleaving told = Narrator.tell(run, tasks);
            FailureKind kind = told.failure();
            if (kind == null) {
                throw new IllegalStateException(
                        "the program does not do the same in the same interleaving: it failed, and when it was run"
                                + " again it did not; calls and conditions may depend on nothing but the world");
            }
            if (options.minimise()) {
                told = Narrator.tell(run, smaller(tasks, told.preemptions(), kind, mayHaveFewer));
            }
            return new Exploration(Coverage.FAILED, looked, redundant, -1, told);
        }

        /** A run with a failure of the same kind, with the fewest preemptions and then the fewest steps that can be found in time. */
        private int[] smaller(int[] tasks, int preemptions, FailureKind kind, boolean mayHaveFewer) {
            int[] best = tasks;
            long left = MINIMISING_RUNS;
            for (int bound = mayHaveFewer ? 0 : preemptions; bound <= preemptions; bound++) {
                Enumeration enumeration = enumeration(bound, fresh());
                boolean found = false;
                do {
                    run.run(enumeration);
                    Failure failure = run.failure();
                    int steps = run.schedule().length;
                    boolean isBetter = bound < preemptions && !found || steps < best.length;
                    if (failure != null && failure.kind() == kind && isBetter) {
                        best = run.schedule();
                        found = true;
                        enumeration.shorterThan(steps);
                    }
                } while (enumeration.advance(run) && --left > 0);
                if (found || left <= 0) {
                    return best;
                }
            }
            return best;
        }

        private VisitedStates fresh() {
            VisitedStates states = visited;
            if (states == null) {
                states = new VisitedStates(REMEMBERED_SHIFT);
                visited = states;
            } else {
                states.clear();
            }
            return states;
        }

        /** Runs until something fails, nothing is left, or the limit is reached. */
        private Coverage drive(Chooser chooser, long limit, int bound) {
            long runs = 0;
            while (true) {
                run.run(chooser);
                runs++;
                if (run.isCut()) {
                    redundant++;
                } else {
                    interleavings++;
                    each.accept(run);
                    if (run.failure() != null && untilFailure) {
                        return Coverage.FAILED;
                    }
                }
                if (runs % PROGRESS_EVERY == 0) {
                    options.progress().at(interleavings, bound);
                }
                if (!chooser.advance(run)) {
                    return chooser.isExhaustive() ? Coverage.COMPLETE : isWalk() ? Coverage.SAMPLED : Coverage.BOUNDED;
                }
                if (runs == limit) {
                    return Coverage.GIVEN_UP;
                }
            }
        }

        private boolean isWalk() {
            return options.strategy() == Strategy.RANDOM || options.strategy() == Strategy.PRIORITIES;
        }
    }
}
