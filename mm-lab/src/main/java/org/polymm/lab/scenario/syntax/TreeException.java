package org.polymm.lab.scenario.syntax;

/** Something parses and cannot be meant all the same, such as a number that is too large. */
final class TreeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ScenarioException.Mistake mistake;

    TreeException(Position at, String message) {
        super(message);
        mistake = new ScenarioException.Mistake(at, message);
    }

    ScenarioException.Mistake mistake() {
        return mistake;
    }
}
