package org.polymm.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.it.BundledPlugins;
import org.polymm.lab.host.HostSubject;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.UnmetException;
import org.polymm.lab.simulator.SimulatorSubject;
import org.polymm.linux.HostAvailability;
import org.polymm.linux.HostFeature;
import org.polymm.runtime.Laboratory;

/** Simulator and host kernel agree on random programs. Skipped, with the reason, where the host cannot be driven. */
class HostFuzzIT {

    private static final List<String> SIZES =
            List.of("16kB", "32kB", "64kB", "128kB", "256kB", "512kB", "1024kB", "2048kB");

    private static Laboratory laboratory;

    @BeforeAll
    static void openPlugins() {
        try {
            HostSubject.open(text -> {}).close();
        } catch (UnmetException e) {
            System.out.println("not compared with a kernel: " + e.getMessage());
            Assumptions.abort(e.getMessage());
        }
        laboratory = BundledPlugins.open();
    }

    @AfterAll
    static void closePlugins() {
        if (laboratory != null) {
            laboratory.close();
        }
    }

    private static SequencedMap<String, String> never() {
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        settings.put("thp.enabled", "never");
        settings.put("machine.memory", "256MiB");
        return settings;
    }

    private static SequencedMap<String, String> always(List<String> sizes) {
        SequencedMap<String, String> settings = never();
        settings.put("thp.enabled", "always");
        SIZES.forEach(size -> settings.put("thp.hugepages-" + size, sizes.contains(size) ? "always" : "never"));
        return settings;
    }

    private static void assertAgreement(SequencedMap<String, String> settings, long programs, boolean huge, int every)
            throws UnmetException {
        Fuzzer fuzzer = new Fuzzer(laboratory, text -> {}, () -> false);
        Fuzzer.HostReport host = fuzzer.againstHost(
                new Fuzzer.Programs(1, 0, Bounds.ofPrograms(programs), huge, false), settings, every);
        FuzzReport.Failure failure = host.report().failure();
        if (failure != null) {
            throw new AssertionError("seed 1 under " + settings + "\n" + Reproducer.summary(failure, "linux")
                    + Listing.of(failure.operations(), failure.window()));
        }
        // Programs swap shared memory out as readily as their own; those that do are given up.
        int shared = host.known().getOrDefault(KnownDifference.SWAP_OF_SHARED_MEMORY.id(), 0);
        assertTrue(2L * shared <= programs, "more than every second program given up: " + host.known());
        int known = host.known().values().stream().mapToInt(Integer::intValue).sum() - shared;
        assertTrue(10L * known <= programs, "more than one program in ten given up: " + host.known());
    }

    @Test
    void theyAgreeOnBasePages() throws UnmetException {
        assertAgreement(never(), 150, false, 1);
    }

    @Test
    void theyAgreeOnFoliosOfSixteenPages() throws UnmetException {
        assertAgreement(always(List.of("64kB")), 150, false, 1);
    }

    @Test
    void theyAgreeOnSwap() throws UnmetException {
        assumeSwap();
        SequencedMap<String, String> settings = never();
        settings.put("machine.swap", "64MiB");
        assertAgreement(settings, 40, false, 1);
    }

    @Test
    void theyAgreeOnSwapOfLargeFolios() throws UnmetException {
        assumeSwap();
        SequencedMap<String, String> settings = always(List.of("64kB"));
        settings.put("machine.swap", "64MiB");
        assertAgreement(settings, 30, false, 1);
    }

    private static void assumeSwap() {
        String missing = HostAvailability.probe().missing().get(HostFeature.SWAP);
        Assumptions.assumeTrue(missing == null, () -> "no swap: " + missing);
    }

    @Test
    void theyAgreeOnHugePages() throws UnmetException {
        assertAgreement(always(SIZES), 40, true, 1);
    }

    @Test
    @Tag("long")
    void theyAgreeOnThousandsOfPrograms() throws UnmetException {
        assertAgreement(never(), 3_000, false, 1);
        assertAgreement(never(), 3_000, false, 20);
        assertAgreement(always(List.of("64kB")), 3_000, false, 1);
        assertAgreement(always(SIZES), 3_000, false, 1);
        assertAgreement(always(SIZES), 1_000, true, 1);
    }

    @Test
    void aSimulatorWithABugDiffersFromTheKernelAndTheProgramIsSmall() throws UnmetException {
        MachineBlueprint blueprint = laboratory.compose(never(), "test").blueprint();
        ProgramShape shape = ProgramShape.small(blueprint.geometry());
        long page = shape.window().base();
        List<Operation> program = List.of(
                Operation.of(Action.SPAWN, 0),
                Operation.of(Action.MMAP, 0, page, 16 * Operation.PAGE, 3, 0x32, -1, 0),
                Operation.of(Action.READ, 0, page + Operation.PAGE, 4),
                Operation.of(Action.WRITE, 0, page, 1, 5),
                Operation.of(Action.MLOCK, 0, page, 2 * Operation.PAGE),
                Operation.of(Action.FORK, 0, 1),
                Operation.of(Action.READ, 1, page, 1));
        try (HostSubject host = HostSubject.open(text -> {})) {
            WrongWord wrong = new WrongWord(new SimulatorSubject(blueprint), page);
            ComparisonTrial trial = new ComparisonTrial(host, wrong, Settings.PLAIN.withThp(Map.of()), shape, 1);
            Finding finding = trial.run(program);
            assertNotNull(finding);
            assertEquals("differs: contents", finding.kind());

            List<Operation> least = new Shrinker(trial, shape, 100, program, finding).shrink();

            assertEquals(3, least.size(), Listing.of(least, shape.window()));
        }
    }
}
