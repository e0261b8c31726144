package org.polymm.lab.scenario.syntax;

import java.util.List;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.scenario.grammar.ScenarioParser;
import org.polymm.lab.scenario.grammar.ScenarioParser.OperationContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.ProducerContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.StepContext;

/** Reads what processes do. */
final class Calls {

    private final Tree tree;

    Calls(Tree tree) {
        this.tree = tree;
    }

    Step step(Word process, StepContext step) {
        @Nullable Result result = step.result() == null ? null : Tree.result(step.result());
        if (step.producer() != null) {
            return new Step(Tree.at(step), process, Tree.word(step.IDENT()), producer(step.producer()), result);
        }
        return new Step(Tree.at(step), process, null, call(step.operation()), result);
    }

    private Call producer(ProducerContext producer) {
        return switch (producer.getStart().getText()) {
            case "mmap" ->
                new Call.Mmap(
                        null,
                        tree.amount(producer.size()),
                        mapping(producer.mapping()),
                        tree.placement(producer.placement()));
            case "mremap" ->
                new Call.Mremap(
                        tree.place(producer.place()),
                        null,
                        tree.amount(producer.size()),
                        moveFlags(producer.moveFlag()),
                        tree.placement(producer.placement()));
            case "pin" ->
                new Call.Pin(
                        tree.place(producer.place()),
                        producer.IDENT().stream().map(Tree::word).toList());
            case "fork" -> new Call.Fork();
            default -> new Call.Vmsplice(tree.place(producer.place()));
        };
    }

    private Call call(OperationContext o) {
        return switch (o.getStart().getText()) {
            case "exit" -> new Call.Exit();
            case "mmap" -> new Call.Mmap(place(o), null, mapping(o.mapping()), Placement.ANYWHERE);
            case "munmap" -> new Call.Munmap(place(o));
            case "mprotect" -> new Call.Mprotect(place(o), Tree.word(o.IDENT()));
            case "madvise" -> new Call.Madvise(place(o), Tree.word(o.IDENT()));
            case "mremap" ->
                new Call.Mremap(
                        place(o),
                        o.place().size() > 1 ? tree.place(o.place(1)) : null,
                        o.size() == null ? null : tree.amount(o.size()),
                        moveFlags(o.moveFlag()),
                        null);
            case "mlock", "mlock2", "munlock" ->
                new Call.Lock(
                        o.getStart().getText(), place(o), o.getStop().getText().equals("onfault"));
            case "mlockall" ->
                new Call.LockAll(
                        o.lockFlag().stream().map(flag -> flag.getText()).toList());
            case "munlockall" -> new Call.UnlockAll();
            case "limit" -> new Call.Limit(o.size() == null ? null : tree.amount(o.size()));
            case "write" -> new Call.Write(place(o), tree.value(o.value()));
            case "read" -> new Call.Read(place(o), optionalValue(o));
            case "unpin" -> new Call.Release(Tree.word(o.IDENT()), false);
            case "device", "pipe" -> device(o);
            case "truncate" -> new Call.Truncate(Tree.word(o.IDENT()), tree.amount(o.size()));
            case "punch-hole", "fallocate" -> pages(o.punching());
            case "uprobe", "uprobe-remove" -> breakpoint(o.breakpoint());
            case "shrink" -> new Call.Shrink();
            case "reclaim" -> new Call.Reclaim(tree.amount(o.size()));
            case "fail" -> new Call.Fail(failing(o.failing()));
            case "khugepaged" -> new Call.Khugepaged(o.size() == null ? null : tree.amount(o.size()));
            case "uffd-read" -> reading(o.reading());
            default -> o.userfault() != null ? userfault(o.userfault()) : raw(o.raw());
        };
    }

    private Call pages(ScenarioParser.PunchingContext pages) {
        return new Call.PagesOfFile(
                pages.getStart().getText().equals("punch-hole"),
                Tree.word(pages.IDENT()),
                tree.amount(pages.first),
                pages.last == null ? null : tree.amount(pages.last));
    }

    static Call.Uprobe breakpoint(ScenarioParser.BreakpointContext b) {
        return new Call.Uprobe(
                Tree.word(b.IDENT()),
                Tree.number(b.index().NUMBER()),
                b.getStart().getText().equals("uprobe-remove"));
    }

    static Failing failing(ScenarioParser.FailingContext f) {
        return new Failing(
                Tree.word(f.what),
                f.getChildCount() > 2 && f.getChild(2).getText().equals(">="),
                number(f.order),
                number(f.skipped),
                f.often == null ? null : Tree.word(f.often),
                number(f.times));
    }

    private static @Nullable Long number(@Nullable Token token) {
        return token == null ? null : Tree.number(token, token.getText(), 1);
    }

    private Call reading(ScenarioParser.ReadingContext r) {
        return new Call.UserfaultMessage(
                Tree.word(r.IDENT()),
                r.place().isEmpty() ? null : tree.place(r.place(0)),
                r.place().size() < 2 ? null : tree.place(r.place(1)));
    }

    private Call userfault(ScenarioParser.UserfaultContext u) {
        Place where = u.place() == null ? null : tree.place(u.place());
        Value value = u.value() == null ? null : tree.value(u.value());
        Word verb = Tree.word(u.getStart());
        return where != null && verb.text().equals("finish")
                ? new Call.Finish(where, value)
                : new Call.Userfault(
                        verb, where, value, u.IDENT().stream().map(Tree::word).toList());
    }

    private Place place(OperationContext o) {
        return tree.place(o.place(0));
    }

    private @Nullable Value optionalValue(OperationContext o) {
        return o.value() == null ? null : tree.value(o.value());
    }

    private Call device(OperationContext o) {
        boolean pipe = o.getStart().getText().equals("pipe");
        Word holder = Tree.word(o.IDENT());
        return switch (o.getChild(1).getText()) {
            case "close" -> new Call.Release(holder, true);
            case "write" -> new Call.DeviceWrite(holder, page(o), tree.value(o.value()));
            default -> new Call.Look(holder, pipe, page(o), optionalValue(o));
        };
    }

    private static int page(OperationContext o) {
        long page = Tree.number(o.index().NUMBER());
        return (int) Math.min(page, Integer.MAX_VALUE);
    }

    private Call.Mapping mapping(ScenarioParser.MappingContext mapping) {
        List<String> words =
                mapping.children.stream().map(child -> child.getText()).toList();
        return new Call.Mapping(
                Tree.word(mapping.IDENT(0)),
                words.contains("shared"),
                mapping.IDENT().size() > 1 ? Tree.word(mapping.IDENT(1)) : null,
                mapping.size() == null ? null : tree.amount(mapping.size()),
                mapping.mapFlag().stream().map(flag -> flag.getText()).toList());
    }

    private static List<String> moveFlags(List<ScenarioParser.MoveFlagContext> flags) {
        return flags.stream().map(flag -> flag.getText()).toList();
    }

    private static Call raw(ScenarioParser.RawContext raw) {
        List<Long> arguments = raw.rawNumber().stream()
                .map(number -> number.HEX() != null
                        ? (Long) Tree.hexadecimal(number.HEX())
                        : (Long)
                                (number.getStart().getText().equals("-")
                                        ? -Tree.number(number.NUMBER())
                                        : Tree.number(number.NUMBER())))
                .toList();
        Word action = raw.IDENT() != null
                ? Tree.word(raw.IDENT())
                : Tree.word(raw.word().getStart());
        if (arguments.size() > 6) {
            throw new TreeException(action.at(), "an operation has at most 6 arguments, not " + arguments.size());
        }
        return new Call.Raw(action, arguments);
    }
}
