package org.polymm.runtime.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads one configuration file into settings. Problems are collected, so that the next file and the next line are read all the same. */
final class TextFile {

    private final String path;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<Problem> problems;

    private TextFile(String path, List<Problem> problems) {
        this.path = path;
        this.problems = problems;
    }

    /**
     * Reads a file.
     *
     * @param file the path as the user named it
     * @param resolved where it is
     * @param problems what is wrong is added here
     * @return what it sets, in the order of the file
     */
    static List<Setting> read(Path file, Path resolved, List<Problem> problems) {
        TextFile result = new TextFile(file.toString(), problems);
        String name = file.toString().toLowerCase(Locale.ROOT);
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        if (!yaml && !name.endsWith(".properties")) {
            result.problem(0, 0, "a configuration file is named .yaml, .yml or .properties");
            return List.of();
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(Files.readAllBytes(resolved)))
                    .toString();
        } catch (NoSuchFileException e) {
            result.problem(0, 0, "there is no such file");
            return List.of();
        } catch (CharacterCodingException e) {
            result.problem(0, 0, "is not UTF-8 text");
            return List.of();
        } catch (IOException e) {
            result.problem(0, 0, "cannot be read: " + e.getMessage());
            return List.of();
        }
        if (text.startsWith("\ufeff")) {
            text = text.substring(1);
        }
        if (yaml) {
            new YamlText(result).read(text);
        } else {
            new PropertiesText(result).read(text);
        }
        return new ArrayList<>(result.settings.values());
    }

    /**
     * Takes a key and its text.
     *
     * @param key dotted
     * @param text as typed
     * @param line from 1
     * @param column from 1; 0 if unknown
     */
    void setting(String key, String text, int line, int column) {
        String canonical = PolicyKeys.canonical(key);
        Setting setting = new Setting(canonical, text, Origin.file(path, line, column));
        Setting before = settings.putIfAbsent(canonical, setting);
        if (before != null) {
            problems.add(Problem.of(
                    setting,
                    "is given twice, in line " + before.origin().line() + " and in line " + line + ": keep one"));
        }
    }

    /**
     * Takes a problem.
     *
     * @param line from 1; 0 for the file as a whole
     * @param column from 1; 0 if unknown
     * @param message what is wrong
     */
    void problem(int line, int column, String message) {
        problems.add(Problem.at(Origin.file(path, line, column), message));
    }
}
