package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioFiles;

/** Reads the scenarios that a command's arguments name. Every mistake of every file comes to light before the first one runs. */
final class NamedScenarios {

    private NamedScenarios() {}

    /**
     * All that arguments name, except those whose order of tasks is stated, or that have no tasks.
     *
     * @throws UserError if such a one was named itself, rather than with a folder, or if nothing is left
     */
    static List<Scenario> open(List<String> arguments) throws IOException {
        List<Scenario> open =
                read(arguments, Scenario::isOpen, "has no parallel tasks, or states their order; polymm run runs it");
        open.removeIf(scenario -> !scenario.isOpen());
        if (open.isEmpty()) {
            throw new UserError(String.join(" ", arguments) + ": no scenario with parallel tasks whose order is open");
        }
        return open;
    }

    /**
     * All that arguments name; those that leave the order of tasks open are among them if a folder has them.
     *
     * @throws UserError if such a one was named itself
     */
    static List<Scenario> runnable(List<String> arguments) throws IOException {
        return read(
                arguments,
                scenario -> !scenario.isOpen(),
                "leaves the order of its tasks open. polymm explore runs every order; a line such as 'schedule A B A'"
                        + " behind the tasks states one");
    }

    private static List<Scenario> read(List<String> arguments, Predicate<Scenario> fits, String whyNot)
            throws IOException {
        ScenarioFiles files =
                new ScenarioFiles(Path.of(System.getProperty("polymm.home", "")).resolve("scenarios"));
        Set<Path> found = new LinkedHashSet<>();
        Set<Path> named = new LinkedHashSet<>();
        for (String argument : arguments) {
            List<Path> all = files.find(argument);
            found.addAll(all);
            if (all.size() == 1) {
                named.addAll(all);
            }
        }
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : found) {
            Scenario scenario = ScenarioFiles.read(file);
            if (named.contains(file) && !fits.test(scenario)) {
                throw new UserError(scenario.file() + ": " + whyNot);
            }
            scenarios.add(scenario);
        }
        return scenarios;
    }
}
