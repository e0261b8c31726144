package org.polymm.lab.scenario.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.scenario.grammar.ScenarioParser.AreaContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.ClaimContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.ContentsContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.CounterexampleContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.ExpectationContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.KhugepagedCounterContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.PageCountContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.PagesContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.PropertyContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.SameContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.SmapsContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.StatusContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.ThpStatContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.ViolationContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.VmaCountContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.VmaListContext;
import org.polymm.lab.scenario.grammar.ScenarioParser.VmstatContext;

/** Reads expectations. */
final class Claims {

    private final Tree tree;

    Claims(Tree tree) {
        this.tree = tree;
    }

    Statement.Expect expectation(ExpectationContext expectation) {
        boolean unless = expectation.guard() != null
                && expectation.guard().getStart().getText().equals("unless");
        @Nullable Word process = expectation.IDENT() == null ? null : Tree.word(expectation.IDENT());
        return new Statement.Expect(
                Tree.at(expectation),
                expectation.getStart().getText().equals("always"),
                unless,
                expectation.guard() == null
                        ? List.of()
                        : Tree.circumstances(expectation.guard().circumstance()),
                process,
                claim(expectation.claim()));
    }

    private Claim claim(ClaimContext claim) {
        return switch (claim) {
            case VmaCountContext c ->
                new Claim.VmaCount(tree.place(c.place()), c.comparison().getText(), Tree.number(c.NUMBER()));
            case VmaListContext c ->
                new Claim.VmaList(
                        tree.place(c.place()), c.area().stream().map(this::area).toList());
            case VmstatContext c -> {
                long change = Tree.number(c.NUMBER());
                yield new Claim.Vmstat(Tree.word(c.IDENT()), c.sign.getText().equals("-") ? -change : change);
            }
            case ThpStatContext c -> {
                long change = Tree.number(c.NUMBER());
                yield new Claim.ThpStat(
                        Tree.word(c.SIZE()),
                        Tree.word(c.IDENT()),
                        c.sign.getText().equals("-") ? -change : change);
            }
            case KhugepagedCounterContext c -> {
                long change = Tree.number(c.NUMBER());
                yield new Claim.Khugepaged(
                        Tree.word(c.IDENT()), c.sign.getText().equals("-") ? -change : change);
            }
            case ViolationContext c -> new Claim.Violation(Tree.word(c.IDENT()));
            case CounterexampleContext c -> new Claim.Counterexample(c.IDENT() == null ? null : Tree.word(c.IDENT()));
            case StatusContext c ->
                new Claim.Status(Tree.word(c.IDENT()), c.comparison().getText(), tree.amount(c.size()));
            case SmapsContext c ->
                new Claim.Smaps(
                        Tree.word(c.IDENT()),
                        tree.place(c.place()),
                        c.comparison().getText(),
                        tree.amount(c.size()));
            case PageCountContext c ->
                new Claim.PageCount(Tree.number(c.NUMBER()), tree.place(c.place()), properties(c.property()));
            case SameContext c ->
                new Claim.Same(
                        tree.place(c.place(0)),
                        !c.getChild(1).getText().equals("not"),
                        c.kind.getText().equals("folio"),
                        tree.place(c.place(1)));
            case ContentsContext c -> new Claim.Contents(tree.place(c.place()), tree.value(c.value()));
            case PagesContext c -> new Claim.Pages(tree.place(c.place()), properties(c.property()));
            default -> throw new IllegalStateException("claim of an unknown form: " + claim.getText());
        };
    }

    private Claim.Area area(AreaContext area) {
        return new Claim.Area(
                Tree.word(area.getStart()),
                tree.amount(area.size()),
                area.areaFlag().stream()
                        .map(flag -> new Claim.Property(
                                Tree.at(flag),
                                !flag.getStart().getText().equals("not"),
                                flag.getStop().getText(),
                                null))
                        .toList());
    }

    private List<Claim.Property> properties(List<PropertyContext> properties) {
        return properties.stream().map(this::property).toList();
    }

    private Claim.Property property(PropertyContext property) {
        boolean is = !property.getStart().getText().equals("not");
        Position at = Tree.at(property);
        if (property.size() != null) {
            return new Claim.Property(
                    at, true, "folio", tree.amount(property.size()).bytes());
        }
        if (property.NUMBER() != null) {
            return new Claim.Property(at, true, property.IDENT().getText(), Tree.number(property.NUMBER()));
        }
        String name = property.getStop().getText();
        return new Claim.Property(at, is, name.equals("folio") ? "one folio" : name, null);
    }
}
