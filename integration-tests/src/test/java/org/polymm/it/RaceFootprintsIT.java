package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.explore.ExploreOptions;
import org.polymm.lab.explore.ExploreOptions.Strategy;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioExploration;
import org.polymm.lab.scenario.ScenarioFiles;
import org.polymm.lab.scenario.SimulatorBench;
import org.polymm.runtime.Laboratory;

/**
 * What a step touches, it says: no random walk over a race of the scenario library ends in a state that the reduced exploration has left out.
 */
class RaceFootprintsIT {

    static Laboratory laboratory;

    @BeforeAll
    static void openPlugins() {
        laboratory = Plugins.open();
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    private static Set<String> ends(Path file, ExploreOptions options) throws IOException {
        SimulatorBench bench = SimulatorBench.forExploring(laboratory);
        Scenario text = ScenarioFiles.read(file);
        SimulatorBench.Machine machine = bench.machine(text);
        Scenario scenario = bench.asConfigured(text);
        Set<String> ends = new TreeSet<>();
        machine.composition()
                .run(() -> new ScenarioExploration(machine).explore(scenario, options, subject -> {
                    List<Integer> mms = new ArrayList<>();
                    subject.machine().spaces().mms().forEachLive(mms::add);
                    ends.add(EngineState.of(subject.machine(), mms));
                }));
        return ends;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fast-pin-during-fork",
                "gup-fast-against-collapse",
                "gup-fast-against-swap-out",
                "huge-split-against-zap",
                "mlock-against-fault",
                "mprotect-against-fault",
                "referenced-walk-against-dontneed",
                "temporary-pin-during-fork",
                "two-faults-of-one-block"
            })
    void randomWalksEndInNoStateThatTheReductionHasLeftOut(String race) throws IOException {
        Path file = Path.of("..", "scenarios", "races", race + ".mms");
        ExploreOptions options = ExploreOptions.DEFAULT.withMinimise(false);
        Set<String> reduced = ends(file, options);

        Set<String> walked =
                ends(file, options.with(Strategy.RANDOM).withRuns(2_000).withSeed(11));
        walked.addAll(
                ends(file, options.with(Strategy.PRIORITIES).withRuns(1_000).withSeed(12)));
        walked.removeAll(reduced);

        assertEquals(Set.of(), walked);
    }
}
