package org.polymm.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What this host offers. Plain data, so that a caller can skip what the host cannot do, with the reason, and never call it passed.
 *
 * @param release of the kernel, such as {@code 6.18.44}; empty if this is no Linux
 * @param folioSizes the sizes of folios in KiB for which there are settings, ascending: 16, 32, 64, …
 * @param shmemSizes the sizes of folios of shared memory for which there are settings, likewise: 8, 16, 32, …
 * @param missing the features that are not there, each with the reason
 */
public record HostAvailability(
        String release, List<Integer> folioSizes, List<Integer> shmemSizes, Map<HostFeature, String> missing) {
    private static final int CAP_IPC_LOCK = 14;
    private static final int CAP_SYS_PTRACE = 19;
    private static final int CAP_SYS_ADMIN = 21;
    private static final long HUGE_PAGE_KIB = 2048;

    /** Copies the collections. */
    public HostAvailability {
        Objects.requireNonNull(release, "release");
        folioSizes = List.copyOf(folioSizes);
        shmemSizes = List.copyOf(shmemSizes);
        missing = Collections.unmodifiableMap(
                missing.isEmpty() ? new EnumMap<>(HostFeature.class) : new EnumMap<>(missing));
    }

    /**
     * Looks at this host. Compiles the helper if that was not done before.
     *
     * @return what it offers
     */
    public static HostAvailability probe() {
        String problem = null;
        try {
            NativeProgram.HELPER.find();
        } catch (HostUnavailableException e) {
            problem = String.valueOf(e.getMessage());
        }
        return probe(new HostFiles(Path.of("/")), problem);
    }

    /** Looks at a tree of files. The problem is that of the helper program, null if it is there. */
    static HostAvailability probe(HostFiles files, @Nullable String problem) {
        long capabilities = capabilities(files);
        Map<HostFeature, String> missing = new EnumMap<>(HostFeature.class);
        for (HostFeature feature : HostFeature.values()) {
            String reason = reasonAgainst(feature, files, capabilities, problem);
            if (reason != null) {
                missing.put(feature, reason);
            }
        }
        return new HostAvailability(
                files.read("proc/sys/kernel/osrelease", ""),
                sizes(files, "enabled"),
                sizes(files, "shmem_enabled"),
                missing);
    }

    private static final String UPROBE_TYPE = "sys/bus/event_source/devices/uprobe/type";

    private static @Nullable String reasonAgainst(
            HostFeature feature, HostFiles files, long capabilities, @Nullable String problem) {
        return switch (feature) {
            case MACHINE -> problem != null ? problem : reasonAgainstReading(files, capabilities);
            case MEMLOCK_LIMIT ->
                has(capabilities, CAP_IPC_LOCK)
                        ? null
                        : "CAP_IPC_LOCK is missing (run as root), so no process is free of the limit";
            case THP -> reasonAgainstWriting(files, HostSettings.THP + "enabled");
            case MTHP ->
                sizes(files, "enabled").stream().anyMatch(size -> size < HUGE_PAGE_KIB)
                        ? reasonAgainstWriting(
                                files,
                                HostSettings.THP + "hugepages-"
                                        + sizes(files, "enabled").getFirst() + "kB/enabled")
                        : files.path(HostSettings.THP) + " has no sizes below 2048kB: they exist since Linux 6.8";
            case KSM -> reasonAgainstWriting(files, HostSettings.KSM + "run");
            case HUGETLB -> reasonAgainstWriting(files, HostSettings.NR_HUGEPAGES);
            case SWAP -> {
                String reason = new SwapArea(files, SwapCalls.OF_HOST).reasonAgainst();
                yield reason.isEmpty() ? reasonAgainstAdmin(capabilities) : reason;
            }
            case USERFAULTFD -> reasonAgainstUserfaultfd(files, capabilities);
            case IO_URING -> reasonAgainstIoUring(files, capabilities);
            case UPROBES -> {
                if (!files.exists(UPROBE_TYPE)) {
                    yield files.path(UPROBE_TYPE) + " is missing: the kernel is built without CONFIG_UPROBE_EVENTS";
                }
                yield has(capabilities, CAP_SYS_ADMIN)
                        ? null
                        : "CAP_SYS_ADMIN is missing (run as root): without it perf sets no uprobes";
            }
            case SHRINKERS -> reasonAgainstWriting(files, "proc/sys/vm/drop_caches");
            case MEMORY_CGROUP ->
                (" " + files.read("sys/fs/cgroup/cgroup.controllers", "") + " ").contains(" memory ")
                        ? null
                        : files.path("sys/fs/cgroup/cgroup.controllers")
                                + " does not name memory: no cgroup v2, or the controller is in a v1 hierarchy";
        };
    }

    private static @Nullable String reasonAgainstReading(HostFiles files, long capabilities) {
        for (String name : List.of("proc/kpageflags", "proc/kpagecount")) {
            if (!files.exists(name)) {
                return files.path(name) + " is missing: the kernel is built without CONFIG_PROC_PAGE_MONITOR";
            }
            if (!Files.isReadable(files.path(name))) {
                return files.path(name) + " cannot be read: only root can (run as root)";
            }
        }
        return reasonAgainstAdmin(capabilities);
    }

    private static @Nullable String reasonAgainstAdmin(long capabilities) {
        return has(capabilities, CAP_SYS_ADMIN)
                ? null
                : "CAP_SYS_ADMIN is missing (run as root): without it there are no page frame numbers and no swapon";
    }

    private static @Nullable String reasonAgainstWriting(HostFiles files, String name) {
        if (!files.exists(name)) {
            return files.path(name) + " is missing: the kernel is built without it";
        }
        return Files.isWritable(files.path(name)) ? null : files.path(name) + " cannot be written (run as root)";
    }

    private static @Nullable String reasonAgainstUserfaultfd(HostFiles files, long capabilities) {
        String name = "proc/sys/vm/unprivileged_userfaultfd";
        if (!files.exists(name)) {
            return files.path(name) + " is missing: the kernel is built without userfaultfd";
        }
        return has(capabilities, CAP_SYS_PTRACE) || files.read(name, "0").equals("1")
                ? null
                : "CAP_SYS_PTRACE is missing (run as root), and " + files.path(name) + " is 0";
    }

    private static @Nullable String reasonAgainstIoUring(HostFiles files, long capabilities) {
        // The file exists since Linux 6.6; before, io_uring was there unless the kernel was built without.
        return switch (files.read("proc/sys/kernel/io_uring_disabled", "0")) {
            case "0" -> null;
            case "1" ->
                has(capabilities, CAP_SYS_ADMIN) ? null : "/proc/sys/kernel/io_uring_disabled is 1 (run as root)";
            default -> "/proc/sys/kernel/io_uring_disabled is 2: nobody may use io_uring on this host";
        };
    }

    private static long capabilities(HostFiles files) {
        for (String line : files.read("proc/self/status", "").split("\n")) {
            if (line.startsWith("CapEff:")) {
                return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
            }
        }
        return 0;
    }

    private static boolean has(long capabilities, int capability) {
        return (capabilities >> capability & 1) != 0;
    }

    /** The sizes that have a setting: 8 kB is a size of shared memory alone. */
    private static List<Integer> sizes(HostFiles files, String setting) {
        return files.list(HostSettings.THP).stream()
                .filter(name -> name.matches("hugepages-\\d+kB"))
                .filter(name -> files.exists(HostSettings.THP + name + "/" + setting))
                .map(name -> Integer.valueOf(name.substring("hugepages-".length(), name.length() - 2)))
                .sorted()
                .toList();
    }

    /**
     * Whether something is there.
     *
     * @param feature what
     * @return whether
     */
    public boolean has(HostFeature feature) {
        return !missing.containsKey(feature);
    }

    /**
     * Why a run cannot be had here.
     *
     * @param needed what it needs
     * @return the reasons, in the order of the features; empty if all is there
     */
    public List<String> reasonsAgainst(Collection<HostFeature> needed) {
        return missing.entrySet().stream()
                .filter(entry -> needed.contains(entry.getKey()))
                .map(entry -> "no " + entry.getKey().words() + ": " + entry.getValue())
                .toList();
    }
}
