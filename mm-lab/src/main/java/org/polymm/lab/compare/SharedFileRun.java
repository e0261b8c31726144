package org.polymm.lab.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.polymm.engine.check.Violation;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.lab.cost.CostKeys;
import org.polymm.lab.metrics.Measurements;
import org.polymm.lab.workload.SharedFileMetrics;
import org.polymm.lab.workload.UnfitMachineException;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.compose.Composition;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.EffectiveConfiguration;

/**
 * Runs the workload {@code shared-file} once for every policy set: tasks side by side, timed, where a trace is one event after the other.
 *
 * <p>Used by one thread.
 */
public final class SharedFileRun {

    /** What the workload sets unless somebody else does: khugepaged sleeps for a millisecond, not for ten seconds. */
    private static final Map<String, String> DEFAULTS = Map.of(StandardKeys.KHUGEPAGED_SCAN_SLEEP.name(), "1");

    private final Laboratory laboratory;
    private final Consumer<String> progress;

    /**
     * A comparison of runs.
     *
     * @param laboratory the common configuration and the plugins
     * @param progress told what is being done, for a person who waits
     */
    public SharedFileRun(Laboratory laboratory, Consumer<String> progress) {
        this.laboratory = laboratory;
        this.progress = progress;
    }

    /** The columns that it has unless it is told otherwise: every retraction that was proposed or shipped, mainline first. */
    public static List<PolicySetSpec> usualSets() {
        return Variations.product(
                List.of(
                        "policy.collapse.retraction.use=retract/mainline,retract/mmap-trylock,"
                                + "retract/check-before-lock,retract/mmap-read,retract/scan-empty,retract/recheck-under-ptl,retract/recheck-table"));
    }

    /**
     * Runs it.
     *
     * @param sets the columns; the first is what the others are compared with
     * @throws CheckFailedException when an invariant does not hold in the end
     * @throws UnfitMachineException when the configuration asks for checks after every call, or has too little memory
     */
    public Comparison run(List<PolicySetSpec> sets) {
        List<Composition> compositions = new ArrayList<>();
        for (PolicySetSpec set : sets) {
            compositions.add(compose(set));
        }
        List<Comparison.Column> columns = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            progress.accept(sets.get(i).name() + " (" + (i + 1) + " of " + sets.size() + ")");
            columns.add(column(sets.get(i), compositions.get(i)));
        }
        return new Comparison(workload(compositions.getFirst().configuration()), columns);
    }

    private Composition compose(PolicySetSpec set) {
        Composition asked = laboratory.compose(set.overrides(), "column " + set.name());
        Map<String, String> overrides = new LinkedHashMap<>(set.overrides());
        DEFAULTS.forEach((key, text) -> {
            if (!asked.configuration().value(key).isSet()) {
                overrides.put(key, text);
            }
        });
        Composition composition = laboratory.compose(overrides, "column " + set.name());
        if (composition.blueprint().check() == CheckLevel.EVERY) {
            throw new UnfitMachineException(StandardKeys.CHECK_LEVEL.name()
                    + "=every: shared-file runs tasks side by side, and while one is between two calls another is in the"
                    + " middle of one; say quiet, which checks in the end");
        }
        return composition;
    }

    private Comparison.Column column(PolicySetSpec set, Composition composition) {
        Measurements measurements = composition.run(() -> measure(set, composition));
        List<String> notes = new ArrayList<>();
        if (!set.summary().isEmpty()) {
            notes.add(set.summary());
        }
        if (measurements.number("unbacked_accesses") > 0) {
            notes.add(
                    "OUT OF MEMORY: a kernel would kill a process; here its accesses get no memory, and the figures of this column say"
                            + " little. Set a larger machine.memory");
        }
        return new Comparison.Column(set.name(), ComparisonRun.configuration(set, composition), notes, measurements);
    }

    private static Measurements measure(PolicySetSpec set, Composition composition) {
        EffectiveConfiguration configuration = composition.configuration();
        Machine machine = composition.blueprint().create();
        Measurements measurements = SharedFileMetrics.measure(
                machine,
                CostKeys.model(configuration),
                CostKeys.steps(configuration),
                configuration.get(StandardKeys.SEED));
        if (composition.blueprint().check() != CheckLevel.OFF) {
            List<Violation> violations = machine.check();
            if (!violations.isEmpty()) {
                throw new CheckFailedException(SharedFileMetrics.NAME + " under " + set.name()
                        + ": in the end something does not hold that always must\n  "
                        + String.join(
                                "\n  ",
                                violations.stream().map(Violation::toString).toList()));
            }
        }
        return measurements;
    }

    private static SequencedMap<String, String> workload(EffectiveConfiguration configuration) {
        SequencedMap<String, String> workload = new LinkedHashMap<>();
        workload.put("workload", SharedFileMetrics.NAME);
        workload.put(
                "program",
                "three servers, a reader and a patched process that map one memfd, a caller of MADV_COLLAPSE, khugepaged");
        workload.put("time", "simulated: every task has a processor and a clock; see docs/compare.md");
        workload.put("seed", Long.toString(configuration.get(StandardKeys.SEED)));
        return workload;
    }
}
