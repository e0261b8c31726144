package org.polymm.lab.scenario;

import org.jspecify.annotations.Nullable;
import org.polymm.lab.explore.Exploration;
import org.polymm.lab.explore.FailureKind;
import org.polymm.lab.explore.Interleaving;

/**
 * What became of a scenario whose tasks were run in every order, or in some.
 *
 * @param file what its text is called
 * @param title what it is about
 * @param circumstances under what it ran
 * @param status whether all is as the scenario says; a counterexample that it expects is as it says
 * @param reason why it was skipped, or what is not as it says; empty if neither
 * @param exploration what was found; null if the tasks did not run
 * @param brokenBy the invariant, the expectation or the kind of failure that a counterexample shows; empty if there is none
 */
public record ExploredVerdict(
        String file,
        String title,
        Circumstances circumstances,
        Verdict.Status status,
        String reason,
        @Nullable Exploration exploration,
        String brokenBy) {

    static ExploredVerdict skipped(Scenario scenario, Circumstances circumstances, String reason) {
        return new ExploredVerdict(
                scenario.file(), scenario.title(), circumstances, Verdict.Status.SKIPPED, reason, null, "");
    }

    /** {@return the run that shows something wrong; null if there is none} */
    public @Nullable Interleaving counterexample() {
        return exploration == null ? null : exploration.counterexample();
    }

    /** {@return whether a policy has failed, so that nothing can be said} */
    public boolean isPolicyFailure() {
        Interleaving wrong = counterexample();
        return wrong != null && wrong.failure() == FailureKind.POLICY;
    }

    /** {@return {@code holds}, {@code broken: ...}, {@code skipped} or {@code no verdict}} */
    public String outcome() {
        if (status == Verdict.Status.SKIPPED) {
            return "skipped";
        }
        Exploration explored = exploration;
        if (explored == null) {
            return "no verdict";
        }
        if (explored.counterexample() != null) {
            return "broken: " + brokenBy;
        }
        return explored.coverage() == Exploration.Coverage.COMPLETE ? "holds" : "holds in part";
    }
}
