package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.FileKind;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;
import org.polymm.lab.scenario.syntax.Position;
import org.polymm.lab.scenario.syntax.ScenarioException;
import org.polymm.lab.scenario.syntax.ScenarioSyntax;
import org.polymm.lab.scenario.syntax.Statement;
import org.polymm.lab.scenario.syntax.Word;

/**
 * Reads a scenario: parses its text and gives every name its number.
 *
 * <p>One use each; {@link #read} hides that.
 */
public final class ScenarioReader {

    private static final int MOST_MISTAKES = 20;

    private final String file;
    private final String[] lines;
    private final Scope scope = new Scope();
    private final SettingsResolver settings = new SettingsResolver();
    private final List<Item> items = new ArrayList<>();
    private final List<String> sources = new ArrayList<>();
    private final List<ScenarioException.Mistake> mistakes = new ArrayList<>();
    private String title = "";
    private @Nullable Layout layout;
    private Statement.@Nullable Schedule lastSchedule;

    private ScenarioReader(String file, String text) {
        this.file = file;
        lines = text.split("\n", -1);
    }

    /**
     * Reads a scenario.
     *
     * @param file what its text is called in messages
     * @param text the text
     * @return the scenario
     * @throws ScenarioException with every mistake that was found
     */
    public static Scenario read(String file, String text) throws ScenarioException {
        List<Statement> statements = ScenarioSyntax.parse(file, text);
        ScenarioReader reader = new ScenarioReader(file, text);
        statements.forEach(reader::add);
        return reader.scenario();
    }

    private Scenario scenario() throws ScenarioException {
        if (scope.processNames().isEmpty() && mistakes.isEmpty()) {
            mistakes.add(new ScenarioException.Mistake(
                    new Position(1, 1), "nothing happens: a scenario has a process at least, as in A = process"));
        }
        if (!mistakes.isEmpty()) {
            mistakes.sort(Comparator.comparing(ScenarioException.Mistake::at));
            throw new ScenarioException(file, mistakes);
        }
        Layout placed = layout();
        return new Scenario(
                file,
                title,
                sources,
                settings.settings(),
                settings.configuration(),
                new Window(placed.base(), (int) placed.pages()),
                new Names(scope.processNames(), scope.fileNames(), placed.regions()),
                items);
    }

    private Layout layout() {
        Layout known = layout;
        if (known == null) {
            known = new Layout(settings.isSmall());
            layout = known;
        }
        return known;
    }

    private void add(Statement statement) {
        if (mistakes.size() == MOST_MISTAKES) {
            return;
        }
        try {
            resolve(statement);
        } catch (MistakeException e) {
            mistakes.add(e.mistake());
        }
    }

    private void resolve(Statement statement) {
        switch (statement) {
            case Statement.Heading heading -> heading(heading);
            case Statement.Thp thp -> {
                requireFirst(thp);
                settings.thp(thp);
            }
            case Statement.Machine machine -> {
                requireFirst(machine);
                settings.machine(machine);
            }
            case Statement.Choice choice -> {
                requireFirst(choice);
                settings.choice(choice);
            }
            case Statement.Thing thing -> thing(thing);
            case Statement.Fork fork -> fork(fork);
            case Statement.Act act ->
                items.addAll(new CallResolver(scope, layout()).resolve(act.step(), line(act.at())));
            case Statement.Shrink shrink -> act(shrink.at(), Operation.of(Action.SHRINK, 0), Ending.SUCCESS);
            case Statement.Uprobe uprobe ->
                act(uprobe.at(), CallResolver.uprobe(uprobe.call(), scope, 0), Ending.SUCCESS);
            case Statement.Reclaim reclaim ->
                act(
                        reclaim.at(),
                        Operation.of(Action.RECLAIM, 0, reclaim.amount().bytes() / Operation.PAGE),
                        Ending.SUCCESS);
            case Statement.Fail fail -> act(fail.at(), FailingWords.operation(fail.failing(), 0), Ending.SUCCESS);
            case Statement.Khugepaged khugepaged ->
                act(
                        khugepaged.at(),
                        Operation.of(Action.KHUGEPAGED, 0, CallResolver.pages(khugepaged.scan()), 1),
                        Ending.SUCCESS);
            case Statement.Expect expect -> expect(expect);
            case Statement.Mark mark -> items.add(new Item.Mark(mark.at(), line(mark.at())));
            case Statement.Parallel parallel -> parallel(parallel);
            case Statement.Schedule schedule -> schedule(schedule);
        }
    }

    private String line(Position at) {
        String line = lines[at.line() - 1];
        int comment = line.indexOf('#');
        return (comment < 0 ? line : line.substring(0, comment)).strip();
    }

    private void act(Position at, Operation operation, Ending ending) {
        items.add(new Item.Act(at, line(at), operation, ending));
    }

