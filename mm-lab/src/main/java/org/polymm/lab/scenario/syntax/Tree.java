package org.polymm.lab.scenario.syntax;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.scenario.grammar.ScenarioParser;

/** Reads the small parts of the parse tree: positions, words, sizes, places. */
final class Tree {

    private static final long PAGE = 4096;
    private static final String UNITS = "KMG";

    static Position at(Token token) {
        return new Position(token.getLine(), token.getCharPositionInLine() + 1);
    }

    static Position at(ParserRuleContext context) {
        return at(context.getStart());
    }

    static Word word(Token token) {
        return new Word(at(token), token.getText());
    }

    static Word word(TerminalNode node) {
        return word(node.getSymbol());
    }

    static long number(TerminalNode node) {
        return number(node.getSymbol(), node.getText(), 1);
    }

    static long number(Token token, String digits, long unit) {
        try {
            return Math.multiplyExact(Long.parseLong(digits), unit);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new TreeException(at(token), "'" + token.getText() + "' is more than 63 bits hold");
        }
    }

    Amount amount(ScenarioParser.SizeContext size) {
        Token token = size.getStart();
        Position at = at(token);
        if (size.NUMBER() != null) {
            boolean bytes = size.getStop().getText().equals("bytes");
            return new Amount(at, number(token, token.getText(), bytes ? 1 : PAGE));
        }
        String text = token.getText();
        int digits = 0;
        while (Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        int unit = UNITS.indexOf(Character.toUpperCase(text.charAt(digits)));
        return new Amount(at, number(token, text.substring(0, digits), 1L << 10 * (unit + 1)));
    }

    Value value(ScenarioParser.ValueContext value) {
        Position at = at(value);
        boolean rising = value.rising != null;
        if (value.HEX() != null) {
            return new Value(at, hexadecimal(value.HEX()), rising);
        }
        long number = number(value.NUMBER());
        return new Value(at, value.getStart().getText().equals("-") ? -number : number, rising);
    }

    static long hexadecimal(TerminalNode node) {
        try {
            return Long.parseUnsignedLong(node.getText().substring(2), 16);
        } catch (NumberFormatException e) {
            throw new TreeException(at(node.getSymbol()), "'" + node.getText() + "' is more than 64 bits hold");
        }
    }

    Place place(ScenarioParser.PlaceContext place) {
        ScenarioParser.SliceContext slice = place.slice();
        @Nullable Amount first = null;
        @Nullable Amount last = null;
        boolean single = false;
        if (slice != null) {
            first = slice.first == null ? null : amount(slice.first);
            last = slice.last == null ? null : amount(slice.last);
            single = slice.colon == null;
            if (single && first == null) {
                throw new TreeException(at(slice), "'[]' is no slice, expected pages such as [3] or [0:8]");
            }
        }
        return new Place(
                at(place),
                word(place.region().getStart()),
                slice != null,
                first,
                last,
                single,
                sizeAfter(place, "plus"),
                sizeAfter(place, "length"));
    }

    private @Nullable Amount sizeAfter(ScenarioParser.PlaceContext place, String word) {
        for (int i = 0; i + 1 < place.getChildCount(); i++) {
            if (place.getChild(i).getText().equals(word)
                    && place.getChild(i) instanceof TerminalNode
                    && place.getChild(i + 1) instanceof ScenarioParser.SizeContext size) {
                return amount(size);
            }
        }
        return null;
    }

    Placement placement(List<ScenarioParser.PlacementContext> parts) {
        @Nullable Amount align = null;
        @Nullable Place where = null;
        @Nullable Place after = null;
        @Nullable Amount gap = null;
        List<String> seen = new ArrayList<>();
        for (ScenarioParser.PlacementContext part : parts) {
            String word = part.getStart().getText();
            if (seen.contains(word)) {
                throw new TreeException(at(part), "'" + word + "' is said twice");
            }
            seen.add(word);
            switch (word) {
                case "align" -> align = amount(part.size());
                case "at" -> where = place(part.place());
                case "after" -> after = place(part.place());
                default -> gap = amount(part.size());
            }
        }
        return new Placement(align, where, after, gap);
    }

    static Result result(ScenarioParser.ResultContext result) {
        return new Result(
                word(result.IDENT(0)),
                circumstances(result.circumstance()),
                result.IDENT().size() > 1 ? word(result.IDENT(1)) : null);
    }

    static List<Circumstance> circumstances(List<ScenarioParser.CircumstanceContext> all) {
        return all.stream()
                .map(one -> one.slot() == null
                        ? new Circumstance(word(one.getStart()), word(one.getStop()))
                        : new Circumstance(
                                word(one.slot().getStart()), word(one.choice().getStart())))
                .toList();
    }
}
