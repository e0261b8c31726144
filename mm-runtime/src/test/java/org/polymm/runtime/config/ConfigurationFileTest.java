package org.polymm.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationFileTest {

    @TempDir
    private Path folder;

    private final List<Problem> problems = new ArrayList<>();

    private Map<String, String> yaml(String... lines) {
        return read("my.yaml", lines);
    }

    private Map<String, String> properties(String... lines) {
        return read("my.properties", lines);
    }

    private Map<String, String> read(String name, String... lines) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Setting setting : settings(name, String.join("\n", lines) + "\n")) {
            texts.put(setting.key(), setting.text());
        }
        return texts;
    }

    private List<Setting> settings(String name, String text) {
        try {
            Path file = Files.writeString(folder.resolve(name), text);
            return TextFile.read(Path.of(name), file, problems);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> problems() {
        return problems.stream().map(Problem::toString).toList();
    }

    private String problem() {
        assertEquals(1, problems.size(), () -> problems().toString());
        return problems().getFirst();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "off",
                "no",
                "6.10",
                "1:30",
                "0x10",
                "010",
                "1e3",
                "~",
                "null",
                "2024-01-01",
                ".inf",
                "1_000",
                "="
            })
    void yamlLeavesABareScalarAsItWasTyped(String typed) {
        assertEquals(Map.of("key", typed), yaml("key: " + typed));
        assertEquals(List.of(), problems());
    }

    @Test
    void yamlNestsKeysWithDots() {
        assertEquals(
                Map.of("machine.memory", "4GiB", "machine.cpus", "2", "thp.khugepaged.max_ptes_none", "0"),
                yaml(
                        "machine: { memory: 4GiB, cpus: 2 }",
                        "thp:",
                        "  khugepaged:",
                        "    max_ptes_none: 0  # a comment"));
    }

    @Test
    void yamlKeysMayBeWrittenWithDots() {
        assertEquals(Map.of("thp.khugepaged.max_ptes_none", "0"), yaml("thp.khugepaged: { max_ptes_none: 0 }"));
    }

    @Test
    void quotesAndBlocksAreTextToo() {
        assertEquals(
                Map.of("a", "off", "b", "it's", "c", "two words", "d", "x"),
                yaml("a: \"off\"", "b: 'it''s'", "c: >-", "  two", "  words", "d: 'x'"));
    }

    @Test
    void aListIsItsItemsWithCommas() {
        assertEquals(Map.of("orders", "2,16kB"), yaml("orders: [2, 16kB]"));
        assertEquals(Map.of("orders", "2,4"), yaml("orders:", "- 2", "- 4"));
        assertEquals(Map.of("orders", ""), yaml("orders: []"));
    }

    @Test
    void aListOfMapsIsRefused() {
        assertEquals(Map.of("b", "1"), yaml("a: [1, {x: 2}]", "b: 1"));
        assertEquals("my.yaml:1:8: a: a list holds words or numbers, not maps or lists", problem());
    }

    @Test
    void anEmptyFileSetsNothing() {
        assertEquals(Map.of(), yaml());
        assertEquals(Map.of(), yaml("# only a comment"));
        assertEquals(Map.of(), yaml("---", "..."));
        assertEquals(Map.of(), properties());
        assertEquals(List.of(), problems());
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstKey() {
        assertEquals("seed", settings("my.yaml", "\ufeffseed: 1\n").getFirst().key());
        assertEquals(
                "seed", settings("my.properties", "\ufeffseed=1\n").getFirst().key());
    }

    @Test
    void everySettingKnowsItsLine() {
        List<Setting> settings = settings("my.yaml", "machine:\n  memory: 4GiB\n\n  cpus: 2\n");

        assertEquals("my.yaml:2:3", settings.get(0).origin().toString());
        assertEquals("my.yaml:4:3", settings.get(1).origin().toString());
    }

    @Test
    void aRepeatedYamlKeyIsReportedWithBothLines() {
        assertEquals(Map.of("machine.memory", "1GiB"), yaml("machine:", "  memory: 1GiB", "  memory: 2GiB"));
        assertEquals("my.yaml:3:3: machine.memory: is given twice, in line 2 and in line 3: keep one", problem());
    }

    @Test
    void aRepeatedGroupIsReportedWithBothLines() {
        yaml("machine:", "  memory: 1GiB", "thp: { enabled: never }", "machine: { cpus: 2 }");

        assertEquals("my.yaml:4:1: machine: is given twice, in line 1 and in line 4: keep one", problem());
    }

    @Test
    void oneKeyWrittenInTwoWaysIsRepeatedToo() {
        yaml("machine: { memory: 1GiB }", "machine.memory: 2GiB");

        assertEquals("my.yaml:2:1: machine.memory: is given twice, in line 1 and in line 2: keep one", problem());
    }

    @Test
    void theShortAndTheLongFormOfAPolicyAreOneKey() {
        yaml("policy.relocation: relocate/keep-index", "policy.relocation.use: relocate/other");

        assertEquals(
                "my.yaml:2:1: policy.relocation.use: is given twice, in line 1 and in line 2: keep one", problem());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: &x 1          | my.yaml:1:4: anchors are not used here (&x)",
                "a: &x {b: 1}     | my.yaml:1:4: anchors are not used here (&x)",
                "a: !!str 1       | my.yaml:1:4: tags are not used here (tag:yaml.org,2002:str): every value is read by the type of its key",
                "a: !local [1]    | my.yaml:1:4: tags are not used here (!local): every value is read by the type of its key",
                "a: {<<: {b: 1}}  | my.yaml:1:5: merge keys are not used here: write the keys out",
                "? [a, b] : 1     | my.yaml:1:3: a key is a word, not a list or a map",
                "'': 1            | my.yaml:1:1: a key is missing",
                "[a, b]           | my.yaml:1:1: a configuration file is a map of keys to values, such as machine: { memory: 4GiB }",
                "just words       | my.yaml:1:1: a configuration file is a map of keys to values, such as machine: { memory: 4GiB }",
            })
    void whatYamlOffersBeyondPlainValuesIsRefused(String line, String message) {
        yaml(line);

        assertEquals(message, problem());
    }

    @Test
    void anAliasIsRefused() {
        yaml("a: &x 1", "b: *x");

        assertEquals(
                List.of(
                        "my.yaml:1:4: anchors are not used here (&x)",
                        "my.yaml:2:4: aliases are not used here (*x): write the value out"),
                problems());
    }

    @Test
    void aSecondDocumentIsRefused() {
        assertEquals(Map.of("a", "1"), yaml("a: 1", "---", "b: 2"));
        assertEquals("my.yaml:2:1: a configuration file holds one YAML document, and here a second begins", problem());
    }

    @Test
    void aSyntaxErrorHasItsPlace() {
        yaml("machine:", "  memory: 4GiB", " cpus: 2");

        assertTrue(problem().startsWith("my.yaml:3:2: is not YAML: "), problem());
    }

    @Test
    void aCharacterThatYamlDoesNotAllowHasItsLine() {
        yaml("a: 1", "b: \u0007");

        assertEquals("my.yaml:2: holds a character that YAML does not allow: U+0007", problem());
    }

    @Test
    void nestingHasAnEnd() {
        yaml("a: {".repeat(40) + "b: 1" + "}".repeat(40));

        assertTrue(problem().endsWith(": is nested deeper than any key"), problem());
    }

    @Test
    void propertiesKnowCommentsAndContinuedLines() {
        assertEquals(
                Map.of("machine.memory", "4GiB", "b", "one two", "c", "x=y"),
                properties("# a comment", "machine.memory = 4GiB", "! another", "b: one \\", "   two", "c=x=y"));
    }

    @Test
    void propertiesNeitherInterpolateNorSplit() {
        assertEquals(
                Map.of("a", "${sys:user.home}", "b", "1,2,3", "c", "${a}"),
                properties("a = ${sys:user.home}", "b = 1,2,3", "c = ${a}"));
    }

    @Test
    void aRepeatedPropertyIsReportedWithBothLines() {
        assertEquals(Map.of("a", "1", "b", "x y"), properties("a = 1", "", "b = x \\", "  y", "# note", "a = 2"));
        assertEquals("my.properties:6: a: is given twice, in line 1 and in line 6: keep one", problem());
    }

    @Test
    void aContinuedPropertyStandsWhereItBegins() {
        List<Setting> settings = settings("my.properties", "# one\n\na = x \\\n  y\nb = 2\n");

        assertEquals("my.properties:3", settings.get(0).origin().toString());
        assertEquals("my.properties:5", settings.get(1).origin().toString());
    }

    @Test
    void anIncludeIsRefused() {
        assertEquals(Map.of("a", "1"), properties("include = other.properties", "a = 1"));
        assertEquals("my.properties:1: a file cannot include another: give --config several times", problem());
    }

    @Test
    void aPropertyWithoutAKeyIsRefused() {
        properties("= 1");

        assertEquals("my.properties:1: a line is KEY = VALUE, and here the key is missing", problem());
    }

    @Test
    void theNameSaysTheFormat() {
        read("my.toml", "a = 1");

        assertEquals("my.toml: a configuration file is named .yaml, .yml or .properties", problem());
    }

    @Test
    void aMissingFileIsReported() {
        TextFile.read(Path.of("no.yaml"), folder.resolve("no.yaml"), problems);

        assertEquals("no.yaml: there is no such file", problem());
    }

    @Test
    void aFileThatIsNotUtf8IsReported() throws IOException {
        Path file = Files.write(folder.resolve("my.yaml"), "a: \u00fc".getBytes(StandardCharsets.ISO_8859_1));

        TextFile.read(Path.of("my.yaml"), file, problems);

        assertEquals("my.yaml: is not UTF-8 text", problem());
    }
}
