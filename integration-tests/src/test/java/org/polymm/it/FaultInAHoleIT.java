package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.engine.sync.LockClass;
import org.polymm.lab.explore.ExploreOptions;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioExploration;
import org.polymm.lab.scenario.ScenarioFiles;
import org.polymm.lab.scenario.SimulatorBench;
import org.polymm.runtime.Laboratory;

/** A fault in a hole that is being punched into shared memory waits for the hole, and no other fault does. */
class FaultInAHoleIT {

    private static Laboratory laboratory;

    @TempDir
    Path folder;

    @BeforeAll
    static void openPlugins() {
        laboratory = Plugins.open();
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    /** How often something was done to what faults sleep on, over all interleavings: once to punch, once more if a fault slept. */
    private Set<Long> waits(String fault) throws IOException {
        Path file = folder.resolve("hole.mms");
        Files.writeString(file, """
                title a fault and a hole
                source none
                entries 8
                A = process
                F = memfd 4 pages
                A: buf = mmap 4 pages rw shared file F
                A: own = mmap 4 pages rw private file F
                A: write buf[0:3] 1+
                B = fork A
                parallel
                  task A: punch-hole F[1:3]
                  task B: %s
                end
                """.formatted(fault));
        SimulatorBench bench = SimulatorBench.forExploring(laboratory);
        Scenario text = ScenarioFiles.read(file);
        SimulatorBench.Machine machine = bench.machine(text);
        Scenario scenario = bench.asConfigured(text);
        Set<Long> waits = new TreeSet<>();
        machine.composition()
                .run(() -> new ScenarioExploration(machine)
                        .explore(
                                scenario,
                                ExploreOptions.DEFAULT,
                                subject -> waits.add(subject.machine().sync().acquisitions(LockClass.HOLE_PUNCH))));
        return waits;
    }

    @Test
    void a_fault_in_the_hole_waits_in_some_interleavings() throws IOException {
        assertEquals(Set.of(1L, 2L), waits("write buf[2] 7"));
        assertEquals(Set.of(1L, 2L), waits("read buf[1]"));
        assertEquals(Set.of(1L, 2L), waits("write own[1] 7"));
    }

    @Test
    void a_fault_beside_the_hole_never_waits() throws IOException {
        assertEquals(Set.of(1L), waits("write buf[3] 7"));
        assertEquals(Set.of(1L), waits("read buf[0] = 1"));
    }
}
