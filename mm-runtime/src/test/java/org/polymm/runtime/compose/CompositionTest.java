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
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.Polymm;
import org.polymm.runtime.config.ConfigurationException;
import org.polymm.runtime.config.EffectiveValue;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.Origin;
import org.polymm.runtime.config.PolicyKeys;
import org.polymm.runtime.config.Problem;
import org.polymm.runtime.fixture.Installation;
import org.polymm.runtime.fixture.PluginRecipe;
import org.polymm.runtime.plugin.PluginState;

class CompositionTest {

    private static final String WIDE = ".withOptions(Option.ofNumber(\"max-order\", 4, 0, 10, \"The largest order.\"),"
            + " Option.ofBoolean(\"eager\", false, \"Eager.\"))";

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

    private static PluginRecipe wide() {
        return PluginRecipe.plugin("acme").policy("copy/wide", Slot.COW_SIZING_COPY, WIDE);
    }

    private static EffectiveValue value(Composition composition, String key) {
        return composition.configuration().value(key);
    }

    @Test
    void withoutConfigurationEverySlotHasItsMainlinePolicy() {
        try (Laboratory laboratory = installation.open()) {
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
        try (Laboratory laboratory = installation.open()) {
            assertEquals(
                    "copy/one-page",
                    laboratory.compose().policy(Slot.COW_SIZING_COPY).id());
        }
        installation.install(wide(), "acme.jar");
        installation.file("policy: { cow-sizing: { copy: { use: copy/wide, max-order: 6 } } }");

        try (Laboratory laboratory = installation.open()) {
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
            installation.install(wide().version(version), "acme.jar");
            try (Laboratory laboratory = installation.open()) {
                Composition composition = laboratory.compose(Map.of("policy.cow-sizing.copy", "copy/wide"), "test");
                ChosenPolicy policy = composition.policy(Slot.COW_SIZING_COPY);

                assertEquals(version, policy.plugin().descriptor().orElseThrow().version());
            }
        }
    }

    @Test
    void anOverrideMakesAnotherCompositionAndLeavesTheFirstAlone() {
        installation.install(wide(), "acme.jar");
        try (Laboratory laboratory = installation.open()) {
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
        installation.install(wide(), "acme.jar");
        installation.file("policy.cow-sizing.copy: copy/wide", "machine.memory: 1GiB");
        installation.sources().environment(Map.of("POLYMM_POLICY_COW_SIZING_COPY_MAX_ORDER", "3"));
        installation.sources().set("seed=7");

        try (Laboratory laboratory = installation.open()) {
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
        installation.install(wide(), "acme.jar");
        installation.file("policy: { cow-sizing: { copy: { use: copy/wide, max-order: 6 } } }");
        installation.sources().set("policy.cow-sizing.copy=copy/one-page");

        try (Laboratory laboratory = installation.open()) {
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
        installation.install(wide(), "acme.jar");
        installation.file("policy.cow-sizing.copy.max-order: 6");
        installation.sources().set("policy.cow-sizing.copy=copy/wide");

        try (Laboratory laboratory = installation.open()) {
            assertEquals(
                    "6",
                    laboratory.compose().policy(Slot.COW_SIZING_COPY).options().get("max-order"));
        }
    }

    @Test
    void anOptionOfNobodyIsReportedWithTheNearest() throws IOException {
        installation.install(wide(), "acme.jar");
        installation.file(
                "policy:", "  cow-sizing: { copy: { use: copy/wide, max_order: 6 } }", "  relocation: { x: 1 }");

        assertEquals(
                List.of(
                        "my.yaml:2:41: policy.cow-sizing.copy.max_order: policy copy/wide has no option max_order; did you mean"
                                + " max-order? (it has max-order, eager)",
                        "my.yaml:3:17: policy.relocation.x: policy relocate/keep-index has no option x (it has none)"),
                installation.problems());
    }

    @Test
    void anOptionOutOfRangeIsReportedWithTheRange() {
        installation.install(wide(), "acme.jar");
        installation.sources().set("policy.cow-sizing.copy=copy/wide").set("policy.cow-sizing.copy.max-order=11");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy.max-order=11: policy.cow-sizing.copy.max-order: '11' will not do: expected a"
                                + " whole number from 0 to 10 (The largest order.)"),
                installation.problems());
    }

    @Test
    void anUnknownPolicyIsReportedWithTheKnownOnesAndTheFolder() {
        installation.install(wide(), "acme.jar");
        installation.sources().set("policy.cow-sizing.copy=copy/wode");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy=copy/wode: policy.cow-sizing.copy.use: there is no policy copy/wode; did you"
                                + " mean copy/wide?; for this slot there is copy/one-page, copy/wide; searched plugins"),
                installation.problems());
    }

