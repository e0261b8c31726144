package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Violation;
import org.polymm.engine.machine.InvariantViolatedException;
import org.polymm.lab.program.Internals;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Subject;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.scenario.syntax.Position;

/**
 * Carries a scenario out on a machine and looks whether everything is as it says.
 *
 * <p>An operation that ends otherwise than expected ends the run, because what follows builds on it. An expectation that does not hold does
 * not: the others are looked at too. A violated invariant ends the run; it is a failure unless the scenario expects it.
 *
 * <p>Belongs to the subject's thread.
 */
public final class ScenarioRunner {

    private final Subject subject;
    private final Circumstances circumstances;

    /** Sees a run, operation by operation. */
    public interface Watcher {
        /** Sees nothing. */
        Watcher NONE = new Watcher() {};

        /** {@return whether it wants to see the state after operations} */
        default boolean wantsImages() {
            return false;
        }

        /**
         * An operation was carried out.
         *
         * @param act which
         * @param outcome how it ended
         * @param image the state afterwards, valid during the call only; null if it was not wanted
         */
        default void after(Item.Act act, Outcome outcome, @Nullable MachineImage image) {}

        /**
         * An expectation was looked at.
         *
         * @param expect which
         * @param failure what was seen instead; null if it holds
         */
        default void checked(Item.Expect expect, @Nullable String failure) {}
    }

    /**
     * A runner.
     *
     * @param subject the machine
     * @param circumstances under what it runs
     */
    public ScenarioRunner(Subject subject, Circumstances circumstances) {
        this.subject = subject;
        this.circumstances = circumstances;
    }

    /**
     * Runs a scenario.
     *
     * @param scenario one that leaves no order open
     * @param watcher sees what happens
     * @return how it ended
     * @throws IllegalArgumentException if the scenario {@linkplain Scenario#isOpen leaves an order open}
     * @throws org.polymm.engine.policy.PolicyFailure if a policy fails
     */
    public Verdict run(Scenario scenario, Watcher watcher) {
        if (scenario.isOpen()) {
            throw new IllegalArgumentException(scenario.file() + " leaves the order of tasks open");
        }
        return new Run(scenario, scenario.items(), watcher, new View(subject, scenario.names())).run();
    }

    /**
     * Runs the beginning of a scenario.
     *
     * @param scenario any
     * @param count how many of its items
     * @param view the machine, whose counters it marks
     * @return how it ended
     */
    Verdict begin(Scenario scenario, int count, View view) {
        return new Run(scenario, scenario.items().subList(0, count), Watcher.NONE, view).run();
    }

    /** One run. */
    private final class Run {
        private final Scenario scenario;
        private final List<Item> items;
        private final Watcher watcher;
        private final View view;
        private final List<Item.Expect> always = new ArrayList<>();
        private final List<Verdict.Failure> failures = new ArrayList<>();
        private final List<Verdict.Failure> hints = new ArrayList<>();
        private final List<Verdict.Failure> leftOut = new ArrayList<>();
        private int operations;
        private int checks;
        private String stopped = "";
        private String broken = "";

        Run(Scenario scenario, List<Item> items, Watcher watcher, View view) {
            this.scenario = scenario;
            this.items = items;
            this.watcher = watcher;
            this.view = view;
        }

        Verdict run() {
            Item current = scenario.items().getFirst();
            try {
                subject.begin(scenario.settings(), scenario.window());
                mark();
                for (int index = 0; index < items.size() && stopped.isEmpty(); index++) {
                    current = items.get(index);
                    step(index, current);
                }
            } catch (UnmetException e) {
                String where = operations == 0 ? "" : "line " + current.at().line() + ": ";
                return Verdict.skipped(scenario, circumstances, where + e.getMessage());
            }
            return new Verdict(
                    scenario.file(),
                    scenario.title(),
                    circumstances,
                    failures.isEmpty() ? Verdict.Status.PASSED : Verdict.Status.FAILED,
                    stopped,
                    broken,
                    subject instanceof Internals internals ? internals.refused() : new LinkedHashMap<>(),
                    failures,
                    hints,
                    leftOut,
                    operations,
                    checks);
        }

