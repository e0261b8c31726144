package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioFiles;

/** Reads the scenarios that leave the order of tasks open. */
final class OpenScenarios {

    private OpenScenarios() {}

    /** All that arguments name; of folders, those that are open. */
    static List<Scenario> read(List<String> arguments) throws IOException {
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
        List<Scenario> open = new ArrayList<>();
        for (Path file : found) {
            Scenario scenario = ScenarioFiles.read(file);
            if (scenario.isOpen()) {
                open.add(scenario);
            } else if (named.contains(file)) {
                throw new UserError(
                        scenario.file() + ": has no parallel tasks, or states their order; polymm run runs it");
            }
        }
        if (open.isEmpty()) {
            throw new UserError(String.join(" ", arguments) + ": no scenario with parallel tasks whose order is open");
        }
        return open;
    }
}
