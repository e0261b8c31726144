package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.lab.program.UnmetException;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.compose.Composition;

/**
 * Runs random programs, on simulated machines alone or on the host's kernel beside one.
 *
 * <p>One run at a time; belongs to one thread.
 */
public final class Fuzzer {

    private final Laboratory laboratory;
    private final Consumer<String> progress;
    private final BooleanSupplier stopped;

    /**
     * A fuzzer.
     *
     * @param laboratory composes machines
     * @param progress shown to whoever watches
     * @param stopped asked between programs whether to end early
     */
    public Fuzzer(Laboratory laboratory, Consumer<String> progress, BooleanSupplier stopped) {
        this.laboratory = laboratory;
        this.progress = progress;
        this.stopped = stopped;
    }

    /**
     * What programs to run.
     *
     * @param seed of the programs
     * @param from the number of the first
     * @param bounds when to end
     * @param huge whether programs live in a few PMD ranges
     * @param failing whether programs have allocations fail
     */
    public record Programs(long seed, long from, Bounds bounds, boolean huge, boolean failing) {}

    /**
     * Holds simulated machines against the invariants and against what processes must read.
     *
     * @param programs what to run
     * @param sets what each policy set overrides; programs go through them by turns
     * @param check when to look
     * @param threads how many run programs, at least one, each on machines of its own; what is found does not depend on it
     * @return what became of it
     * @throws UnmetException if the simulator lacks something
     */
    public FuzzReport againstModel(
            Programs programs, List<SequencedMap<String, String>> sets, CheckLevel check, int threads)
            throws UnmetException {
        List<SimulatorBench> benches = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            benches.add(new SimulatorBench(laboratory, sets, check, programs));
        }
        return loop(benches, programs).run(programs.from());
    }

    /**
     * What became of a run beside the host's kernel.
     *
     * @param report as always
     * @param known how many programs were given up for which known difference, by its name in docs/fidelity.md
     */
    public record HostReport(FuzzReport report, Map<String, Integer> known) {}

    /**
     * Holds a simulated machine against the host's kernel.
     *
     * @param programs what to run
     * @param overrides of the configuration
     * @param imageEvery after how many operations states are compared
     * @return what became of it
     * @throws UnmetException if this host cannot be driven
     */
    public HostReport againstHost(Programs programs, SequencedMap<String, String> overrides, int imageEvery)
            throws UnmetException {
        Composition composition = laboratory.compose(overrides, "fuzz");
        try (HostBench bench = new HostBench(
                composition.blueprint(), programs.huge(), imageEvery, ThpSettings.described(composition), progress)) {
            FuzzReport report = loop(List.of(bench), programs).run(programs.from());
            Map<String, Integer> known = new TreeMap<>();
            bench.known().forEach((difference, count) -> known.put(difference.id(), count));
            return new HostReport(report, known);
        }
    }

    private FuzzLoop loop(List<? extends TestBench> benches, Programs programs) {
        return new FuzzLoop(benches, programs.seed(), programs.bounds(), progress, stopped);
    }

    /**
     * Every policy set that can be made of the installed policies, but for those that call themselves faulty.
     *
     * @return overrides; their order mixes the slots, so that a short run sees most policies
     */
    public List<SequencedMap<String, String>> allPolicySets() {
        return new ArrayList<>(PolicyMatrix.of(laboratory.catalogue()));
    }

    /**
     * Policy sets under further settings: as many as there are policy sets, each with one of the settings by turns.
     *
     * @param sets policy sets, at least one
     * @param settings overrides of the rest, at least one; they win where both say something
     * @return overrides
     */
    public static List<SequencedMap<String, String>> together(
            List<SequencedMap<String, String>> sets, List<SequencedMap<String, String>> settings) {
        List<SequencedMap<String, String>> both = new ArrayList<>();
        for (int index = 0; index < Math.max(sets.size(), settings.size()); index++) {
            SequencedMap<String, String> one = new LinkedHashMap<>(sets.get(index % sets.size()));
            // a step further every time round, so that no policy always meets the same setting
            one.putAll(settings.get((index + index / settings.size()) % settings.size()));
            both.add(one);
        }
        return both;
    }

    /** {@return no overrides: what the configuration says} */
    public static SequencedMap<String, String> asConfigured() {
        return new LinkedHashMap<>();
    }
}
