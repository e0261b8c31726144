package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostAvailabilityTest {
    @TempDir
    Path place;

    private FakeHost host;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(place);
    }

    private HostAvailability probe() {
        return HostAvailability.probe(host.files, null);
    }

    @Test
    void aHostWithEverythingLacksNothing() {
        HostAvailability all = probe();
        assertEquals(Map.of(), all.missing());
        assertEquals("6.18.1", all.release());
        assertEquals(List.of(16, 64, 2048), all.folioSizes());
        assertEquals(List.of(8, 2048), all.shmemSizes());
        assertEquals(List.of(), all.reasonsAgainst(EnumSet.allOf(HostFeature.class)));
    }

    @Test
    void whatAHostLacksIsNamedWithTheFileAndARemedy() {
        host.put("proc/self/status", "CapEff:\t0000000000000000\n");
        host.remove("proc/kpagecount");
        host.remove(HostSettings.KSM + "run");
        host.put("proc/sys/kernel/io_uring_disabled", "2\n");
        host.put("sys/fs/cgroup/cgroup.controllers", "cpu hugetlb\n");
        HostAvailability little = probe();
        assertEquals(
                EnumSet.of(
                        HostFeature.MACHINE,
                        HostFeature.MEMLOCK_LIMIT,
                        HostFeature.KSM,
                        HostFeature.SWAP,
                        HostFeature.USERFAULTFD,
                        HostFeature.IO_URING,
                        HostFeature.UPROBES,
                        HostFeature.MEMORY_CGROUP),
                little.missing().keySet());
        assertEquals(
                List.of("no KSM: " + host.files.path(HostSettings.KSM + "run")
                        + " is missing: the kernel is built without it"),
                little.reasonsAgainst(List.of(HostFeature.KSM, HostFeature.THP)));
        assertTrue(little.has(HostFeature.THP));
        assertFalse(little.has(HostFeature.KSM));
        assertTrue(little.missing().get(HostFeature.MACHINE).contains("kpagecount"));
    }

    @Test
    void aHelperThatCannotBeBuiltIsTheReasonAgainstTheMachine() {
        HostAvailability none = HostAvailability.probe(host.files, "there is no C compiler");
        assertEquals(Map.of(HostFeature.MACHINE, "there is no C compiler"), none.missing());
    }

    @Test
    void oldKernelsHaveHugePagesOfOneSize() {
        for (String size : List.of("16", "64")) {
            host.remove(HostSettings.THP + "hugepages-" + size + "kB/enabled");
            host.remove(HostSettings.THP + "hugepages-" + size + "kB");
        }
        assertEquals(EnumSet.of(HostFeature.MTHP), probe().missing().keySet());
    }

    @Test
    void thisHostIsProbedWithoutAnError() {
        HostAvailability real = HostAvailability.probe();
        real.missing().forEach((feature, reason) -> assertFalse(reason.isBlank(), feature.name()));
    }

    @Test
    void aGuardSeesWhatSomebodyElseDid() {
        HostGuard before = HostGuard.read(host.files);
        assertEquals(List.of(), before.differences(HostGuard.read(host.files)));
        host.put("proc/vmstat", "nr_free_pages 9\npswpout 8\n");
        host.put("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/swap file 1 0 -2\n");
        host.put(HostSettings.THP + "hugepages-64kB/enabled", "[always] inherit madvise never\n");
        assertEquals(
                List.of(
                        "/proc/swaps was \"\" and is \"/swap\"",
                        "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled was"
                                + " \"always inherit madvise [never]\" and is \"[always] inherit madvise never\"",
                        "pswpout was \"7\" and is \"8\""),
                before.differences(HostGuard.read(host.files)));
    }
}
