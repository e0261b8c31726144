package org.polymm.lab.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.polymm.lab.cost.CostModel;
import org.polymm.lab.cost.UnitCost;
import org.polymm.linux.HostBenchmark;

class CalibrationTest {

    /** What a made-up kernel takes whose unit costs are known: trap 100, fault 400, zeroing 200, copying 300. */
    private static List<HostBenchmark.Figure> figures() {
        List<HostBenchmark.Figure> figures = new ArrayList<>();
        Map<String, Double> times = Map.ofEntries(
                Map.entry("first-touch", 700.0),
                Map.entry("populate-write", 600.0),
                Map.entry("thp-fault", 500.0 + 512 * 200),
                Map.entry("zero-page-fault", 150.0),
                Map.entry("cow-copy", 1000.0),
                Map.entry("cow-reuse", 120.0),
                Map.entry("memcpy", 300.0),
                Map.entry("memset", 90.0),
                Map.entry("fork", 30.4),
                Map.entry("fork-thp", 1000.0),
                Map.entry("munmap", 80.0),
                Map.entry("munmap-split", 20.0),
                Map.entry("munmap-thp", 5060.0),
                Map.entry("mlock", 50.0),
                Map.entry("munlock", 70.0),
                Map.entry("mremap", 14.0),
                Map.entry("mprotect", 110.0),
                Map.entry("system-call", 40.0),
                Map.entry("mmap-munmap", 2080.0));
        times.forEach((name, nanos) -> figures.add(new HostBenchmark.Figure(name, "page", 9e9, nanos)));
        return figures;
    }

    @Test
    void takesWholeOperationsApartIntoUnitCosts() {
        Calibration calibration = new Calibration(new HostBenchmark(figures(), Map.of()));

        Map<String, Long> costs = calibration.costs();
        assertEquals(100, costs.get("cost.trap"));
        assertEquals(400, costs.get("cost.anon-fault"));
        assertEquals(200, costs.get("cost.zero-page"));
        assertEquals(50, costs.get("cost.zero-page-map"));
        assertEquals(600, costs.get("cost.cow-copy"));
        assertEquals(20, costs.get("cost.cow-reuse"));
        assertEquals(30, costs.get("cost.fork-pte"));
        assertEquals(60, costs.get("cost.free-folio"));
        assertEquals(5000, costs.get("cost.zap-pmd"));
        assertEquals(60, costs.get("cost.mlock-entry"));
        assertEquals(1000, costs.get("cost.vma-change"));
    }

    @Test
    void isWrittenAsAConfigurationOfKeysThatExistAndNamesWhatKeepsItsDefault() {
        Calibration calibration = new Calibration(new HostBenchmark(figures(), Map.of()));
        String text = calibration.properties("Linux 6.18", "polymm bench --costs here.properties");

        Set<String> known =
                CostModel.defaults().costs().stream().map(UnitCost::key).collect(Collectors.toSet());
        assertTrue(known.containsAll(calibration.costs().keySet()), calibration.costs()::toString);
        assertTrue(text.contains("\ncost.trap = 100\n"), text);
        assertTrue(text.contains("left as they are: "), text);
        for (String key : known) {
            assertTrue(text.contains(key), key);
            assertEquals(calibration.costs().containsKey(key), text.contains("\n" + key + " = "), key);
        }
    }

    @Test
    void withoutHugePagesZeroingIsMeasuredInUserSpaceAndNothingElseIsGuessed() {
        List<HostBenchmark.Figure> figures = new ArrayList<>(figures());
        figures.removeIf(figure ->
                figure.operation().contains("thp") || figure.operation().equals("munmap-split"));
        Calibration calibration = new Calibration(new HostBenchmark(figures, Map.of("thp-fault", "never")));

        assertEquals(90, calibration.costs().get("cost.zero-page"));
        assertEquals(510, calibration.costs().get("cost.anon-fault"));
        assertFalse(calibration.costs().containsKey("cost.zap-pte"));
        assertFalse(calibration.costs().containsKey("cost.zap-pmd"));
        assertFalse(calibration.costs().containsKey("cost.fork-pmd"));
    }

    @Test
    void aDifferenceBelowNothingIsNothingAndSaysSo() {
        List<HostBenchmark.Figure> figures = new ArrayList<>(figures());
        figures.removeIf(figure -> figure.operation().equals("populate-write"));
        figures.add(new HostBenchmark.Figure("populate-write", "page", 710, 710));
        Calibration calibration = new Calibration(new HostBenchmark(figures, Map.of()));

        assertEquals(0, calibration.costs().get("cost.trap"));
        assertTrue(calibration.table().contains("came out below nothing"), calibration.table());
    }
}
