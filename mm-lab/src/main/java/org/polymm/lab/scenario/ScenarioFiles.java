package org.polymm.lab.scenario;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.polymm.lab.scenario.syntax.Position;
import org.polymm.lab.scenario.syntax.ScenarioException;
import org.polymm.lab.scenario.syntax.ScenarioSyntax;
import org.polymm.runtime.config.Nearest;

/** Finds scenarios: files, folders of them, and the bundled ones by name. */
public final class ScenarioFiles {

    /** How files of scenarios end. */
    public static final String SUFFIX = ".mms";

    private final Path bundled;

    /**
     * Files with bundled ones.
     *
     * @param bundled the folder of the bundled scenarios; it need not exist
     */
    public ScenarioFiles(Path bundled) {
        this.bundled = bundled;
    }

    /**
     * Finds what an argument means.
     *
     * @param argument a file, a folder, or the name of a bundled scenario or of a folder of them
     * @return files, in alphabetical order
     * @throws NoSuchFileException if there is none
     * @throws IOException if a folder cannot be read
     */
    public List<Path> find(String argument) throws IOException {
        Path path = Path.of(argument);
        if (Files.isDirectory(path)) {
            return all(path, argument);
        }
        if (Files.exists(path)) {
            return List.of(path);
        }
        Path folder = bundled.resolve(argument).normalize();
        if (folder.startsWith(bundled.normalize()) && Files.isDirectory(folder)) {
            return all(folder, argument);
        }
        List<String> names = new ArrayList<>();
        for (Path file : Files.isDirectory(bundled) ? all(bundled, argument) : List.<Path>of()) {
            String relative = bundled.relativize(file).toString().replace('\\', '/');
            String name = relative.substring(0, relative.length() - SUFFIX.length());
            if (name.equals(argument) || relative.equals(argument) || name.endsWith("/" + argument)) {
                return List.of(file);
            }
            names.add(name);
            names.add(name.substring(name.lastIndexOf('/') + 1));
        }
        throw new NoSuchFileException(
                argument,
                null,
                "no such file or folder, and no bundled scenario of that name" + Nearest.hint(argument, names)
                        + (names.isEmpty() ? " (there are none in " + bundled + ")" : ""));
    }

    private static List<Path> all(Path folder, String argument) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new NoSuchFileException(argument, null, "a folder without scenarios (*" + SUFFIX + ")");
            }
            return found;
        }
    }

    /**
     * Reads one.
     *
     * @param file its file
     * @return the scenario
     * @throws ScenarioException if it is wrong
     * @throws IOException if it cannot be read
     */
    public static Scenario read(Path file) throws IOException {
        if (Files.size(file) > 4L * ScenarioSyntax.MOST_CHARACTERS) {
            throw new ScenarioException(
                    file.toString(),
                    List.of(new ScenarioException.Mistake(
                            new Position(1, 1),
                            "a scenario has at most " + ScenarioSyntax.MOST_CHARACTERS + " characters, this file has "
                                    + Files.size(file) + " bytes")));
        }
        try {
            return ScenarioReader.read(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (MalformedInputException e) {
            throw new ScenarioException(
                    file.toString(), List.of(new ScenarioException.Mistake(new Position(1, 1), "is no text in UTF-8")));
        }
    }
}
