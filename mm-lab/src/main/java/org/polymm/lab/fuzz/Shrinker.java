package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.UnmetException;

/**
 * Makes a failing program smaller, as long as it fails in the same way.
 *
 * <pre>
 *   cut         everything after the step that failed
 *   leave out   processes; then runs of operations, half of them first, single ones last
 *   simplify    arguments of each operation: fewer pages, lower addresses, plainer flags; processes by lower numbers
 *   move        the whole program down in its window
 * </pre>
 *
 * <p>Repeated until nothing helps or the trials are used up. Deterministic. What comes out fails when it is run again, because each step was
 * taken only after it did.
 */
final class Shrinker {

    private final Trial trial;
    private final ProgramShape shape;
    private final int mostTrials;
    private int trials;
    private Finding finding;
    private List<Operation> best;

    /**
     * A shrinker of one failure.
     *
     * @param trial runs candidates
     * @param shape what programs look like
     * @param mostTrials how many candidates to run
     * @param failing a program that fails
     * @param finding how
     */
    Shrinker(Trial trial, ProgramShape shape, int mostTrials, List<Operation> failing, Finding finding) {
        this.trial = trial;
        this.shape = shape;
        this.mostTrials = mostTrials;
        this.best = List.copyOf(failing);
        this.finding = finding;
    }

    /** {@return how many candidates were run} */
    int trials() {
        return trials;
    }

    /** {@return how the program fails} */
    Finding finding() {
        return finding;
    }

    /**
     * Shrinks.
     *
     * @return the smallest program that was found
     * @throws UnmetException as the trial does
     */
    List<Operation> shrink() throws UnmetException {
        boolean smaller = true;
        while (smaller && trials < mostTrials) {
            cut();
            smaller = leaveOutProcesses();
            smaller |= leaveOutRuns();
            smaller |= simplify();
            smaller |= moveDown();
        }
        return best;
    }

    private boolean accept(List<Operation> candidate) throws UnmetException {
        if (trials >= mostTrials || candidate.isEmpty() || candidate.equals(best) || !ProgramRules.isSound(candidate)) {
            return false;
        }
        trials++;
        Finding found = trial.run(candidate);
        if (found == null || !found.kind().equals(finding.kind())) {
            return false;
        }
        best = List.copyOf(candidate);
        finding = found;
        cut();
        return true;
    }

    private void cut() {
        if (finding.step() + 1 < best.size()) {
            best = best.subList(0, finding.step() + 1);
        }
    }

    private boolean leaveOutProcesses() throws UnmetException {
        boolean any = false;
        for (int process = shape.processes() - 1; process >= 0; process--) {
            int without = process;
            any |= accept(best.stream()
                    .filter(operation -> operation.process() != without
                            && (operation.action() != Action.FORK || operation.a() != without))
                    .toList());
        }
        return any;
    }

    private boolean leaveOutRuns() throws UnmetException {
        boolean any = false;
        for (int length = Math.max(1, best.size() / 2); length >= 1; length /= 2) {
            for (int from = best.size() - length; from >= 0; from -= length) {
                int begin = Math.min(from, best.size());
                int end = Math.min(from + length, best.size());
                List<Operation> candidate = new ArrayList<>(best.subList(0, begin));
                candidate.addAll(best.subList(end, best.size()));
                any |= accept(candidate);
            }
        }
        return any;
    }

    private boolean simplify() throws UnmetException {
        boolean any = false;
        for (int index = 0; index < best.size(); index++) {
            boolean again = true;
            while (again) {
                again = false;
                for (Operation simpler : Simpler.than(best.get(index), shape)) {
                    if (index < best.size() && accept(with(index, simpler))) {
                        again = true;
                        any = true;
                        break;
                    }
                }
                again &= index < best.size();
            }
        }
        return any;
    }

    private List<Operation> with(int index, Operation replacement) {
        List<Operation> candidate = new ArrayList<>(best);
        candidate.set(index, replacement);
        return candidate;
    }

    /** Moves all that the program does down by as many pages as possible, aligned first. */
    private boolean moveDown() throws UnmetException {
        int lowest = shape.window().pages();
        for (Operation operation : best) {
            lowest = Math.min(lowest, Addresses.lowestPage(operation, shape.window()));
        }
        if (lowest == 0 || lowest == shape.window().pages()) {
            return false;
        }
        int[] steps = {lowest, lowest / shape.block() * shape.block(), 1};
        for (int step : steps) {
            List<Operation> candidate = moved(step);
            if (candidate != null && accept(candidate)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable List<Operation> moved(int pages) {
        return pages == 0
                ? null
                : best.stream()
                        .map(operation -> Addresses.movedDown(operation, shape.window(), pages))
                        .toList();
    }
}
