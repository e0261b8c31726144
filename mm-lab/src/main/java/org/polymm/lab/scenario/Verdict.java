package org.polymm.lab.scenario;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.polymm.lab.scenario.syntax.Position;

/**
 * What became of a scenario on one machine.
 *
 * @param file what its text is called
 * @param title what it is about
 * @param circumstances under what it ran
 * @param status how it ended
 * @param reason why it was skipped, or stopped before its end; empty if neither
 * @param broken the invariant that an operation broke, be it as expected or not; empty if none did
 * @param refused how many dangerous decisions of policies were refused, by rule; without rules that refused none
 * @param failures what was not as expected
 * @param hints counters of a machine that others use too, and that changed by something else than expected
 * @param leftOut expectations that this machine cannot answer
 * @param operations how many operations were carried out
 * @param checks how many expectations were looked at, the results of operations apart
 */
public record Verdict(
        String file,
        String title,
        Circumstances circumstances,
        Status status,
        String reason,
        String broken,
        SequencedMap<String, Long> refused,
        List<Failure> failures,
        List<Failure> hints,
        List<Failure> leftOut,
        int operations,
        int checks) {

    /** How a scenario ended. */
    public enum Status {
        /** All was as expected. */
        PASSED,
        /** Something was not. */
        FAILED,
        /** This machine cannot run it; it says nothing about the claim. */
        SKIPPED
    }

    /**
     * Something to say of a line.
     *
     * @param at where
     * @param text the line
     * @param message what is to say
     */
    public record Failure(Position at, String text, String message) {}

    /** Copies the lists. */
    public Verdict {
        refused = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(refused));
        failures = List.copyOf(failures);
        hints = List.copyOf(hints);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * A scenario that was not run.
     *
     * @param scenario which
     * @param circumstances under what it would have run
     * @param reason why not
     * @return the verdict
     */
    public static Verdict skipped(Scenario scenario, Circumstances circumstances, String reason) {
        return new Verdict(
                scenario.file(),
                scenario.title(),
                circumstances,
                Status.SKIPPED,
                reason,
                "",
                new LinkedHashMap<>(),
                List.of(),
                List.of(),
                List.of(),
                0,
                0);
    }

    /**
     * {@return in a few words how it ended: {@code passes}, the invariant that was broken as the scenario says, or the first expectation that
     * failed}
     */
    public String outcome() {
        return switch (status) {
            case SKIPPED -> "skipped: " + reason;
            case PASSED ->
                (broken.isEmpty() ? "passes" : "breaks " + broken + ", as it says")
                        + (refused.isEmpty()
                                ? ""
                                : ", refused "
                                        + refused.values().stream()
                                                .mapToLong(Long::longValue)
                                                .sum());
            case FAILED -> {
                if (!broken.isEmpty()) {
                    yield "fails: breaks " + broken;
                }
                Failure first = failures.getFirst();
                yield "fails: line " + first.at().line() + " " + first.text().strip()
                        + (failures.size() == 1 ? "" : " and " + (failures.size() - 1) + " more");
            }
        };
    }
}
