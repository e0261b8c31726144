package org.polymm.lab.scenario.syntax;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** A scenario's text is wrong. The message names file, line and column of each mistake and says what would have been right. */
public final class ScenarioException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient List<Mistake> mistakes;

    /**
     * A mistake.
     *
     * @param at where
     * @param message what is wrong, and what would have been right
     */
    public record Mistake(Position at, String message) {}

    /**
     * Collects mistakes.
     *
     * @param file the scenario's name
     * @param mistakes at least one, in the order of the text
     */
    public ScenarioException(String file, List<Mistake> mistakes) {
        super(mistakes.stream()
                .map(mistake -> file + ":" + mistake.at() + ": " + mistake.message())
                .collect(Collectors.joining("\n")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** {@return what is wrong} */
    public List<Mistake> mistakes() {
        return mistakes;
    }
}
