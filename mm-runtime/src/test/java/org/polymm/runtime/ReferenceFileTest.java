package org.polymm.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.runtime.config.ConfigSources;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.LayeredConfiguration;
import org.polymm.runtime.config.ReferenceText;
import org.polymm.runtime.config.Setting;

class ReferenceFileTest {

    private static String reference() throws IOException {
        try (InputStream in = Polymm.class.getResourceAsStream("reference.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theReferenceFileSaysWhatTheCodeDeclares() throws IOException {
        assertEquals(
                ReferenceText.of(Polymm.keys()),
                reference(),
                "reference.yaml is written by ReferenceText.of(Polymm.keys()); write it again");
    }

    @Test
    void readAsAConfigurationTheReferenceFileSetsEveryKeyToItsDefault(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("reference.yaml"), reference());
        LayeredConfiguration configuration =
                LayeredConfiguration.read(ConfigSources.builder().file(file).build(), Polymm.keys());

        assertEquals(List.of(), configuration.problems());
        Map<String, String> written = new LinkedHashMap<>();
        for (Setting setting : configuration.layer(1)) {
            written.put(setting.key(), setting.text());
        }
        Map<String, String> declared = new LinkedHashMap<>();
        for (Key<?> key : Polymm.keys().keys()) {
            declared.put(key.name(), key.defaultText());
        }
        assertEquals(declared, written);
    }
}
