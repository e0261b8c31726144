package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.report.TextTable;

/**
 * What became of scenarios under variations. Few scenarios under many policies read better with a row for each policy, many
 * scenarios under few the other way round: the narrower table is the one that is printed.
 */
final class CrossTable {
    private final List<String> variations;
    private final List<String> scenarios = new ArrayList<>();
    private final List<List<String>> outcomes = new ArrayList<>();

    CrossTable(List<String> variations) {
        this.variations = List.copyOf(variations);
    }

    /** Adds a scenario, by the name of its file, and its outcome under each variation. */
    void scenario(String file, List<String> cells) {
        if (cells.size() != variations.size()) {
            throw new IllegalArgumentException(cells.size() + " outcomes for " + variations.size() + " variations");
        }
        scenarios.add(name(file));
        outcomes.add(List.copyOf(cells));
    }

    String text() {
        String byScenario = byScenario();
        String byVariation = byVariation();
        return width(byVariation) < width(byScenario) ? byVariation : byScenario;
    }

    private String byScenario() {
        TextTable table = new TextTable().row(line("scenario", variations));
        for (int scenario = 0; scenario < scenarios.size(); scenario++) {
            table.row(line(scenarios.get(scenario), outcomes.get(scenario)));
        }
        return table.text();
    }

    private String byVariation() {
        TextTable table = new TextTable().row(line("variation", scenarios));
        for (int i = 0; i < variations.size(); i++) {
            int variation = i;
            table.row(line(
                    variations.get(variation),
                    outcomes.stream().map(cells -> cells.get(variation)).toList()));
        }
        return table.text();
    }

    private static List<String> line(String first, List<String> others) {
        List<String> cells = new ArrayList<>(List.of(first));
        cells.addAll(others);
        return cells;
    }

    private static int width(String table) {
        return table.lines().mapToInt(String::length).max().orElse(0);
    }

    /** The name of a file without folders and ending. */
    static String name(String file) {
        String last = file.substring(file.replace('\\', '/').lastIndexOf('/') + 1);
        return last.endsWith(ScenarioFiles.SUFFIX)
                ? last.substring(0, last.length() - ScenarioFiles.SUFFIX.length())
                : last;
    }
}
