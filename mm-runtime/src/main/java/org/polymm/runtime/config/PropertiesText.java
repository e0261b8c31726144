package org.polymm.runtime.config;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import org.apache.commons.configuration2.PropertiesConfiguration;

/**
 * Reads the properties format. The reader of Commons Configuration knows comments, continued lines and escapes; used by itself it knows
 * neither lists, nor includes, nor variables, so that a value is what was typed.
 */
final class PropertiesText {

    private final TextFile file;

    PropertiesText(TextFile file) {
        this.file = file;
    }

    void read(String text) {
        try (var reader = new PropertiesConfiguration.PropertiesReader(new StringReader(text))) {
            int line = 1;
            while (reader.nextProperty()) {
                int start = line + reader.getCommentLines().size();
                line = reader.getLineNumber() + 1;
                String key = reader.getPropertyName();
                if (key.equals("include") || key.equals("includeoptional")) {
                    file.problem(start, 0, "a file cannot include another: give --config several times");
                } else if (key.isEmpty()) {
                    file.problem(start, 0, "a line is KEY = VALUE, and here the key is missing");
                } else {
                    file.setting(key, reader.getPropertyValue(), start, 0);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
