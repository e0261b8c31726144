package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanTraceTest {

    private static final String INSTANCE = "sys/kernel/tracing/instances/polymm";

    @TempDir
    Path root;

    private FakeHost host() {
        FakeHost host = new FakeHost(root);
        for (String kind : new String[] {"pmd", "file"}) {
            host.put("sys/kernel/tracing/events/huge_memory/mm_khugepaged_scan_" + kind + "/enable", "0");
        }
        return host;
    }

    @Test
    void scansAreCountedByWhatTheTraceCallsTheirResult() throws Exception {
        String lines = """
                # tracer: nop
                  a-1 [001] ..... 1.0: mm_khugepaged_scan_pmd: mm=0, scan_pfn=0x1, referenced=0, none_or_zero=0, status=page_locked, unmapped=0
                  a-1 [001] ..... 1.1: mm_khugepaged_scan_file: mm=0, scan_pfn=0x1, filename=memfd:x, present=1, swap=0, result=truncated
                  a-1 [001] ..... 1.2: mm_khugepaged_scan_pmd: mm=0, scan_pfn=0x1, referenced=0, none_or_zero=0, status=page_locked, unmapped=0
                """;

        assertEquals(Map.of("page_locked", 2, "truncated", 1), ScanTrace.countsIn(lines));
    }

    @Test
    void lostRecordsAreNoCounts() {
        assertThrows(HostUnavailableException.class, () -> ScanTrace.countsIn("CPU:1 [LOST 5 EVENTS]\n"));
    }

    @Test
    void aKernelWithoutTheTracepointsIsNamedAsTheReason() {
        HostUnavailableException missing =
                assertThrows(HostUnavailableException.class, () -> ScanTrace.open(new FakeHost(root).files));

        assertTrue(String.valueOf(missing.getMessage()).contains("mm_khugepaged_scan_pmd"), missing.toString());
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamedAsTheReason() {
        HostUnavailableException missing =
                assertThrows(HostUnavailableException.class, () -> ScanTrace.open(host().files));

        assertTrue(String.valueOf(missing.getMessage()).contains("instances"), missing.toString());
    }

    @Test
    void onThisHostTheBufferIsTakenAwayAgain() throws Exception {
        HostFiles files = new HostFiles(Path.of("/"));
        Assumptions.assumeTrue(HostAvailability.probe().missing().get(HostFeature.MACHINE) == null);
        Assumptions.assumeTrue(files.exists("sys/kernel/tracing/events/huge_memory/mm_khugepaged_scan_pmd"));
        try (HostLock lock = HostLock.take(message -> {})) {
            try (ScanTrace trace = ScanTrace.open(lock)) {
                assertTrue(files.exists(INSTANCE));
                assertEquals(Map.of(), trace.counts());
            }
            assertEquals(false, files.exists(INSTANCE));
        }
    }
}
