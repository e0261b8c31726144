package org.polymm.lab.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.polymm.linux.HostSettings;

/**
 * What a host needs for a recording, and what of it is missing.
 *
 * @param root the root of the file system, another one in tests
 * @param path the directories of commands
 */
record Requirements(Path root, List<Path> path) {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_PERFMON = 38;
    private static final String TRACING = "sys/kernel/tracing";

    /** This host. */
    static Requirements ofHost() {
        List<Path> directories = new ArrayList<>();
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (!directory.isEmpty()) {
                directories.add(Path.of(directory));
            }
        }
        return new Requirements(Path.of("/"), List.copyOf(directories));
    }

    /** Everything that is missing, each as what it is and what helps; empty if a recording can be made. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (read("proc/sys/kernel/osrelease").isEmpty()) {
            missing.add("Linux: " + root.resolve("proc/sys/kernel/osrelease") + " cannot be read");
            return missing;
        }
        tool(missing, "perf", "install linux-perf (Debian), linux-tools-generic (Ubuntu) or perf (Fedora)");
        tool(missing, "taskset", "install util-linux");
        tool(missing, "setarch", "install util-linux");
        String paranoid = read("proc/sys/kernel/perf_event_paranoid");
        if (!paranoid.equals("-1") && !has(CAP_PERFMON) && !has(CAP_SYS_ADMIN)) {
            missing.add("the right to trace: /proc/sys/kernel/perf_event_paranoid is "
                    + (paranoid.isEmpty() ? "unreadable" : paranoid) + ", and only -1 lets everybody;"
                    + " run as root or with CAP_PERFMON");
        }
        tracepoints(missing);
        for (String setting : hugePageSettings()) {
            if (!isNever(setting) && !Files.isWritable(root.resolve(setting))) {
                missing.add("huge pages that can be switched off: " + root.resolve(setting)
                        + " is not \"never\" and cannot be written; run as root");
            }
        }
        return missing;
    }

    private void tool(List<String> missing, String name, String help) {
        if (!isProgram(name)) {
            missing.add(name + ": not found on the PATH; " + help);
        }
    }

    /** Whether there is a program of that name: a path, or to be found on the PATH. */
    boolean isProgram(String name) {
        return name.contains("/")
                ? isExecutable(Path.of(name))
                : path.stream().anyMatch(directory -> isExecutable(directory.resolve(name)));
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private void tracepoints(List<String> missing) {
        Path events = root.resolve(TRACING).resolve("events");
        if (!Files.isDirectory(events)) {
            missing.add("tracepoints: " + events
                    + " is not there or may not be read; mount it as root: mount -t tracefs none "
                    + root.resolve(TRACING));
            return;
        }
        for (String event : List.of("exceptions/page_fault_user", "syscalls/sys_enter_mmap", "task/task_newtask")) {
            if (!Files.isReadable(events.resolve(event).resolve("id"))) {
                missing.add("the tracepoint " + event.replace('/', ':') + ": " + events.resolve(event)
                        + " cannot be read; run as root. If it is not there for root either, this kernel has none"
                        + " (page-fault tracepoints exist on x86 alone)");
            }
        }
    }

    /** Whether tracefs is known to the kernel and not mounted. */
    boolean tracefsIsMissing() {
        return Files.isDirectory(root.resolve(TRACING))
                && !Files.isDirectory(root.resolve(TRACING).resolve("events"));
    }

    /** The system calls among {@code names} that this kernel has tracepoints for. */
    List<String> traceable(List<String> names) {
        Path syscalls = root.resolve(TRACING).resolve("events/syscalls");
        return names.stream()
                .filter(name -> Files.isDirectory(syscalls.resolve("sys_enter_" + name)))
                .toList();
    }

    /** The settings of huge pages of all sizes, as {@link HostSettings} names them. */
    List<String> hugePageSettings() {
        List<String> settings = new ArrayList<>();
        Path directory = root.resolve(HostSettings.THP);
        if (!Files.isDirectory(directory)) {
            return settings;
        }
        settings.add(HostSettings.THP + "enabled");
        try (var sizes = Files.list(directory)) {
            sizes.map(size -> String.valueOf(size.getFileName()))
                    .filter(size -> size.startsWith("hugepages-"))
                    // 8 kB is a size of shared memory alone.
                    .filter(size -> Files.exists(directory.resolve(size).resolve("enabled")))
                    .sorted()
                    .forEach(size -> settings.add(HostSettings.THP + size + "/enabled"));
        } catch (IOException e) {
            // Without the list there is nothing to switch off but the one above.
        }
        return settings;
    }

    private boolean isNever(String setting) {
        String value = read(setting);
        return value.isEmpty() || value.contains("[never]");
    }

    /** The CPUs that this process may run on. */
    BitSet cpus() {
        BitSet cpus = new BitSet();
        for (String range : status("Cpus_allowed_list:").split(",")) {
            String[] ends = range.split("-", 2);
            try {
                cpus.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            } catch (NumberFormatException e) {
                // Not a list of CPUs: none is known.
            }
        }
        return cpus;
    }

    private boolean has(int capability) {
        String mask = status("CapEff:");
        return !mask.isEmpty() && (Long.parseUnsignedLong(mask, 16) >> capability & 1) != 0;
    }

    private String status(String key) {
        for (String line : read("proc/self/status").split("\n")) {
            if (line.startsWith(key)) {
                return line.substring(key.length()).strip();
            }
        }
        return "";
    }

    /** The text of a file, empty if it cannot be read. */
    String read(String file) {
        try {
            return Files.readString(root.resolve(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
