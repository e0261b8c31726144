package org.polymm.lab.scenario.syntax;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.scenario.grammar.ScenarioLexer;
import org.polymm.lab.scenario.grammar.ScenarioParser;
import org.polymm.lab.scenario.grammar.ScenarioParser.LineContext;

/**
 * Parses the text of a scenario.
 *
 * <p>Stateless; safe for several threads.
 */
public final class ScenarioSyntax {

    /** How long a text may be, in characters. */
    public static final int MOST_CHARACTERS = 1 << 20;
    /** How many lines it may have. */
    public static final int MOST_LINES = 20_000;
    /** How many tasks may run in parallel. */
    public static final int MOST_TASKS = 16;

    private ScenarioSyntax() {}

    /**
     * Parses a text.
     *
     * @param file what the text is called in messages
     * @param text the text
     * @return its statements, in order
     * @throws ScenarioException if it is no scenario
     */
    public static List<Statement> parse(String file, String text) throws ScenarioException {
        limit(file, text);
        SyntaxErrors errors = new SyntaxErrors();
        ScenarioLexer lexer = new ScenarioLexer(CharStreams.fromString(text, file));
        lexer.removeErrorListeners();
        ScenarioParser parser = new ScenarioParser(new CommonTokenStream(lexer));
        parser.removeErrorListeners();
        parser.addErrorListener(errors);
        ScenarioParser.ScenarioContext tree = parser.scenario();
        if (!errors.mistakes().isEmpty()) {
            throw new ScenarioException(file, errors.mistakes());
        }
        Tree walk = new Tree();
        List<Statement> statements = new ArrayList<>();
        try {
            tree.line().forEach(line -> add(walk, line, statements));
        } catch (TreeException e) {
            throw new ScenarioException(file, List.of(e.mistake()));
        }
        return statements;
    }

    private static void limit(String file, String text) throws ScenarioException {
        long lines = text.chars().filter(c -> c == '\n').count() + 1;
        if (text.length() > MOST_CHARACTERS || lines > MOST_LINES) {
            throw new ScenarioException(
                    file,
                    List.of(new ScenarioException.Mistake(
                            new Position(1, 1),
                            "a scenario has at most " + MOST_LINES + " lines and " + MOST_CHARACTERS
                                    + " characters, this one has " + lines + " and " + text.length())));
        }
    }

    private static void add(Tree tree, LineContext line, List<Statement> statements) {
        if (line.TITLE() != null) {
            statements.add(heading(line.TITLE().getSymbol(), false));
        } else if (line.SOURCE() != null) {
            statements.add(heading(line.SOURCE().getSymbol(), true));
        } else if (line.setting() != null) {
            setting(tree, line.setting(), statements);
        } else if (line.named() != null) {
            named(tree, line.named(), statements);
        } else if (line.global() != null) {
            statements.add(global(tree, line));
        } else if (line.expectation() != null) {
            statements.add(new Claims(tree).expectation(line.expectation()));
        } else if (line.parallel() != null) {
            statements.add(parallel(tree, line.parallel()));
        } else if (line.schedule() != null) {
            statements.add(new Statement.Schedule(
                    Tree.at(line),
                    line.schedule().IDENT().stream().map(Tree::word).toList()));
        } else {
            statements.add(new Statement.Mark(Tree.at(line)));
        }
    }

    private static Statement global(Tree tree, LineContext line) {
        return switch (line.global().getStart().getText()) {
            case "uprobe", "uprobe-remove" ->
                new Statement.Uprobe(
                        Tree.at(line), Calls.breakpoint(line.global().breakpoint()));
            case "reclaim" ->
                new Statement.Reclaim(Tree.at(line), tree.amount(line.global().size()));
            case "fail" ->
                new Statement.Fail(Tree.at(line), Calls.failing(line.global().failing()));
            case "khugepaged" ->
                new Statement.Khugepaged(
                        Tree.at(line),
                        new Call.Khugepaged(
                                line.global().size() == null
                                        ? null
                                        : tree.amount(line.global().size())));
            default -> new Statement.Shrink(Tree.at(line));
        };
    }

