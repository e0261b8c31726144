package org.polymm.runtime.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.policy.FailureMode;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Geometry;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.Polymm;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.ConfigurationException;
import org.polymm.runtime.config.EffectiveValue;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.Origin;
import org.polymm.runtime.config.PolicyKeys;
import org.polymm.runtime.config.Problem;
import org.polymm.runtime.fixture.PluginRecipe;
import org.polymm.runtime.plugin.PluginState;

class CompositionTest {

    private static final String WIDE = ".withOptions(Option.ofNumber(\"max-order\", 4, 0, 10, \"The largest order.\"),"
            + " Option.ofBoolean(\"eager\", false, \"Eager.\"))";

    @TempDir
    private static Path compiled;

    @TempDir
    private Path home;

    private final ConfigSources.Builder sources = ConfigSources.builder();

    @BeforeAll
    static void compileMainline() {
        PluginRecipe.mainline().writeTo(compiled.resolve("mainline.jar"));
    }

    @BeforeEach
    void installMainline() throws IOException {
        Files.createDirectory(home.resolve("plugins"));
        Files.copy(compiled.resolve("mainline.jar"), home.resolve("plugins/mainline.jar"));
        sources.home(home).workingFolder(home);
    }

    private static PluginRecipe wide() {
        return PluginRecipe.plugin("acme").policy("copy/wide", Slot.COW_SIZING_COPY, WIDE);
    }

    private void install(PluginRecipe plugin, String file) {
        plugin.writeTo(home.resolve("plugins").resolve(file));
    }

    private Laboratory open() {
        return Polymm.open(sources.build());
    }

    private void file(String... lines) throws IOException {
        Files.writeString(home.resolve("my.yaml"), String.join("\n", lines) + "\n");
        sources.file(Path.of("my.yaml"));
    }

    private List<String> problems() {
        try (Laboratory laboratory = open()) {
            return assertThrows(ConfigurationException.class, laboratory::compose).problems().stream()
                    .map(Problem::toString)
                    .map(problem -> problem.replace(home + "/", ""))
                    .toList();
        }
    }

    private static EffectiveValue value(Composition composition, String key) {
        return composition.configuration().value(key);
    }

    @Test
    void withoutConfigurationEverySlotHasItsMainlinePolicy() {
        try (Laboratory laboratory = open()) {
            Composition composition = laboratory.compose();

            assertEquals(List.of(), laboratory.problems());
            Map<Slot, String> chosen = new LinkedHashMap<>();
            composition.policies().forEach(policy -> chosen.put(policy.slot(), policy.id()));
            assertEquals(PolicyKeys.mainline(), chosen);
            assertEquals(Arrays.asList(Slot.values()), List.copyOf(chosen.keySet()), "in the order of the slots");
            assertEquals(List.of(), composition.differences());
        }
    }

    @Test
    void aJarInTheFolderAndALineOfConfigurationChangeThePolicy() throws IOException {
        try (Laboratory laboratory = open()) {
            assertEquals(
                    "copy/one-page",
                    laboratory.compose().policy(Slot.COW_SIZING_COPY).id());
        }
        install(wide(), "acme.jar");
        file("policy: { cow-sizing: { copy: { use: copy/wide, max-order: 6 } } }");

        try (Laboratory laboratory = open()) {
            Composition composition = laboratory.compose();
            ChosenPolicy policy = composition.policy(Slot.COW_SIZING_COPY);

            assertEquals("copy/wide", policy.id());
            assertEquals("acme", policy.plugin().label());
            assertEquals(Map.of("max-order", "6", "eager", "false"), policy.options());
            assertEquals("copy/wide", policy.policy().toString(), "the instance that the plugin created");
            assertEquals(PluginState.CREATED, policy.plugin().state());
            assertEquals(
                    "copy/wide (" + home.resolve("plugins/acme.jar") + ")",
                    composition
                            .blueprint()
                            .policies()
                            .origin(Slot.COW_SIZING_COPY)
                            .toString());
        }
    }

