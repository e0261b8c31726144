package org.polymm.runtime.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration cannot be used. Its message holds every problem that was found, one a line. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * Collects problems.
     *
     * @param problems at least one, in the order to report them
     */
    public ConfigurationException(List<Problem> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    private static String text(List<Problem> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a configuration without problems is no error");
        }
        if (problems.size() == 1) {
            return problems.getFirst().toString();
        }
        return problems.size() + " problems in the configuration:\n"
                + problems.stream().map(problem -> "  " + problem).collect(Collectors.joining("\n"));
    }

    /** {@return every problem, in the order of the message} */
    public List<Problem> problems() {
        return problems;
    }
}
