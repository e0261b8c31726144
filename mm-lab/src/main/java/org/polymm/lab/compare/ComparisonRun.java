package org.polymm.lab.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.check.Violation;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.lab.cost.CostKeys;
import org.polymm.lab.metrics.LevelSamples;
import org.polymm.lab.metrics.Measurements;
import org.polymm.lab.metrics.RunMetrics;
import org.polymm.lab.replay.ReplayReport;
import org.polymm.lab.replay.Replayer;
import org.polymm.lab.trace.TraceFile;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.compose.Composition;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.EffectiveValue;
import org.polymm.runtime.config.Key;

/**
 * Replays a trace once for every policy set and measures.
 *
 * <p>Used by one thread.
 */
public final class ComparisonRun {
    /** How often levels are sampled in a run. */
    static final int SAMPLES = 256;

    private final Laboratory laboratory;
    private final TraceFile trace;
    private final Consumer<String> progress;
    private final long interval;

    /**
     * A comparison of runs of one trace.
     *
     * @param laboratory the common configuration and the plugins
     * @param trace the workload
     * @param progress told what is being done, for a person who waits
     */
    public ComparisonRun(Laboratory laboratory, TraceFile trace, Consumer<String> progress) {
        this.laboratory = laboratory;
        this.trace = trace;
        this.progress = progress;
        this.interval = Math.max(1, trace.events() / SAMPLES);
    }

    /**
     * Runs it.
     *
     * @param sets the columns; the first is what the others are compared with
     * @throws IOException when the trace cannot be read
     * @throws CheckFailedException when the configuration asks for checks and one finds something
     */
    public Comparison run(List<PolicySetSpec> sets) throws IOException {
        // All problems of all columns come to light before the first replay.
        List<Composition> compositions = new ArrayList<>();
        for (PolicySetSpec set : sets) {
            compositions.add(laboratory.compose(set.overrides(), "column " + set.name()));
        }
        progress.accept("base pages, for reference");
        LevelSamples baseline = replay(basePages()).samples();
        List<Comparison.Column> columns = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            progress.accept(sets.get(i).name() + " (" + (i + 1) + " of " + sets.size() + ")");
            columns.add(column(sets.get(i), compositions.get(i), baseline));
        }
        return new Comparison(workload(), columns);
    }

    private Composition basePages() {
        Map<String, String> overrides = new LinkedHashMap<>();
        for (Slot slot : Slot.values()) {
            Key<String> use = StandardKeys.use(slot);
            overrides.put(use.name(), use.defaultText());
        }
        overrides.put("policy.cow-sizing.orders.use", "orders/order0");
        return laboratory.compose(overrides, "reference");
    }

    private record Replay(Machine machine, LevelSamples samples, ReplayReport report) {}

    private Replay replay(Composition composition) throws IOException {
        long checkInterval = composition.configuration().get(StandardKeys.CHECK_INTERVAL);
        try {
            return composition.run(() -> {
                try {
                    return replay(composition.blueprint(), checkInterval);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Replay replay(MachineBlueprint blueprint, long checkInterval) throws IOException {
        Machine machine = blueprint.create();
        LevelSamples samples = new LevelSamples();
        boolean checks = blueprint.check() != MachineBlueprint.CheckLevel.OFF;
        try (Replayer replayer = Replayer.of(machine, trace)) {
            long events = 0;
            while (replayer.next()) {
                replayer.apply();
                events++;
                if (events % interval == 0) {
                    samples.take(machine);
                }
                if (checks && checkInterval != 0 && events % checkInterval == 0) {
                    check(machine, events);
                }
            }
            if (checks) {
                check(machine, events);
            }
            return new Replay(machine, samples, replayer.report());
        }
    }

    private void check(Machine machine, long events) {
        List<Violation> violations = machine.check();
        if (!violations.isEmpty()) {
            StringBuilder text = new StringBuilder(trace.name() + ": after event " + events + " of " + trace.events()
                    + " something does not hold that always must");
            violations.forEach(violation -> text.append("\n  ").append(violation));
            throw new CheckFailedException(text.toString());
        }
    }

    private Comparison.Column column(PolicySetSpec set, Composition composition, LevelSamples baseline)
            throws IOException {
        Replay replay = replay(composition);
        Measurements measurements = new RunMetrics(
                        replay.machine(),
                        replay.samples(),
                        baseline,
                        replay.report(),
                        trace.header().granularity(),
                        CostKeys.model(composition.configuration()))
                .measure();
        return new Comparison.Column(
                set.name(), configuration(set, composition), notes(set, composition, replay), measurements);
    }

    /** What is not as by default, what the columns vary, and the policy of every slot. */
    static SequencedMap<String, String> configuration(PolicySetSpec set, Composition composition) {
        SequencedMap<String, String> shown = new LinkedHashMap<>();
        for (EffectiveValue value : composition.configuration().values()) {
            boolean policy = value.key().startsWith("policy.");
            boolean machine = value.key().equals(StandardKeys.MEMORY.name())
                    || value.key().startsWith("thp.enabled");
            if (policy || machine || value.isSet() || set.overrides().containsKey(value.key())) {
                shown.put(value.key(), value.text());
            }
        }
        return shown;
    }

    private static List<String> notes(PolicySetSpec set, Composition composition, Replay replay) {
        List<String> notes = new ArrayList<>();
        if (!set.summary().isEmpty()) {
            notes.add(set.summary());
        }
        for (Slot slot : Slot.values()) {
            if (replay.machine().policies().decisions().hasFallenBack(slot)) {
                notes.add("policy " + composition.policy(slot).id()
                        + " failed; the safe answer was taken from there on (on-policy-failure=fallback)");
            }
        }
        ReplayReport report = replay.report();
        if (report.unbackedAccesses() > 0) {
            notes.add("OUT OF MEMORY at event " + report.firstOutOfMemory()
                    + ": a kernel would kill a process; here its accesses get no memory from there on, and the figures of"
                    + " this column say little. Set a larger machine.memory");
        }
        report.diverged()
                .forEach((what, count) ->
                        notes.add("failed here though it succeeded when it was recorded: " + what + times(count)));
        report.notReplayed().forEach((what, count) -> notes.add("not replayed: " + what + times(count)));
        return notes;
    }

    private static String times(long count) {
        return count == 1 ? "" : " (" + count + " times)";
    }

    private SequencedMap<String, String> workload() {
        SequencedMap<String, String> workload = new LinkedHashMap<>();
        workload.put("workload", trace.name());
        workload.put("program", trace.header().program());
        workload.put("command", trace.header().command());
        workload.put("events", Long.toString(trace.events()));
        workload.put("granularity", trace.header().granularity().name().toLowerCase(Locale.ROOT));
        return workload;
    }
}