    @Test
    void aJarThatWasSwappedBringsItsOwnPolicy() {
        for (String version : List.of("1.0", "2.0")) {
            install(wide().version(version), "acme.jar");
            try (Laboratory laboratory = open()) {
                Composition composition = laboratory.compose(Map.of("policy.cow-sizing.copy", "copy/wide"), "test");
                ChosenPolicy policy = composition.policy(Slot.COW_SIZING_COPY);

                assertEquals(version, policy.plugin().descriptor().orElseThrow().version());
            }
        }
    }

    @Test
    void anOverrideMakesAnotherCompositionAndLeavesTheFirstAlone() {
        install(wide(), "acme.jar");
        try (Laboratory laboratory = open()) {
            Composition base = laboratory.compose();
            Composition wide = laboratory.compose(
                    Map.of("policy.cow-sizing.copy", "copy/wide", "machine.memory", "1GiB"), "--vary");

            assertEquals("copy/one-page", base.policy(Slot.COW_SIZING_COPY).id());
            assertEquals(4L << 30, base.blueprint().memoryBytes());
            assertEquals("copy/wide", wide.policy(Slot.COW_SIZING_COPY).id());
            assertEquals(1L << 30, wide.blueprint().memoryBytes());
            assertEquals(
                    List.of("machine.memory", "policy.cow-sizing.copy.use"),
                    wide.differences().stream().map(EffectiveValue::key).toList());
            assertEquals("--vary", value(wide, "machine.memory").origin().toString());
            assertNotSame(
                    base.policy(Slot.RELOCATION).policy(),
                    wide.policy(Slot.RELOCATION).policy());
        }
    }

    @Test
    void everyKeyIsListedWithItsOrigin() throws IOException {
        install(wide(), "acme.jar");
        file("policy.cow-sizing.copy: copy/wide", "machine.memory: 1GiB");
        sources.environment(Map.of("POLYMM_POLICY_COW_SIZING_COPY_MAX_ORDER", "3"));
        sources.set("seed=7");

        try (Laboratory laboratory = open()) {
            Composition composition = laboratory.compose();
            List<String> keys = composition.configuration().values().stream()
                    .map(EffectiveValue::key)
                    .toList();

            assertEquals(laboratory.keys().keys().size() + 2, keys.size());
            int use = keys.indexOf("policy.cow-sizing.copy.use");
            assertEquals(
                    List.of("policy.cow-sizing.copy.max-order", "policy.cow-sizing.copy.eager"),
                    keys.subList(use + 1, use + 3));
            assertEquals(
                    "my.yaml:2:1", value(composition, "machine.memory").origin().toString());
            assertEquals(
                    "my.yaml:1:1",
                    value(composition, "policy.cow-sizing.copy.use").origin().toString());
            EffectiveValue option = value(composition, "policy.cow-sizing.copy.max-order");
            assertEquals(
                    "POLYMM_POLICY_COW_SIZING_COPY_MAX_ORDER", option.origin().toString());
            assertEquals("3", option.text());
            assertEquals("a whole number from 0 to 10", option.expects());
            EffectiveValue unset = value(composition, "policy.cow-sizing.copy.eager");
            assertEquals("default of copy/wide", unset.origin().toString());
            assertFalse(unset.isSet());
            assertEquals("--set seed=7", value(composition, "seed").origin().toString());
            assertEquals(Origin.REFERENCE, value(composition, "thp.enabled").origin());
        }
    }

    @Test
    void anOptionOfAReplacedPolicyIsSetAside() throws IOException {
        install(wide(), "acme.jar");
        file("policy: { cow-sizing: { copy: { use: copy/wide, max-order: 6 } } }");
        sources.set("policy.cow-sizing.copy=copy/one-page");

        try (Laboratory laboratory = open()) {
            Composition composition = laboratory.compose();

            assertEquals(
                    "copy/one-page", composition.policy(Slot.COW_SIZING_COPY).id());
            assertEquals(
                    "an option of copy/wide, which --set policy.cow-sizing.copy=copy/one-page replaced with copy/one-page",
                    value(composition, "policy.cow-sizing.copy.max-order").setAside());
            assertEquals(
                    List.of(),
                    composition.differences().stream()
                            .filter(value -> value.key().endsWith("max-order"))
                            .toList());
        }
    }