    private void heading(Statement.Heading heading) {
        if (heading.source()) {
            sources.add(heading.text());
        } else if (title.isEmpty()) {
            title = heading.text();
        } else {
            throw new MistakeException(heading.at(), "a second title; a scenario has one");
        }
    }

    private void requireFirst(Statement statement) {
        if (layout != null || !items.isEmpty()) {
            throw new MistakeException(statement.at(), "a setting comes before the first process, range or file");
        }
    }

    private void thing(Statement.Thing thing) {
        Layout placed = layout();
        long bytes = thing.size() == null ? 0 : thing.size().bytes();
        switch (thing.kind()) {
            case PROCESS -> act(thing.at(), Operation.of(Action.SPAWN, scope.newProcess(thing.name())), Ending.SUCCESS);
            case RANGE -> {
                scope.requireFree(thing.name());
                scope.range(
                        thing.name(), CallResolver.place(placed, scope, thing.name(), bytes, thing.placement(), null));
            }
            case FILE -> file(thing, bytes, FileKind.REGULAR);
            case MEMFD -> file(thing, bytes, FileKind.MEMFD);
            case HUGETLB -> file(thing, bytes, FileKind.HUGETLB);
        }
    }

    private void file(Statement.Thing thing, long bytes, FileKind kind) {
        long pages = (bytes + Operation.PAGE - 1) / Operation.PAGE;
        if (pages > Layout.MOST_PAGES) {
            throw new MistakeException(thing.at(), "a file has at most " + Layout.MOST_PAGES + " pages, not " + pages);
        }
        int number = scope.newFile(thing.name(), pages);
        act(thing.at(), Operation.of(Action.FILE, 0, number, pages, kind.ordinal()), Ending.SUCCESS);
    }

    private void fork(Statement.Fork fork) {
        int parent = scope.process(fork.parent());
        int child = scope.newProcess(fork.name());
        scope.inherit(child, parent);
        Ending ending = CallResolver.ending(fork.result(), null);
        if (ending.expected().errno() != 0) {
            scope.ended(child);
        }
        act(fork.at(), Operation.of(Action.FORK, parent, child), ending);
    }

    private void expect(Statement.Expect expect) {
        expect.when().forEach(CallResolver::requireKnown);
        Check check = new ClaimResolver(scope).resolve(expect.claim(), expect.process());
        if (expect.always() && check instanceof CounterChecks.Violated) {
            throw new MistakeException(expect.at(), "a violation is expected of one operation, not always");
        }
        items.add(new Item.Expect(
                expect.at(), line(expect.at()), expect.always(), new Guard(expect.when(), expect.unless()), check));
    }

    // ---------------------------------------------------------------- parallel tasks

    private void parallel(Statement.Parallel parallel) {
        CallResolver calls = new CallResolver(scope, layout());
        List<Item.Task> tasks = new ArrayList<>();
        for (Statement.Task task : parallel.tasks()) {
            List<Item.Act> acts = new ArrayList<>();
            task.steps().forEach(step -> acts.addAll(calls.resolve(step, stepText(step.at()))));
            tasks.add(new Item.Task(task.name().text(), acts));
        }
        items.add(new Item.Tasks(parallel.at(), line(parallel.at()), tasks));
        lastSchedule = null;
    }

    /** One operation of several on a line. */
    private String stepText(Position at) {
        String line = lines[at.line() - 1];
        String rest = line.substring(Math.min(line.length(), at.column() - 1));
        return rest.split("[;#]", 2)[0].strip();
    }

    /** Puts the operations of the tasks before it into the order it states. */
    private void schedule(Statement.Schedule schedule) {
        if (items.isEmpty() || !(items.getLast() instanceof Item.Tasks tasks)) {
            throw new MistakeException(
                    schedule.at(),
                    lastSchedule == null
                            ? "a schedule comes right behind the tasks that it orders"
                            : "these tasks have a schedule already, in line "
                                    + lastSchedule.at().line());
        }
        lastSchedule = schedule;
        Map<String, List<Item.Act>> waiting = new LinkedHashMap<>();
        tasks.tasks().forEach(task -> waiting.put(task.name(), new ArrayList<>(task.acts())));
        List<Item.Act> order = new ArrayList<>();
        for (Word turn : schedule.turns()) {
            List<Item.Act> rest = waiting.get(turn.text());
            if (rest == null) {
                throw MistakeException.unknown("task", turn, waiting.keySet());
            }
            if (rest.isEmpty()) {
                throw new MistakeException(turn.at(), "task " + turn + " has nothing left to do");
            }
            order.add(rest.removeFirst());
        }
        waiting.forEach((name, rest) -> {
            if (!rest.isEmpty()) {
                throw new MistakeException(
                        schedule.at(),
                        "task " + name + " has " + rest.size() + " operations left that the schedule does not run, the"
                                + " first in line " + rest.getFirst().at().line());
            }
        });
        items.removeLast();
        items.addAll(order);
    }
}
