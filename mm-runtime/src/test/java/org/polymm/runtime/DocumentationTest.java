package org.polymm.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.compose.ChosenPolicy;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.LayeredConfiguration;
import org.polymm.runtime.config.Setting;
import org.polymm.runtime.fixture.Installation;
import org.polymm.runtime.fixture.JarRecipe;
import org.polymm.runtime.fixture.PluginRecipe;

/** What the pages about plugins and configuration show is what works. */
class DocumentationTest {

    @TempDir
    private Path folder;

    private static List<String> blocks(String page, String language) throws IOException {
        String text = Files.readString(Path.of("..", "docs", page));
        Matcher matcher = Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(text);
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    @Test
    void thePluginOfThePageLoadsAndRuns() throws IOException {
        String source = blocks("plugins.md", "java").getFirst();
        String service = blocks("plugins.md", "text").getFirst().strip();
        Path jar = new JarRecipe()
                .source("com.example.small.SmallPlugin", source)
                .service(service)
                .writeTo(folder.resolve("small-1.0.jar"));

        assertEquals(List.of(), Polymm.checkJar(jar).errors());
        assertEquals(List.of(), Polymm.checkJar(jar).warnings());
        Installation installation = new Installation(folder)
                .install(PluginRecipe.mainline(), "mainline.jar")
                .install(jar);
        try (Laboratory laboratory = installation.open()) {
            ChosenPolicy chosen = laboratory
                    .compose(
                            Map.of(
                                    "policy.cow-sizing.orders", "orders/small-first",
                                    "policy.cow-sizing.orders.small", "64kB"),
                            "the page")
                    .policy(Slot.COW_SIZING_ORDERS);

            assertEquals("SmallFirst[smallPages=16]", chosen.policy().toString());
        }
    }

    @Test
    void theConfigurationsOfThePageSetTheSame() throws IOException {
        Path yaml = Files.writeString(
                folder.resolve("my.yaml"), blocks("configuration.md", "yaml").getFirst());
        Path properties = Files.writeString(
                folder.resolve("my.properties"),
                blocks("configuration.md", "properties").getFirst());
        LayeredConfiguration configuration = LayeredConfiguration.read(
                ConfigSources.builder().file(yaml).file(properties).build(), Polymm.keys());

        assertEquals(List.of(), configuration.problems());
        for (Setting setting : configuration.layer(2)) {
            assertEquals(
                    setting.text(),
                    configuration.find(setting.key(), 1).orElseThrow().text(),
                    setting.key());
        }
    }

    @Test
    void theCodeOfThePageCompiles() throws IOException {
        new JarRecipe()
                .source("Example", blocks("configuration.md", "java").getFirst())
                .writeTo(folder.resolve("example.jar"));

        assertTrue(Files.size(folder.resolve("example.jar")) > 0);
    }
}