    @Test
    void anOptionMayBeGivenBeforeTheStrongerSourceThatChoosesItsPolicy() throws IOException {
        install(wide(), "acme.jar");
        file("policy.cow-sizing.copy.max-order: 6");
        sources.set("policy.cow-sizing.copy=copy/wide");

        try (Laboratory laboratory = open()) {
            assertEquals(
                    "6",
                    laboratory.compose().policy(Slot.COW_SIZING_COPY).options().get("max-order"));
        }
    }

    @Test
    void anOptionOfNobodyIsReportedWithTheNearest() throws IOException {
        install(wide(), "acme.jar");
        file("policy:", "  cow-sizing: { copy: { use: copy/wide, max_order: 6 } }", "  relocation: { x: 1 }");

        assertEquals(
                List.of(
                        "my.yaml:2:41: policy.cow-sizing.copy.max_order: policy copy/wide has no option max_order; did you mean"
                                + " max-order? (it has max-order, eager)",
                        "my.yaml:3:17: policy.relocation.x: policy relocate/keep-index has no option x (it has none)"),
                problems());
    }

    @Test
    void anOptionOutOfRangeIsReportedWithTheRange() {
        install(wide(), "acme.jar");
        sources.set("policy.cow-sizing.copy=copy/wide").set("policy.cow-sizing.copy.max-order=11");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy.max-order=11: policy.cow-sizing.copy.max-order: '11' will not do: expected a"
                                + " whole number from 0 to 10 (The largest order.)"),
                problems());
    }

    @Test
    void anUnknownPolicyIsReportedWithTheKnownOnesAndTheFolder() {
        install(wide(), "acme.jar");
        sources.set("policy.cow-sizing.copy=copy/wode");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy=copy/wode: policy.cow-sizing.copy.use: there is no policy copy/wode; did you"
                                + " mean copy/wide?; for this slot there is copy/one-page, copy/wide; searched plugins"),
                problems());
    }

    @Test
    void anUnknownPolicyMayBeInAJarThatCouldNotBeLoaded() throws IOException {
        Files.writeString(home.resolve("plugins/broken.jar"), "no jar");
        sources.set("policy.cow-sizing.copy=copy/lost");

        String problem = problems().getFirst();

        assertTrue(
                problem.contains(
                        "searched plugins, where these could not be loaded: plugins/broken.jar (broken.jar is not a"
                                + " readable jar: "),
                problem);
    }

    @Test
    void aBrokenJarThatNobodyChoosesDoesNotHurt() throws IOException {
        Files.writeString(home.resolve("plugins/broken.jar"), "no jar");

        try (Laboratory laboratory = open()) {
            assertEquals(
                    "copy/one-page",
                    laboratory.compose().policy(Slot.COW_SIZING_COPY).id());
            assertEquals(
                    PluginState.FAILED,
                    laboratory.catalogue().plugins().getFirst().state());
            assertEquals(1, laboratory.catalogue().failed().size());
        }
    }

    @Test
    void choosingFromAFailedPluginNamesItsJarAndTheReason() {
        install(wide().spiLevel("new SpiLevel(0, 99)"), "acme.jar");
        sources.set("policy.cow-sizing.copy=copy/wide");

        String problem = problems().getFirst();

        assertTrue(
                problem.contains(
                        "policy copy/wide is in plugins/acme.jar, which cannot be used: it was written for SPI level 0.99,"
                                + " and this host has 0.1"),
                problem);
    }

    @Test
    void aPolicyInTheWrongSlotIsReportedWithItsOwn() {
        sources.set("policy.cow-sizing.copy=relocate/keep-index");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy=relocate/keep-index: policy.cow-sizing.copy.use: policy relocate/keep-index"
                                + " fits slot relocation, not cow-sizing.copy; for this slot there is copy/one-page"),
                problems());
    }

    @Test
    void aConflictIsReportedOnceWithBothPoliciesAndTheReason() {
        install(
                PluginRecipe.plugin("acme")
                        .policy(
                                "copy/wide",
                                Slot.COW_SIZING_COPY,
                                ".withConflicts(new PolicyDescriptor.Conflict(\"reuse/odd\", \"they count twice\"))")
                        .policy(
                                "reuse/odd",
                                Slot.COW_SIZING_REUSE,
                                ".withConflicts(new PolicyDescriptor.Conflict(\"copy/wide\", \"they count twice\"))"),
                "acme.jar");
        sources.set("policy.cow-sizing.copy=copy/wide").set("policy.cow-sizing.reuse=reuse/odd");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.reuse=reuse/odd: policy.cow-sizing.reuse.use: policy reuse/odd cannot be combined"
                                + " with copy/wide (policy.cow-sizing.copy.use, --set policy.cow-sizing.copy=copy/wide): they count"
                                + " twice"),
                problems());
    }

    @Test
    void aConflictMayNameTheSlot() {
        install(
                PluginRecipe.plugin("acme")
                        .policy(
                                "copy/wide",
                                Slot.COW_SIZING_COPY,
                                ".withConflicts(new PolicyDescriptor.Conflict(\"relocation=relocate/keep-index\", \"no\"),"
                                        + " new PolicyDescriptor.Conflict(\"cow-sizing.reuse=relocate/keep-index\", \"no\"))"),
                "acme.jar");
        sources.set("policy.cow-sizing.copy=copy/wide");

        assertEquals(1, problems().size());
        assertTrue(problems().getFirst().contains("copy/wide cannot be combined with relocate/keep-index"));
    }

    @Test
    void aPolicyThatCannotBeCreatedIsReportedWithItsPluginAndTheReason() {
        install(wide().create("throw new IllegalArgumentException(\"eager needs an order above 4\");"), "acme.jar");
        sources.set("policy.cow-sizing.copy=copy/wide");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy=copy/wide: policy.cow-sizing.copy.use: policy copy/wide of acme 1.0"
                                + " (plugins/acme.jar) could not be created: eager needs an order above 4"),
                problems());
    }

    @Test
    void everyKindOfProblemIsReportedAtOnce() throws IOException {
        install(wide(), "acme.jar");
        install(wide().version("0.9"), "acme-old.jar");
        file("machine: { memroy: 1GiB }", "thp: { enabled: sometimes }", "policy.relocation: relocate/nowhere");
        sources.set("policy.cow-sizing.copy=copy/one-page").set("policy.cow-sizing.copy.depth=1");

        List<String> problems = problems();

        assertEquals(5, problems.size(), problems::toString);
        assertTrue(problems.get(0).contains("did you mean machine.memory?"));
        assertTrue(problems.get(1).contains("expected one of always, madvise, never"));
        assertTrue(problems.get(2).contains("plugin acme is there in two versions"));
        assertTrue(problems.get(2).startsWith("reference: plugins.directory: "));
        assertTrue(problems.get(3).contains("policy copy/one-page has no option depth"));
        assertTrue(problems.get(4).contains("there is no policy relocate/nowhere"));
    }

    @Test
    void aMissingPluginFolderIsOneProblemAndNotFifteen() {
        sources.set("plugins.directory=elsewhere");

        assertEquals(
                List.of("--set plugins.directory=elsewhere: plugins.directory: there is no plugin folder elsewhere"),
                problems());
    }

    @Test
    void theFolderCannotChangeWithAComposition() {
        try (Laboratory laboratory = open()) {
            ConfigurationException refused = assertThrows(
                    ConfigurationException.class,
                    () -> laboratory.compose(Map.of("plugins.directory", "elsewhere"), "--vary"));

            assertEquals("--vary: plugins.directory: cannot change once the plugins are loaded", refused.getMessage());
        }
    }

    @Test
    void theFolderInAFileIsBesideTheFile() throws IOException {
        Path etc = home.resolve("etc");
        wide().writeTo(etc.resolve("mine/acme.jar"));
        Files.writeString(etc.resolve("my.yaml"), "plugins.directory: mine\n");
        sources.file(Path.of("etc/my.yaml"));

        try (Laboratory laboratory = open()) {
            assertEquals(etc.resolve("mine"), laboratory.catalogue().folder());
            assertTrue(laboratory.catalogue().policy("copy/wide").isPresent());
        }
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
            sources.set(set);
        }
        try (Laboratory laboratory = open()) {
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
        sources.set("machine.page-table-entries=8");

        try (Laboratory laboratory = open()) {
            Composition composition = laboratory.compose();
            MachineBlueprint blueprint = composition.blueprint();

            assertEquals(Geometry.SMALL, blueprint.geometry());
            assertEquals(16L << 20, blueprint.memoryBytes());
            assertEquals("7", blueprint.thp().get("khugepaged/max_ptes_none"));
            assertEquals("inherit", blueprint.thp().get("hugepages-32kB/enabled"));
            assertFalse(blueprint.thp().containsKey("hugepages-64kB/enabled"));
            assertEquals(
                    "reference, for machine.page-table-entries=8",
                    value(composition, "machine.memory").origin().toString());
            assertEquals(
                    List.of("machine.page-table-entries"),
                    composition.differences().stream().map(EffectiveValue::key).toList());
        }
    }

    @Test
    void whatDoesNotFitSmallPageTablesIsReported() {
        sources.set("machine.page-table-entries=8")
                .set("machine.memory=100kB")
                .set("thp.hugepages-64kB=always")
                .set("thp.khugepaged.max_ptes_none=8");

        assertEquals(
                List.of(
                        "--set machine.memory=100kB: machine.memory: '100kB' will not do: a machine with 8 entries a table has a"
                                + " multiple of 32KiB, at least 64KiB",
                        "--set thp.khugepaged.max_ptes_none=8: thp.khugepaged.max_ptes_none: '8' will not do: a machine with 8"
                                + " entries a table takes at most 7",
                        "--set thp.hugepages-64kB=always: thp.hugepages-64kB: 'always' will not do: a machine with 8 entries a"
                                + " table has no folios of this size: the largest is 32kB"),
                problems());
    }

    @Test
    void anotherModuleReadsTheKeysItDeclared() {
        Key<Double> cost = Key.decimal("cost.fault", "250.5", 0, 1e9, "Nanoseconds a fault costs.");
        sources.set("cost.fault=100");

        try (Laboratory laboratory = Polymm.open(
                sources.build(), Polymm.keys().toBuilder().declare(cost).build())) {
            assertEquals(100, laboratory.compose().configuration().get(cost));
        }
        assertEquals(
                List.of("--set cost.fault=100: cost.fault: there is no such key"),
                problems(),
                "without the declaration it is a mistake");
    }

    @Test
    void aRunSeesNeitherTheHostNorAPluginThroughTheContextLoader() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (Laboratory laboratory = open()) {
            Composition composition = laboratory.compose();

            assertSame(
                    ClassLoader.getPlatformClassLoader(),
                    composition.<ClassLoader>run(() -> Thread.currentThread().getContextClassLoader()));
            assertSame(before, Thread.currentThread().getContextClassLoader());
        }
    }

    @Test
    void closingTheLaboratoryClosesItsPlugins() {
        Laboratory laboratory = open();
        laboratory.close();

        assertEquals(
                PluginState.CLOSED, laboratory.catalogue().plugins().getFirst().state());
        assertEquals(
                "the laboratory is closed",
                assertThrows(IllegalStateException.class, laboratory::compose).getMessage());
    }
}
