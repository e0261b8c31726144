package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.polymm.api.ScanResult;

/** The table of results of a collapse in the documentation: every result is there, and is shown by the scenarios that the table names. */
class ScanResultsIT {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern NAMED = Pattern.compile("`([a-z-]+/[a-z-]+)`");

    private record Row(String result, String shownBy) {}

    private static List<Row> table() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/khugepaged.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 8 && cells[1].strip().matches("[A-Z_]+")) {
                rows.add(new Row(cells[1].strip(), cells[6].strip()));
            }
        }
        return rows;
    }

    @Test
    void everyResultHasOneRow() throws IOException {
        assertEquals(
                Stream.of(ScanResult.values()).map(ScanResult::name).sorted().toList(),
                table().stream().map(Row::result).sorted().toList());
    }

    @Test
    void everyResultIsShownByEachScenarioThatIsNamedOrCannotBeForAReason() throws IOException {
        for (Row row : table()) {
            List<String> scenarios = NAMED.matcher(row.shownBy)
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            boolean cannot = row.shownBy.startsWith("cannot: ");
            assertEquals(cannot, scenarios.isEmpty(), row.toString());
            for (String scenario : scenarios) {
                String text = Files.readString(ROOT.resolve("scenarios/" + scenario + ".mms"));
                assertTrue(shows(text, ScanResult.valueOf(row.result)), scenario + " does not show " + row.result);
            }
        }
    }

    /** A scenario shows a result if it expects a number of them, or an order of its tasks in which there is one after all. */
    private static boolean shows(String scenario, ScanResult result) {
        String counter = "(?m)^expect khugepaged (scan|entries)_" + result.text() + " \\+";
        boolean some = Pattern.compile(counter + "[1-9]").matcher(scenario).find();
        boolean none = Pattern.compile(counter + "0$").matcher(scenario).find();
        return some || none && scenario.contains("\nexpect counterexample");
    }

    @Test
    void aScenarioThatExpectsNoneDoesNotShowOne() {
        assertFalse(shows("expect khugepaged scan_page_lock +0\n", ScanResult.PAGE_LOCK));
        assertFalse(shows("expect khugepaged scan_page_lru +1\n", ScanResult.PAGE_LOCK));
        assertTrue(shows("expect khugepaged entries_page_lock +1\n", ScanResult.PAGE_LOCK));
    }
}
