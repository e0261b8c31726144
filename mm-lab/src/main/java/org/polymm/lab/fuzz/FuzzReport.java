package org.polymm.lab.fuzz;

import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/**
 * What became of a run.
 *
 * @param seed of the run
 * @param programs how many programs ran
 * @param operations how many operations they had
 * @param next the number of the program to go on with
 * @param time how long it took
 * @param processorTime how long its threads were running, together
 * @param refused how many dangerous decisions of policies were refused, by rule; without rules that refused none
 * @param failure what went wrong; null if nothing did
 */
public record FuzzReport(
        long seed,
        long programs,
        long operations,
        long next,
        Duration time,
        Duration processorTime,
        SequencedMap<String, Long> refused,
        @Nullable Failure failure) {

    /**
     * A program that fails.
     *
     * @param program its number in the run
     * @param settings configuration keys and values that are not the defaults
     * @param window where it lives
     * @param length how many operations it had before it was shrunk
     * @param trials how many candidates were run to shrink it
     * @param operations what is left of it
     * @param finding how it fails
     */
    public record Failure(
            long program,
            SequencedMap<String, String> settings,
            Window window,
            int length,
            int trials,
            List<Operation> operations,
            Finding finding) {}

    /** {@return operations a second} */
    public double rate() {
        return rate(time);
    }

    /** {@return operations a second of a thread's processor time} */
    public double processorRate() {
        return rate(processorTime);
    }

    private double rate(Duration of) {
        return operations / Math.max(1e-9, of.toNanos() / 1e9);
    }
}
