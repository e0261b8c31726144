package org.polymm.lab.fuzz;

import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.lab.host.HostSubject;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;

/** The host's kernel and a simulated machine beside it. */
final class HostBench implements TestBench, AutoCloseable {

    private final HostSubject host;
    private final ProgramShape shape;
    private final Capabilities capabilities;
    private final ComparisonTrial trial;
    private final ComparisonTrial closeTrial;
    private final SequencedMap<String, String> settings;

    /**
     * Opens the host.
     *
     * @param blueprint what the simulated machine is like; the host gets its huge page settings
     * @param huge whether programs live in a few PMD ranges
     * @param imageEvery after how many operations states are compared
     * @param settings what was set, for reports
     * @param waiting told if another run on the host is waited for
     * @throws UnmetException if the host cannot be driven
     */
    HostBench(
            MachineBlueprint blueprint,
            boolean huge,
            int imageEvery,
            SequencedMap<String, String> settings,
            Consumer<String> waiting)
            throws UnmetException {
        this.settings = settings;
        long swap = blueprint.swap().bytes();
        if (swap != 0 && blueprint.swap().device() != SwapDevice.ZRAM) {
            throw new UnmetException("the host swaps to zram: machine.swap-device must be zram, not "
                    + blueprint.swap().device().name().toLowerCase(Locale.ROOT));
        }
        shape = huge ? ProgramShape.huge(blueprint.geometry()) : ProgramShape.small(blueprint.geometry());
        SimulatorSubject simulator = new SimulatorSubject(blueprint.withCheck(CheckLevel.OFF));
        host = HostSubject.open(waiting);
        try {
            // Running the shrinkers is the whole host's business, and slow.
            capabilities = Capabilities.of(simulator, shape.window())
                    .and(Capabilities.of(host, shape.window()))
                    .without(Ability.FAILURES, Ability.REGULAR_FILES, Ability.SHRINK, Ability.RECLAIM)
                    .swapping(swap != 0);
        } catch (UnmetException | RuntimeException e) {
            host.close();
            throw e;
        }
        Settings needed =
                Settings.PLAIN.withThp(ThpSettings.ofHost(blueprint.thp())).withSwap(swap);
        trial = new ComparisonTrial(host, simulator, needed, shape, imageEvery);
        closeTrial = new ComparisonTrial(host, simulator, needed, shape, 1);
    }

    Map<KnownDifference, Integer> known() {
        return trial.known();
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
    public Trial trial(long program) {
        return trial;
    }

    @Override
    public Trial closeTrial(long program) {
        return closeTrial;
    }

    @Override
    public SequencedMap<String, String> settings(long program) {
        return settings;
    }

    @Override
    public int mostTrials() {
        return 3_000;
    }

    @Override
    public void close() {
        host.close();
    }
}
