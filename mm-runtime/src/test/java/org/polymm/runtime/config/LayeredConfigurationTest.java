package org.polymm.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayeredConfigurationTest {

    private static final Key<Long> MEMORY = Key.bytes("machine.memory", "4GiB", 4096, 1L << 40, "Memory.");
    private static final Key<String> ENABLED =
            Key.word("thp.enabled", "always", List.of("always", "madvise", "never"), "Where.");
    private static final Key<Long> NONE = Key.number("thp.khugepaged.max_ptes_none", 511, 0, 511, "Empty entries.");
    private static final Key<String> COPY =
            new Key<>("policy.cow-sizing.copy.use", ValueType.policyId(), "copy/one-page", "How far.");
    private static final KeyRegistry REGISTRY = KeyRegistry.builder()
            .declareAll(List.of(MEMORY, ENABLED, NONE, COPY))
            .otherVariable("POLYMM_JAVA_OPTS")
            .build();

    @TempDir
    private Path folder;

    private final ConfigSources.Builder sources = ConfigSources.builder();

    private LayeredConfiguration read() {
        return LayeredConfiguration.read(sources.workingFolder(folder).build(), REGISTRY);
    }

    private void file(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
        sources.file(Path.of(name));
    }

    private List<String> problems() {
        return read().problems().stream().map(Problem::toString).toList();
    }

    private static String origin(LayeredConfiguration configuration, Key<?> key) {
        return configuration.find(key.name()).orElseThrow().origin().toString();
    }

    @Test
    void withoutSourcesEverythingHasItsDefault() {
        LayeredConfiguration configuration = read();

        assertEquals(4L << 30, configuration.get(MEMORY));
        assertEquals("reference", origin(configuration, MEMORY));
        assertEquals(List.of(), configuration.problems());
    }

    @Test
    void fileIsStrongerThanDefaultAndEnvironmentThanFileAndSetThanEnvironment() throws IOException {
        file(
                "my.yaml",
                "machine: { memory: 1GiB }",
                "thp:",
                "  enabled: madvise",
                "  khugepaged: { max_ptes_none: 1 }");
        sources.environment(Map.of("POLYMM_THP_ENABLED", "never", "POLYMM_THP_KHUGEPAGED_MAX_PTES_NONE", "2"));
        sources.set("thp.khugepaged.max_ptes_none=3");

        LayeredConfiguration configuration = read();

        assertEquals(List.of(), configuration.problems());
        assertEquals(1L << 30, configuration.get(MEMORY));
        assertEquals("my.yaml:1:12", origin(configuration, MEMORY));
        assertEquals("never", configuration.get(ENABLED));
        assertEquals("POLYMM_THP_ENABLED", origin(configuration, ENABLED));
        assertEquals(3L, configuration.get(NONE));
        assertEquals("--set thp.khugepaged.max_ptes_none=3", origin(configuration, NONE));
    }

    @Test
    void aLaterFileAndALaterSetAreStronger() throws IOException {
        file("one.yaml", "machine.memory: 1GiB", "thp.enabled: never");
        file("two.properties", "machine.memory = 2GiB");
        sources.set("thp.enabled = madvise").set("thp.enabled = always");

        LayeredConfiguration configuration = read();

        assertEquals(2L << 30, configuration.get(MEMORY));
        assertEquals("two.properties:1", origin(configuration, MEMORY));
        assertEquals("always", configuration.get(ENABLED));
    }

    @Test
    void anOverrideIsStrongerThanEverything() {
        sources.set("machine.memory=1GiB");

        LayeredConfiguration configuration =
                read().with(List.of(new Setting("machine.memory", "2GiB", Origin.override("--vary"))));

        assertEquals(2L << 30, configuration.get(MEMORY));
        assertEquals("--vary", origin(configuration, MEMORY));
    }

    @Test
    void aDerivedDefaultGivesWayToEverythingThatIsWritten() throws IOException {
        file("my.yaml", "thp.enabled: madvise");

        LayeredConfiguration configuration = read().withDefaults(List.of(
                new Setting("thp.enabled", "never", Origin.derived("x=1")),
                new Setting("machine.memory", "1GiB", Origin.derived("x=1"))));

        assertEquals("madvise", configuration.get(ENABLED));
        assertEquals(1L << 30, configuration.get(MEMORY));
        assertEquals("reference, for x=1", origin(configuration, MEMORY));
    }

    @Test
    void theShortFormOfAPolicyMeansItsUse() {
        sources.environment(Map.of("POLYMM_POLICY_COW_SIZING_COPY", "copy/a"));

        assertEquals("copy/a", read().get(COPY));
        sources.set("policy.cow-sizing.copy=copy/b");
        assertEquals("copy/b", read().get(COPY));
    }

    @Test
    void optionsOfPoliciesAreKeptUntilPoliciesAreKnown() {
        sources.environment(Map.of("POLYMM_POLICY_COW_SIZING_COPY_MAX_ORDER", "4"));

        LayeredConfiguration configuration = read();

        assertEquals(List.of(), configuration.problems());
        assertEquals(
                "4",
                configuration
                        .find("policy.cow-sizing.copy.max-order")
                        .orElseThrow()
                        .text());
    }

    @Test
    void anUnknownKeyIsReportedWithTheNearest() throws IOException {
        file("my.yaml", "machine: { memroy: 1GiB }");

        assertEquals(
                List.of("my.yaml:1:12: machine.memroy: there is no such key; did you mean machine.memory?"),
                problems());
    }

    @Test
    void aKeyWithoutItsGroupIsFoundByItsLastWord() {
        sources.set("max_ptes_none=1");

        assertEquals(
                List.of("--set max_ptes_none=1: max_ptes_none: there is no such key; did you mean"
                        + " thp.khugepaged.max_ptes_none?"),
                problems());
    }

    @Test
    void aMisspeltSlotIsReportedWithTheNearest() {
        sources.set("policy.cow-sizing.cpoy.use=copy/a").set("policy.cow-sizing.cpoy=copy/a");

        assertEquals(
                List.of(
                        "--set policy.cow-sizing.cpoy.use=copy/a: policy.cow-sizing.cpoy.use: there is no such key; did you"
                                + " mean policy.cow-sizing.copy.use?",
                        "--set policy.cow-sizing.cpoy=copy/a: policy.cow-sizing.cpoy: there is no such key; did you mean"
                                + " policy.cow-sizing.copy?"),
                problems());
    }

    @Test
    void aSlotLikeNoOtherIsReportedWithAllSlots() {
        sources.set("policy.weather=sunny/warm");

        String problem = problems().getFirst();

        assertEquals(true, problem.contains("there is no such key; the slots are policy.folio-split.mlock, "), problem);
        assertEquals(true, problem.endsWith("policy.relocation"), problem);
    }

    @Test
    void aGroupIsNoKey() {
        sources.set("thp=always");

        assertEquals(
                List.of("--set thp=always: thp: is a group of keys, not a key: it holds thp.enabled,"
                        + " thp.khugepaged.max_ptes_none"),
                problems());
    }

    @Test
    void anEmptyGroupSetsNothing() throws IOException {
        file("my.yaml", "thp:", "#  enabled: never", "machine:");

        assertEquals(List.of(), problems());
    }

    @Test
    void aBadValueIsReportedWithWhatWouldDo() throws IOException {
        file("my.yaml", "thp: { enabled: madvice }", "machine.memory: 2TiB");

        assertEquals(
                List.of(
                        "my.yaml:1:8: thp.enabled: 'madvice' will not do: expected one of always, madvise, never; did you"
                                + " mean madvise?",
                        "my.yaml:2:1: machine.memory: '2TiB' will not do: expected a size from 4KiB to 1TiB"),
                problems());
    }

    @Test
    void aMistakeIsReportedAlsoWhereAStrongerSourceHidesIt() throws IOException {
        file("my.yaml", "thp.enabled: nope");
        sources.set("thp.enabled=never");

        assertEquals(1, problems().size());
        assertEquals("never", read().get(ENABLED));
    }

    @Test
    void anUnknownVariableIsReportedWithTheNearest() {
        sources.environment(Map.of("POLYMM_MACHINE_MEMROY", "1GiB", "PATH", "/bin", "POLYMM_JAVA_OPTS", "-Xmx1g"));

        assertEquals(
                List.of("POLYMM_MACHINE_MEMROY: no key has this variable; did you mean POLYMM_MACHINE_MEMORY?"),
                problems());
    }

    @Test
    void twoVariablesForOneChoiceAreReported() {
        sources.environment(
                Map.of("POLYMM_POLICY_COW_SIZING_COPY", "copy/a", "POLYMM_POLICY_COW_SIZING_COPY_USE", "copy/b"));

        assertEquals(
                List.of(
                        "POLYMM_POLICY_COW_SIZING_COPY_USE: policy.cow-sizing.copy.use: is given twice, as a variable with"
                                + " _USE and as one without: keep one"),
                problems());
    }

    @Test
    void aSetWithoutAnEqualsSignIsReported() {
        sources.set("machine.memory").set("=1");

        assertEquals(List.of("--set machine.memory: is not KEY=VALUE", "--set =1: is not KEY=VALUE"), problems());
    }

    @Test
    void aValueMayHoldAnEqualsSignAndIsNeverInterpolated() {
        sources.set("policy.cow-sizing.copy.x=${env:HOME}=1");

        assertEquals(
                "${env:HOME}=1",
                read().find("policy.cow-sizing.copy.x").orElseThrow().text());
    }

    @Test
    void everyProblemOfEverySourceIsThereAtOnce() throws IOException {
        file("one.yaml", "a: 1", "thp: { enabled: nope }");
        file("two.properties", "machine.memory = 1", "b = 1");
        file("missing.toml");
        sources.environment(Map.of("POLYMM_C", "1"));
        sources.set("d=1").set("e");

        assertEquals(8, problems().size());
    }

    @Test
    void aRelativePathStartsWhereItIsWritten() {
        ConfigSources built =
                sources.home(folder.resolve("home")).workingFolder(folder).build();

        assertEquals(folder.resolve("home"), built.base(Origin.REFERENCE));
        assertEquals(folder.resolve("etc"), built.base(Origin.file("etc/my.yaml", 1, 1)));
        assertEquals(folder, built.base(Origin.file("my.yaml", 1, 1)));
        assertEquals(folder, built.base(Origin.environment("POLYMM_PLUGINS_DIRECTORY")));
        assertEquals(folder, built.base(Origin.commandLine("plugins.directory=x")));
    }

    @Test
    void oneProblemIsAMessageAndSeveralAreAList() {
        Problem first = Problem.general("first");
        Problem second = Problem.at(Origin.override("--vary"), "second");

        assertEquals("first", new ConfigurationException(List.of(first)).getMessage());
        assertEquals(
                "2 problems in the configuration:\n  first\n  --vary: second",
                new ConfigurationException(List.of(first, second)).getMessage());
        assertEquals(List.of(first, second), new ConfigurationException(List.of(first, second)).problems());
    }
}
