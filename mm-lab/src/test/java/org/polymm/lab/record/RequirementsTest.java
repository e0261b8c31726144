package org.polymm.lab.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host is a tree of files here, so that what is missing can be taken away one by one. */
class RequirementsTest {
    private static final String EVENTS = "sys/kernel/tracing/events/";

    @TempDir
    Path root;

    private Requirements host = new Requirements(Path.of("/"), List.of());

    @BeforeEach
    void aHostThatHasEverything() throws IOException {
        host = new Requirements(root, List.of(root.resolve("bin")));
        for (String tool : List.of("perf", "taskset", "setarch")) {
            write("bin/" + tool, "");
            assertTrue(root.resolve("bin").resolve(tool).toFile().setExecutable(true));
        }
        write("proc/sys/kernel/osrelease", "6.18.0\n");
        write("proc/sys/kernel/perf_event_paranoid", "2\n");
        write("proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\nCpus_allowed_list:\t0-2,5\n");
        for (String event : List.of("exceptions/page_fault_user", "syscalls/sys_enter_mmap", "task/task_newtask")) {
            write(EVENTS + event + "/id", "1\n");
        }
        write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        write("sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always inherit madvise [never]\n");
        write("sys/kernel/mm/transparent_hugepage/hugepages-8kB/shmem_enabled", "always [never]\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private String missing() {
        return String.join("\n", host.missing());
    }

    @Test
    void a_host_that_has_everything_lacks_nothing() {
        assertEquals("", missing());
        assertEquals(BitSet.valueOf(new long[] {0b100111}), host.cpus());
        assertEquals(
                List.of(
                        "sys/kernel/mm/transparent_hugepage/enabled",
                        "sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled"),
                host.hugePageSettings());
        assertEquals(List.of("mmap"), host.traceable(List.of("mmap", "mseal")));
    }

    @Test
    void a_tool_that_is_not_there_is_named_with_what_to_install() throws IOException {
        Files.delete(root.resolve("bin/perf"));
        assertTrue(root.resolve("bin/setarch").toFile().setExecutable(false));
        assertTrue(missing().contains("perf: not found on the PATH; install linux-perf"), missing());
        assertTrue(missing().contains("setarch: not found on the PATH; install util-linux"), missing());
        assertFalse(host.isProgram("perf"));
        assertFalse(host.isProgram(root.resolve("bin").toString()), "a directory is no program");
    }

    @Test
    void without_capabilities_it_depends_on_perf_event_paranoid() throws IOException {
        write("proc/self/status", "CapEff:\t0000000000000000\n");
        assertTrue(missing().contains("/proc/sys/kernel/perf_event_paranoid is 2"), missing());
        write("proc/sys/kernel/perf_event_paranoid", "-1\n");
        assertEquals("", missing());
        write("proc/sys/kernel/perf_event_paranoid", "2\n");
        write("proc/self/status", "CapEff:\t0000004000000000\n");
        assertEquals("", missing(), "CAP_PERFMON is enough");
    }

    @Test
    void tracefs_that_is_not_mounted_is_told_from_a_tracepoint_that_is_not_there() throws IOException {
        Files.delete(root.resolve(EVENTS + "exceptions/page_fault_user/id"));
        assertTrue(missing().contains("the tracepoint exceptions:page_fault_user: "), missing());
        assertFalse(host.tracefsIsMissing());
        Files.move(root.resolve(EVENTS), root.resolve("elsewhere"));
        assertTrue(missing().contains("mount -t tracefs none"), missing());
        assertTrue(host.tracefsIsMissing());
    }

    @Test
    void everything_that_is_missing_is_said_at_once() throws IOException {
        Files.delete(root.resolve("bin/perf"));
        Files.delete(root.resolve("bin/taskset"));
        write("proc/self/status", "CapEff:\t0000000000000000\n");
        Files.move(root.resolve(EVENTS), root.resolve("elsewhere"));
        assertEquals(4, host.missing().size(), missing());
    }

    @Test
    void another_system_than_linux_is_said_to_be_one() throws IOException {
        Files.delete(root.resolve("proc/sys/kernel/osrelease"));
        assertEquals(1, host.missing().size());
        assertTrue(missing().startsWith("Linux: "), missing());
    }
}
