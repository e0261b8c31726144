package org.polymm.lab.scenario.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.scenario.grammar.ScenarioParser;
import org.polymm.runtime.config.Nearest;

/** Says in the reader's words what the parser did not understand: the first mistake of each line. */
final class SyntaxErrors extends BaseErrorListener {

    /** More mistakes than anybody mends at once. */
    private static final int MOST = 20;

    /** How tokens that are no fixed words are called. */
    private static final Map<Integer, String> CALLED = Map.of(
            ScenarioParser.TITLE, "title",
            ScenarioParser.SOURCE, "source",
            ScenarioParser.IDENT, "a name",
            ScenarioParser.QUALIFIED, "a name with its process such as A.buf",
            ScenarioParser.PATH, "an id such as copy/wide",
            ScenarioParser.NUMBER, "a number",
            ScenarioParser.HEX, "a number such as 0x10",
            ScenarioParser.SIZE, "a size such as 64KiB",
            ScenarioParser.NL, "the end of the line",
            Token.EOF, "the end of the file");

    private final List<ScenarioException.Mistake> mistakes = new ArrayList<>();

    List<ScenarioException.Mistake> mistakes() {
        return mistakes;
    }

    @Override
    public void syntaxError(
            Recognizer<?, ?> recognizer,
            @Nullable Object offending,
            int line,
            int column,
            @Nullable String message,
            @Nullable RecognitionException exception) {
        boolean known = mistakes.stream().anyMatch(mistake -> mistake.at().line() == line);
        if (!known
                && mistakes.size() < MOST
                && recognizer instanceof Parser parser
                && offending instanceof Token token) {
            mistakes.add(new ScenarioException.Mistake(new Position(line, column + 1), text(parser, token, exception)));
        }
    }

    private static String text(Parser parser, Token token, @Nullable RecognitionException exception) {
        String found = "found " + shown(token);
        if (exception instanceof NoViableAltException stuck
                && !stuck.getStartToken().equals(token)) {
            return found + ", expected " + inside(parser.getRuleContext().getRuleIndex());
        }
        IntervalSet expected = exception == null || exception.getExpectedTokens() == null
                ? parser.getExpectedTokens()
                : exception.getExpectedTokens();
        return found + ", expected " + list(parser, expected) + hint(parser, token, expected);
    }

    private static String shown(Token token) {
        return switch (token.getType()) {
            case Token.EOF -> "the end of the file";
            case ScenarioParser.NL -> "the end of the line";
            default -> "'" + token.getText() + "'";
        };
    }

    /** What a rule expects once its alternatives can no longer be told apart by one token. */
    private static String inside(int rule) {
        return switch (rule) {
            case ScenarioParser.RULE_claim ->
                "a page property such as present or order 4, = and a value, or same page as";
            case ScenarioParser.RULE_operation -> "a place such as buf[0:8] or a size such as 64KiB";
            case ScenarioParser.RULE_expectation ->
                "a process and a colon, or a place such as buf[0:8], vmas, vmstat, status or violation";
            case ScenarioParser.RULE_property -> "a page property such as present, mlocked or order 4";
            default -> "something else here";
        };
    }

    private static String list(Parser parser, IntervalSet expected) {
        TreeSet<String> fixed = new TreeSet<>();
        TreeSet<String> called = new TreeSet<>();
        for (int type : expected.toList()) {
            String name = CALLED.get(type);
            if (name == null) {
                fixed.add(literal(parser, type));
            } else {
                called.add(name);
            }
        }
        List<String> all = new ArrayList<>(called);
        all.addAll(fixed);
        if (all.size() == 1) {
            return all.getFirst();
        }
        return String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.getLast();
    }

    private static String literal(Parser parser, int type) {
        String literal = parser.getVocabulary().getLiteralName(type);
        return literal == null ? parser.getVocabulary().getDisplayName(type) : literal.replace("'", "");
    }

    /** The nearest word to what was found; or, where a sign is missing after a word that is none of the language, to that word. */
    private static String hint(Parser parser, Token token, IntervalSet expected) {
        if (token.getType() == ScenarioParser.IDENT) {
            List<String> words = expected.toList().stream()
                    .filter(type -> !CALLED.containsKey(type))
                    .map(type -> literal(parser, type))
                    .toList();
            String near = Nearest.hint(token.getText(), words);
            if (!near.isEmpty()) {
                return near;
            }
        }
        Token before =
                token.getTokenIndex() == 0 ? null : parser.getInputStream().LT(-1);
        int rule = parser.getRuleContext().getRuleIndex();
        if (before != null
                && before.getType() == ScenarioParser.IDENT
                && (rule == ScenarioParser.RULE_named || rule == ScenarioParser.RULE_step)) {
            return Nearest.hint(before.getText(), words(parser))
                    .replace("did you mean", "'" + before.getText() + "' is no word of the language, did you mean");
        }
        return "";
    }

    private static List<String> words(Parser parser) {
        List<String> words = new ArrayList<>(List.of("title", "source"));
        for (int type = 1; type <= parser.getVocabulary().getMaxTokenType(); type++) {
            String literal = parser.getVocabulary().getLiteralName(type);
            if (literal != null && literal.length() > 3 && Character.isLetter(literal.charAt(1))) {
                words.add(literal.replace("'", ""));
            }
        }
        return words;
    }
}