    @Test
    void anUnknownPolicyMayBeInAJarThatCouldNotBeLoaded() throws IOException {
        Files.writeString(home.resolve("plugins/broken.jar"), "no jar");
        installation.sources().set("policy.cow-sizing.copy=copy/lost");

        String problem = installation.problems().getFirst();

        assertTrue(
                problem.contains(
                        "searched plugins, where these could not be loaded: plugins/broken.jar (broken.jar is not a"
                                + " readable jar: "),
                problem);
    }

    @Test
    void aBrokenJarThatNobodyChoosesDoesNotHurt() throws IOException {
        Files.writeString(home.resolve("plugins/broken.jar"), "no jar");

        try (Laboratory laboratory = installation.open()) {
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
        installation.install(wide().spiLevel("new SpiLevel(0, 99)"), "acme.jar");
        installation.sources().set("policy.cow-sizing.copy=copy/wide");

        String problem = installation.problems().getFirst();

        assertTrue(
                problem.contains(
                        "policy copy/wide is in plugins/acme.jar, which cannot be used: it was written for SPI level 0.99,"
                                + " and this host has 0.1"),
                problem);
    }

    @Test
    void aPolicyInTheWrongSlotIsReportedWithItsOwn() {
        installation.sources().set("policy.cow-sizing.copy=relocate/keep-index");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy=relocate/keep-index: policy.cow-sizing.copy.use: policy relocate/keep-index"
                                + " fits slot relocation, not cow-sizing.copy; for this slot there is copy/one-page"),
                installation.problems());
    }

    @Test
    void aConflictIsReportedOnceWithBothPoliciesAndTheReason() {
        installation.install(
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
        installation.sources().set("policy.cow-sizing.copy=copy/wide").set("policy.cow-sizing.reuse=reuse/odd");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.reuse=reuse/odd: policy.cow-sizing.reuse.use: policy reuse/odd cannot be combined"
                                + " with copy/wide (policy.cow-sizing.copy.use, --set policy.cow-sizing.copy=copy/wide): they count"
                                + " twice"),
                installation.problems());
    }

    @Test
    void aConflictMayNameTheSlot() {
        installation.install(
                PluginRecipe.plugin("acme")
                        .policy(
                                "copy/wide",
                                Slot.COW_SIZING_COPY,
                                ".withConflicts(new PolicyDescriptor.Conflict(\"relocation=relocate/keep-index\", \"no\"),"
                                        + " new PolicyDescriptor.Conflict(\"cow-sizing.reuse=relocate/keep-index\", \"no\"))"),
                "acme.jar");
        installation.sources().set("policy.cow-sizing.copy=copy/wide");

        assertEquals(1, installation.problems().size());
        assertTrue(
                installation.problems().getFirst().contains("copy/wide cannot be combined with relocate/keep-index"));
    }

    @Test
    void aPolicyThatCannotBeCreatedIsReportedWithItsPluginAndTheReason() {
        installation.install(
                wide().create("throw new IllegalArgumentException(\"eager needs an order above 4\");"), "acme.jar");
        installation.sources().set("policy.cow-sizing.copy=copy/wide");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.copy=copy/wide: policy.cow-sizing.copy.use: policy copy/wide of acme 1.0"
                                + " (plugins/acme.jar) could not be created: eager needs an order above 4"),
                installation.problems());
    }

    @Test
    void everyKindOfProblemIsReportedAtOnce() throws IOException {
        installation.install(wide(), "acme.jar");
        installation.install(wide().version("0.9"), "acme-old.jar");
        installation.file(
                "machine: { memroy: 1GiB }", "thp: { enabled: sometimes }", "policy.relocation: relocate/nowhere");
        installation.sources().set("policy.cow-sizing.copy=copy/one-page").set("policy.cow-sizing.copy.depth=1");

        List<String> problems = installation.problems();

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
        installation.sources().set("plugins.directory=elsewhere");

        assertEquals(
                List.of("--set plugins.directory=elsewhere: plugins.directory: there is no plugin folder elsewhere"),
                installation.problems());
    }

    @Test
    void theFolderCannotChangeWithAComposition() {
        try (Laboratory laboratory = installation.open()) {
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
        installation.sources().file(Path.of("etc/my.yaml"));

        try (Laboratory laboratory = installation.open()) {
            assertEquals(etc.resolve("mine"), laboratory.catalogue().folder());
            assertTrue(laboratory.catalogue().policy("copy/wide").isPresent());
        }
    }

    @Test
    void whatHasNoEffectIsWarnedAbout() throws IOException {
        PluginRecipe wide = wide();
        wide.jar().manifest("Class-Path", "lib.jar");
        installation.install(wide, "acme.jar");
        installation.file(
                "policy: { relocation: relocate/keep-index, cow-sizing: { copy: { use: copy/wide, max-order: 2 } } }");

        try (Laboratory laboratory = installation.open()) {
            Map<String, String> overrides = new LinkedHashMap<>();
            overrides.put("machine.cpus", "2");

            List<String> warnings = laboratory.compose(overrides, "--vary").warnings().stream()
                    .map(Problem::toString)
                    .toList();

            assertEquals(2, warnings.size(), warnings::toString);
            assertTrue(warnings.get(0).startsWith("--vary: machine.cpus: has no effect: "));
            assertTrue(warnings.get(1).startsWith("plugin acme 1.0 ("));
            assertEquals(
                    List.of(
                            "my.yaml:1:82: policy.cow-sizing.copy.max-order: is set aside: an option of copy/wide, which --vary"
                                    + " replaced with copy/one-page"),
                    laboratory.compose(Map.of("policy.cow-sizing.copy", "copy/one-page"), "--vary").warnings().stream()
                            .map(Problem::toString)
                            .toList());
        }
    }

    @Test
    void anotherModuleReadsTheKeysItDeclared() {
        Key<Double> cost = Key.decimal("cost.fault", "250.5", 0, 1e9, "Nanoseconds a fault costs.");
        installation.sources().set("cost.fault=100");

        try (Laboratory laboratory = Polymm.open(
                installation.sources().build(),
                Polymm.keys().toBuilder().declare(cost).build())) {
            assertEquals(100, laboratory.compose().configuration().get(cost));
        }
        assertEquals(
                List.of("--set cost.fault=100: cost.fault: there is no such key"),
                installation.problems(),
                "without the declaration it is a mistake");
    }

    @Test
    void aRunSeesNeitherTheHostNorAPluginThroughTheContextLoader() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (Laboratory laboratory = installation.open()) {
            Composition composition = laboratory.compose();

            assertSame(
                    ClassLoader.getPlatformClassLoader(),
                    composition.<ClassLoader>run(() -> Thread.currentThread().getContextClassLoader()));
            assertSame(before, Thread.currentThread().getContextClassLoader());
        }
    }

    @Test
    void closingTheLaboratoryClosesItsPlugins() {
        Laboratory laboratory = installation.open();
        laboratory.close();

        assertEquals(
                PluginState.CLOSED, laboratory.catalogue().plugins().getFirst().state());
        assertEquals(
                "the laboratory is closed",
                assertThrows(IllegalStateException.class, laboratory::compose).getMessage());
    }
}