        private void step(int index, Item item) throws UnmetException {
            switch (item) {
                case Item.Act act -> act(index, act);
                case Item.Expect expect -> {
                    if (expect.always()) {
                        always.add(expect);
                    }
                    check(expect, expect.at());
                }
                case Item.Mark _ -> mark();
                case Item.Tasks _ -> throw new IllegalStateException("tasks without an order");
            }
        }

        private void act(int index, Item.Act act) throws UnmetException {
            Outcome outcome;
            try {
                outcome = subject.perform(act.operation());
            } catch (InvariantViolatedException e) {
                operations++;
                violated(index, act, e);
                return;
            }
            operations++;
            view.changed();
            watcher.after(act, outcome, watcher.wantsImages() ? view.image() : null);
            String failure = act.ending().failure(outcome, circumstances);
            if (failure != null) {
                fail(act, failure);
                stopped = "line " + act.at().line() + " ended otherwise than expected, and what follows builds on it";
                return;
            }
            for (Item.Expect expect : always) {
                check(expect, act.at());
            }
        }

        /** Whether an expectation right behind the operation names what was violated. */
        private void violated(int index, Item.Act act, InvariantViolatedException violation) {
            for (int next = index + 1; next < items.size() && items.get(next) instanceof Item.Expect expect; next++) {
                if (expect.check() instanceof CounterChecks.Violated expected
                        && expect.guard().holds(circumstances)
                        && violation.violations().stream()
                                .map(Violation::invariant)
                                .anyMatch(expected.invariant()::equals)) {
                    checks++;
                    watcher.checked(expect, null);
                    broken = expected.invariant().id();
                    stopped = "line " + act.at().line() + " broke " + broken
                            + ", as expected; the lines after it were not run";
                    return;
                }
            }
            broken = violation.violations().getFirst().invariant().id();
            fail(act, String.valueOf(violation.getMessage()));
            stopped = "line " + act.at().line() + " broke an invariant";
        }

        private void check(Item.Expect expect, Position when) {
            if (!expect.guard().holds(circumstances)) {
                return;
            }
            Check check = expect.check();
            if (check.kind() == Check.Kind.ENGINE_ONLY && !(subject instanceof Internals)) {
                leftOut.add(new Verdict.Failure(expect.at(), expect.text(), "only the simulator can tell"));
                return;
            }
            @Nullable String failure;
            try {
                failure = check.failure(view);
            } catch (UnmetException e) {
                leftOut.add(new Verdict.Failure(expect.at(), expect.text(), String.valueOf(e.getMessage())));
                return;
            } catch (View.GoneException e) {
                failure = e.getMessage();
            }
            checks++;
            watcher.checked(expect, failure);
            if (failure != null) {
                String after = when.equals(expect.at()) ? "" : "after line " + when.line() + ": ";
                boolean hint = check.kind() == Check.Kind.DELTA && !(subject instanceof Internals);
                (hint ? hints : failures).add(new Verdict.Failure(expect.at(), expect.text(), after + failure));
            }
        }

        private void fail(Item item, String message) {
            failures.add(new Verdict.Failure(item.at(), item.text(), message));
        }

        /** Counts from here on every counter that some expectation asks for. */
        private void mark() {
            ScenarioRunner.mark(scenario, view);
        }
    }

    static void mark(Scenario scenario, View view) {
        TreeSet<String> counters = new TreeSet<>();
        for (Item item : scenario.items()) {
            if (item instanceof Item.Expect expect && expect.check() instanceof CounterChecks.Vmstat vmstat) {
                counters.add(vmstat.counter());
            }
        }
        for (String counter : counters) {
            view.mark(counter);
        }
    }
}
