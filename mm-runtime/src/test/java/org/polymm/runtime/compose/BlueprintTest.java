package org.polymm.runtime.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.policy.FailureMode;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.config.ConfigurationException;
import org.polymm.runtime.config.EffectiveValue;
import org.polymm.runtime.fixture.Installation;
import org.polymm.runtime.fixture.PluginRecipe;

class BlueprintTest {

    @TempDir
    private static Path compiled;

    @TempDir
    private Path home;

    private Installation installation;

    @BeforeAll
    static void compileMainline() {
        PluginRecipe.mainline().writeTo(compiled.resolve("mainline.jar"));
    }

    @BeforeEach
    void installMainline() {
        installation = new Installation(home).install(compiled.resolve("mainline.jar"));
    }

    @Test
    void theBlueprintSaysWhatTheConfigurationSays() {
        for (String set : List.of(
                "machine.memory=64MiB",
                "machine.max-map-count=100",
                "machine.event-log=1000",
                "machine.contents=on",
                "rlimit.memlock=unlimited",
                "rlimit.stack=1MiB",
                "thp.enabled=madvise",
                "thp.use_zero_page=off",
                "thp.hugepages-64kB=always",
                "thp.khugepaged.max_ptes_none=0",
                "safety=enforce",
                "on-policy-failure=fallback",
                "check.level=every")) {
            installation.sources().set(set);
        }
        try (Laboratory laboratory = installation.open()) {
            MachineBlueprint blueprint = laboratory.compose().blueprint();

            assertEquals(Geometry.X86_64, blueprint.geometry());
            assertEquals(64L << 20, blueprint.memoryBytes());
            assertEquals(new MachineBlueprint.Limits(100, Long.MAX_VALUE, 1L << 20, 1000, true), blueprint.limits());
            assertEquals(SafetyMode.ENFORCE, blueprint.safety());
            assertEquals(FailureMode.FALL_BACK, blueprint.onPolicyFailure());
            assertEquals(MachineBlueprint.CheckLevel.EVERY, blueprint.check());
            assertEquals("madvise", blueprint.thp().get("enabled"));
            assertEquals("0", blueprint.thp().get("use_zero_page"));
            assertEquals("1", blueprint.thp().get("shrink_underused"));
            assertEquals("always", blueprint.thp().get("hugepages-64kB/enabled"));
            assertEquals("inherit", blueprint.thp().get("hugepages-2048kB/enabled"));
            assertEquals("0", blueprint.thp().get("khugepaged/max_ptes_none"));
            assertEquals("64", blueprint.thp().get("khugepaged/max_ptes_swap"));
        }
    }

    @Test
    void smallPageTablesBringTheDefaultsThatFollowFromThem() {
        installation.sources().set("machine.page-table-entries=8");

        try (Laboratory laboratory = installation.open()) {
            Composition composition = laboratory.compose();
            MachineBlueprint blueprint = composition.blueprint();

            assertEquals(Geometry.SMALL, blueprint.geometry());
            assertEquals(16L << 20, blueprint.memoryBytes());
            assertEquals("7", blueprint.thp().get("khugepaged/max_ptes_none"));
            assertEquals("inherit", blueprint.thp().get("hugepages-32kB/enabled"));
            assertFalse(blueprint.thp().containsKey("hugepages-64kB/enabled"));
            assertEquals(
                    "reference, for machine.page-table-entries=8",
                    composition.configuration().value("machine.memory").origin().toString());
            assertEquals(
                    List.of("machine.page-table-entries"),
                    composition.differences().stream().map(EffectiveValue::key).toList());
        }
    }

    @Test
    void whatDoesNotFitSmallPageTablesIsReported() {
        installation
                .sources()
                .set("machine.page-table-entries=8")
                .set("machine.memory=129kB")
                .set("thp.hugepages-64kB=always")
                .set("thp.khugepaged.max_ptes_none=8");

        assertEquals(
                List.of(
                        "--set machine.memory=129kB: machine.memory: '129kB' will not do: a machine with 8 entries a table has a"
                                + " multiple of 32KiB, at least 128KiB",
                        "--set thp.khugepaged.max_ptes_none=8: thp.khugepaged.max_ptes_none: '8' will not do: a machine with 8"
                                + " entries a table takes at most 7",
                        "--set thp.hugepages-64kB=always: thp.hugepages-64kB: 'always' will not do: a machine with 8 entries a"
                                + " table has no folios of this size: the largest is 32kB"),
                installation.problems());
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 8})
    void theDefaultsOfThpAreTheEnginesOwn(int entries) {
        installation.sources().set("machine.page-table-entries=" + entries);

        try (Laboratory laboratory = installation.open()) {
            MachineBlueprint blueprint = laboratory.compose().blueprint();
            ThpSettings engine = new ThpSettings(new StateSpace(), blueprint.geometry());
            Map<String, String> expected = new TreeMap<>();
            expected.put("enabled", engine.enabled().word());
            expected.put("defrag", engine.defrag().word());
            for (ThpTunable tunable : ThpTunable.values()) {
                if (tunable != ThpTunable.PAGES_COLLAPSED && tunable != ThpTunable.FULL_SCANS) {
                    expected.put(tunable.path(), Long.toString(engine.get(tunable)));
                }
            }
            for (int order = 2; order <= blueprint.geometry().pmdOrder(); order++) {
                expected.put(
                        "hugepages-" + (4 << order) + "kB/enabled",
                        engine.enabled(order).word());
            }
            expected.put("shmem_enabled", engine.shmem().general().word());
            for (int order = 1; order <= blueprint.geometry().pmdOrder(); order++) {
                expected.put(
                        "hugepages-" + (4 << order) + "kB/shmem_enabled",
                        engine.shmem().of(order).word());
            }
            assertEquals(expected, new TreeMap<>(blueprint.thp()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 8})
    void theSmallestMachineOfTheEngineIsTheSmallestOfTheConfiguration(int entries) {
        long most = 1L << 40;
        long pmd = 4096L * entries;
        try (Laboratory laboratory = installation.open()) {
            MachineBlueprint any = laboratory
                    .compose(Map.of("machine.page-table-entries", Integer.toString(entries)), "test")
                    .blueprint();
            for (long bytes : List.of(pmd, 2 * pmd, 3 * pmd, 4 * pmd, 5 * pmd, 5 * pmd + 4096, most, most + pmd)) {
                assertEquals(
                        isTaken(() -> any.withMemory(bytes)),
                        isTaken(() -> laboratory.compose(
                                Map.of(
                                        "machine.page-table-entries",
                                        Integer.toString(entries),
                                        "machine.memory",
                                        Long.toString(bytes)),
                                "test")),
                        () -> bytes + " bytes");
            }
        }
    }

    private static boolean isTaken(Supplier<?> attempt) {
        try {
            return attempt.get() != null;
        } catch (IllegalArgumentException | ConfigurationException e) {
            return false;
        }
    }
}
