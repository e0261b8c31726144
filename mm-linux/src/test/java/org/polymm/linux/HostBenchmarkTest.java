package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostBenchmarkTest {

    @Test
    void figuresAndReasonsAreRead() {
        HostBenchmark read = HostBenchmark.parse("fork 90.76 87.09 page\nthp-fault - there are none: why\n");
        assertEquals(List.of(new HostBenchmark.Figure("fork", "page", 90.76, 87.09)), read.figures());
        assertEquals(Map.of("thp-fault", "there are none: why"), read.missing());
        assertThrows(IllegalArgumentException.class, () -> HostBenchmark.parse("mmap: Cannot allocate memory"));
    }

    @Test
    void thisHostIsMeasured() throws HostUnavailableException {
        HostAvailability host = HostAvailability.probe();
        assumeTrue(
                host.has(HostFeature.MACHINE),
                host.reasonsAgainst(List.of(HostFeature.MACHINE)).toString());
        HostBenchmark measured = HostBenchmark.run(-1, 4, 3);
        List<String> operations = new ArrayList<>(measured.missing().keySet());
        for (HostBenchmark.Figure figure : measured.figures()) {
            operations.add(figure.operation());
            assertTrue(figure.minimum() >= 0 && figure.minimum() <= figure.median(), figure.toString());
        }
        assertEquals(21, operations.size(), operations::toString);
        HostUnavailableException error =
                assertThrows(HostUnavailableException.class, () -> HostBenchmark.run(-1, 3, 3));
        assertTrue(String.valueOf(error.getMessage()).contains("usage: benchmark"), error.getMessage());
    }
}
