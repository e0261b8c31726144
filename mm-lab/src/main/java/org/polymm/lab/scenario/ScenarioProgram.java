package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Errno;
import org.polymm.lab.explore.FailureKind;
import org.polymm.lab.explore.Interleaving;
import org.polymm.lab.explore.Program;
import org.polymm.lab.explore.WrongResultException;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.scenario.syntax.Position;
import org.polymm.lab.simulator.SimulatorSubject;

/**
 * The tasks of a scenario as a program for the explorer.
 *
 * <pre>
 *   A: write buf 1            the set-up, run once
 *   always A: buf = 1+        looked at wherever no task is in the middle of a call
 *   parallel ... end          the tasks; a call is an operation, and must end as its line says
 *   A: munlock buf            done, by one task alone, at the end of every interleaving
 *   expect A: buf present     looked at there
 * </pre>
 *
 * <p>The set-up must have been run when a program is asked for.
 */
final class ScenarioProgram {

    private static final long NO_VALUE = Long.MIN_VALUE;

    private final Scenario scenario;
    private final SimulatorSubject subject;
    private final Circumstances circumstances;
    private final ScenarioWorld world;
    private final View marks;
    private final View between;
    private final List<Item.Expect> always = new ArrayList<>();
    private final List<Item> after;
    private final int block;
    private final SerialContents contents;
    private String broken = "";
    private @Nullable UnmetException unmet;

    /**
     * A program.
     *
     * @param block the index of the tasks among the items
     * @param marks counters, marked in the set-up
     */
    ScenarioProgram(Scenario scenario, int block, SimulatorSubject subject, Circumstances circumstances, View marks) {
        this.scenario = scenario;
        this.block = block;
        this.subject = subject;
        this.circumstances = circumstances;
        this.marks = marks;
        world = new ScenarioWorld(subject, scenario.names());
        contents = new SerialContents(
                scenario, subject, ((Item.Tasks) scenario.items().get(block)).tasks());
        between = new View(subject, scenario.names(), () -> subject.look(true)).marked(marks);
        scenario.items().subList(0, block).forEach(item -> {
            if (item instanceof Item.Expect expect && expect.always() && isMeant(expect)) {
                always.add(expect);
            }
        });
        after = scenario.items().subList(block + 1, scenario.items().size()).stream()
                .filter(item -> !(item instanceof Item.Expect expect) || isMeant(expect))
                .toList();
    }

    private boolean isMeant(Item.Expect expect) {
        return expect.guard().holds(circumstances)
                && !(expect.check() instanceof CounterexampleCheck)
                && !(expect.check() instanceof CounterChecks.Violated);
    }

    ScenarioWorld world() {
        return world;
    }

    /** What a call or an expectation needed that this machine has not; null if there was nothing. */
    @Nullable
    UnmetException unmet() {
        return unmet;
    }

    /**
     * What an interleaving broke, in a word or a line.
     *
     * @param wrong the run that was told last
     */
    String brokenBy(Interleaving wrong) {
        FailureKind kind = wrong.failure();
        if (kind == null) {
            return "";
        }
        return switch (kind) {
            case INVARIANT -> String.join(" ", world.violated());
            case ALWAYS, RESULT, CONTENTS -> broken;
            default -> kind.id();
        };
    }

    /**
     * Makes the program.
     *
     * @param watcher sees the end of each interleaving
     */
    Program program(ScenarioExploration.EndWatcher watcher) {
        Program.Builder builder = Program.on(world);
        for (Item.Task task : ((Item.Tasks) scenario.items().get(block)).tasks()) {
            builder.task(task.name());
            for (Item.Act act : task.acts()) {
                builder.call(act.text(), scenario.file() + ":" + act.at().line(), () -> call(act));
            }
        }
        builder.names(scenario.names().processes()).names(scenario.names().files());
        builder.names(scenario.names().regions().stream().map(Region::name).toList());
        for (Item.Expect expect : always) {
            builder.always(named(expect), results -> {
                between.changed();
                return look(expect, between, null);
            });
        }
        builder.atEnd("contents", results -> {
            watcher.atEnd(subject);
            String wrong = isTriedAgain(results) ? null : contents.wrong();
            if (wrong != null) {
                broken = FailureKind.CONTENTS.id();
                throw new WrongResultException(FailureKind.CONTENTS, wrong);
            }
            return true;
        });
        if (!after.isEmpty()) {
            builder.atEnd("after the tasks", results -> {
                runAfter();
                return true;
            });
        }
        return builder.invariantsAlways().build();
    }

    /** Whether a call that changes contents has ended with EAGAIN: one after the other, none would have to. */
    private boolean isTriedAgain(Program.Results results) {
        List<Item.Task> tasks = ((Item.Tasks) scenario.items().get(block)).tasks();
        for (int task = 0; task < tasks.size(); task++) {
            for (int call = 0; call < tasks.get(task).acts().size(); call++) {
                Operation operation = tasks.get(task).acts().get(call).operation();
                boolean keepsContents = operation.action() == Action.MADVISE && operation.c() == Mman.MADV_COLLAPSE;
                if (results.of(task, call) == -Errno.EAGAIN && !keepsContents) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String named(Item item) {
        return "line " + item.at().line() + ": " + item.text();
    }

    /** One call of a task. */
    private long call(Item.Act act) {
        Outcome outcome = perform(act.operation());
        String failure = act.ending().failure(outcome, circumstances);
        if (failure != null) {
            broken = act.text();
            throw new WrongResultException("line " + act.at().line() + ": " + failure);
        }
        return outcome.signal() != 0
                ? NO_VALUE + outcome.signal()
                : outcome.errno() != 0 ? -outcome.errno() : outcome.value();
    }

    private Outcome perform(Operation operation) {
        try {
            return subject.perform(operation);
        } catch (UnmetException e) {
            unmet = e;
            throw new WrongResultException(String.valueOf(e.getMessage()));
        }
    }

    /** What the scenario does and looks at behind its tasks. */
    private void runAfter() {
        View view = new View(subject, scenario.names()).marked(marks);
        List<Item.Expect> lasting = new ArrayList<>(always);
        boolean acted = false;
        for (Item item : after) {
            switch (item) {
                case Item.Act act -> {
                    call(act);
                    acted = true;
                    view.changed();
                    lasting.forEach(expect -> require(expect, view, act.at()));
                }
                case Item.Expect expect -> {
                    require(expect, view, null);
                    if (expect.always()) {
                        lasting.add(expect);
                    }
                }
                case Item.Mark _ -> ScenarioRunner.mark(scenario, view);
                case Item.Tasks _ -> throw new IllegalStateException("a second block of tasks");
            }
        }
        List<String> violations = acted ? world.violations() : List.of();
        if (!violations.isEmpty()) {
            broken = String.join(" ", world.violated());
            throw new WrongResultException(String.join("\n  ", violations));
        }
    }

    private void require(Item.Expect expect, View view, @Nullable Position when) {
        if (!look(expect, view, when)) {
            throw new WrongResultException(named(expect));
        }
    }

    private boolean look(Item.Expect expect, View view, @Nullable Position when) {
        @Nullable String failure;
        try {
            failure = expect.check().failure(view);
        } catch (UnmetException e) {
            unmet = e;
            return true;
        } catch (View.GoneException e) {
            failure = e.getMessage();
        }
        if (failure == null) {
            return true;
        }
        broken = expect.text();
        String later = when == null ? "" : ", after line " + when.line();
        throw new WrongResultException(named(expect) + later + ": " + failure);
    }
}