    private static Statement heading(org.antlr.v4.runtime.Token token, boolean source) {
        String text = token.getText();
        int end = 0;
        while (!Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return new Statement.Heading(Tree.at(token), source, text.substring(end).strip());
    }

    private static void setting(Tree tree, ScenarioParser.SettingContext setting, List<Statement> statements) {
        Position at = Tree.at(setting);
        String first = setting.getStart().getText();
        switch (first) {
            case "thp" ->
                setting.thpSetting()
                        .forEach(one -> statements.add(
                                new Statement.Thp(Tree.at(one), Tree.word(one.getStart()), Tree.word(one.getStop()))));
            case "swap" -> machine(at, Statement.MachineSetting.SWAP, size(tree, setting), statements);
            case "memory" -> machine(at, Statement.MachineSetting.MEMORY, size(tree, setting), statements);
            case "entries" -> machine(at, Statement.MachineSetting.ENTRIES, Tree.number(setting.NUMBER()), statements);
            case "hugetlb" -> machine(at, Statement.MachineSetting.HUGETLB, Tree.number(setting.NUMBER()), statements);
            case "unprivileged" -> machine(at, Statement.MachineSetting.UNPRIVILEGED, 1, statements);
            case "policy" -> {
                Map<String, String> options = new LinkedHashMap<>();
                setting.option()
                        .forEach(option -> options.put(
                                option.getStart().getText(), option.getStop().getText()));
                statements.add(new Statement.Choice(
                        at,
                        true,
                        Tree.word(setting.slot().getStart()),
                        Tree.word(setting.choice().getStart()),
                        options));
            }
            default ->
                statements.add(new Statement.Choice(
                        at,
                        false,
                        Tree.word(setting.IDENT()),
                        Tree.word(setting.choice().getStart()),
                        Map.of()));
        }
    }

    private static long size(Tree tree, ScenarioParser.SettingContext setting) {
        return tree.amount(setting.size()).bytes();
    }

    private static void machine(Position at, Statement.MachineSetting which, long number, List<Statement> statements) {
        statements.add(new Statement.Machine(at, which, number));
    }

    private static void named(Tree tree, ScenarioParser.NamedContext named, List<Statement> statements) {
        Word name = Tree.word(named.IDENT());
        if (named.object() == null) {
            Calls calls = new Calls(tree);
            named.step().forEach(step -> statements.add(new Statement.Act(calls.step(name, step))));
            return;
        }
        Position at = Tree.at(named);
        ScenarioParser.ObjectContext object = named.object();
        @Nullable Amount size = object.size() == null ? null : tree.amount(object.size());
        Placement placement = tree.placement(object.placement());
        statements.add(
                switch (object.getStart().getText()) {
                    case "process" ->
                        new Statement.Thing(at, name, Statement.ThingKind.PROCESS, null, Placement.ANYWHERE);
                    case "fork" ->
                        new Statement.Fork(
                                at,
                                name,
                                Tree.word(object.IDENT()),
                                object.result() == null ? null : Tree.result(object.result()));
                    case "range" -> new Statement.Thing(at, name, Statement.ThingKind.RANGE, size, placement);
                    case "file" -> new Statement.Thing(at, name, Statement.ThingKind.FILE, size, placement);
                    case "memfd" -> new Statement.Thing(at, name, Statement.ThingKind.MEMFD, size, placement);
                    default -> new Statement.Thing(at, name, Statement.ThingKind.HUGETLB, size, placement);
                });
    }

    private static Statement parallel(Tree tree, ScenarioParser.ParallelContext parallel) {
        Calls calls = new Calls(tree);
        Map<String, Word> names = new LinkedHashMap<>();
        Map<String, List<Step>> steps = new LinkedHashMap<>();
        for (ScenarioParser.TaskContext task : parallel.task()) {
            Word name = Tree.word(task.IDENT(0));
            Word process = task.IDENT().size() > 1 ? Tree.word(task.IDENT(1)) : name;
            names.putIfAbsent(name.text(), name);
            List<Step> all = steps.computeIfAbsent(name.text(), _ -> new ArrayList<>());
            task.step().forEach(step -> all.add(calls.step(process, step)));
            if (names.size() > MOST_TASKS) {
                throw new TreeException(name.at(), "at most " + MOST_TASKS + " tasks run in parallel");
            }
        }
        List<Statement.Task> tasks = new ArrayList<>();
        names.forEach((name, word) -> tasks.add(new Statement.Task(word, steps.getOrDefault(name, List.of()))));
        return new Statement.Parallel(Tree.at(parallel), tasks);
    }
}
