package org.polymm.lab.fuzz;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.machine.MachineBlueprint.Limits;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.compose.Composition;

/**
 * Simulated machines under one policy set after the other. A machine is made once for a run of programs, because making one takes as long
 * as running a few.
 */
final class SimulatorBench implements TestBench {

    /** How many programs run under one policy set before the next one has its turn. */
    private static final int TURN = 256;

    private static final int EVENTS = 64;

    private final Laboratory laboratory;
    private final List<SequencedMap<String, String>> sets;
    private final boolean huge;
    private final ProgramShape shape;
    private final Capabilities capabilities;
    private final CheckLevel check;
    private int current = -1;
    private @Nullable SimulatorTrial trial;

    /**
     * A bench.
     *
     * @param laboratory composes machines
     * @param sets what each policy set overrides; at least one
     * @param check when to look: QUIET or EVERY
     * @param programs where programs live, and whether they have allocations fail
     */
    SimulatorBench(
            Laboratory laboratory, List<SequencedMap<String, String>> sets, CheckLevel check, Fuzzer.Programs programs)
            throws UnmetException {
        this.laboratory = laboratory;
        this.sets = sets;
        this.check = check;
        this.huge = programs.huge();
        MachineBlueprint first = blueprint(0, CheckLevel.QUIET);
        shape = huge ? ProgramShape.huge(first.geometry()) : ProgramShape.small(first.geometry());
        Capabilities can = Capabilities.of(new SimulatorSubject(first), shape.window());
        capabilities = programs.failing() ? can : can.without(Ability.FAILURES);
    }

    private MachineBlueprint blueprint(int set, CheckLevel level) {
        Map<String, String> overrides = new LinkedHashMap<>(sets.get(set));
        MachineBlueprint blueprint = compose(overrides).blueprint();
        Limits limits = blueprint.limits();
        int events = level == CheckLevel.EVERY ? Math.max(EVENTS, limits.eventLogEntries()) : 0;
        return blueprint
                .withMemory(Math.min(blueprint.memoryBytes(), memory(blueprint)))
                .withLimits(new Limits(limits.maxMapCount(), limits.memlockBytes(), limits.stackBytes(), events, true))
                .withCheck(level);
    }

    private Composition compose(Map<String, String> overrides) {
        synchronized (laboratory) {
            return laboratory.compose(overrides, "fuzz");
        }
    }

    /** Room for what the processes of a program can touch at most, and for folios besides. */
    private long memory(MachineBlueprint blueprint) {
        long pmd = blueprint.geometry().pmdSize();
        long least = huge ? 24 * pmd : 8L << 20;
        return Math.max(4 * pmd, (least + pmd - 1) / pmd * pmd);
    }

    private int set(long program) {
        return (int) (program / TURN % sets.size());
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public ProgramShape shape() {
        return shape;
    }

    @Override
    public int turn() {
        return sets.size() == 1 ? 1 : TURN;
    }

    @Override
    public Trial trial(long program) throws UnmetException {
        int set = set(program);
        SimulatorTrial running = trial;
        if (running == null || set != current) {
            running = new SimulatorTrial(blueprint(set, check), shape);
            trial = running;
            current = set;
        }
        return running;
    }

    @Override
    public Trial closeTrial(long program) throws UnmetException {
        return new SimulatorTrial(blueprint(set(program), CheckLevel.EVERY), shape);
    }

    @Override
    public SequencedMap<String, String> settings(long program) {
        return ThpSettings.described(compose(sets.get(set(program))));
    }

    @Override
    public int mostTrials() {
        return 20_000;
    }
}
