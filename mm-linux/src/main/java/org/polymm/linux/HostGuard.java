package org.polymm.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must not change on the host while a run goes on: its settings, its swap space, and how much was ever swapped out. Read before and after:
 * when there is a difference somebody else was at work, and the run's result means nothing.
 *
 * @param values by name
 */
public record HostGuard(SortedMap<String, String> values) {
    private static final List<String> KHUGEPAGED = List.of(
            "alloc_sleep_millisecs",
            "defrag",
            "max_ptes_none",
            "max_ptes_shared",
            "max_ptes_swap",
            "pages_to_scan",
            "scan_sleep_millisecs");

    /** Copies the values. */
    public HostGuard {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /** {@return what the host has now} */
    public static HostGuard read() {
        return read(new HostFiles(Path.of("/")));
    }

    static HostGuard read(HostFiles files) {
        SortedMap<String, String> values = new TreeMap<>();
        put(values, files, "proc/swaps");
        put(values, files, HostSettings.KSM + "run");
        put(values, files, HostSettings.NR_HUGEPAGES);
        for (String name : List.of("enabled", "defrag", "shmem_enabled", "use_zero_page")) {
            put(values, files, HostSettings.THP + name);
        }
        for (String name : KHUGEPAGED) {
            put(values, files, HostSettings.THP + "khugepaged/" + name);
        }
        for (String name : files.list(HostSettings.THP)) {
            if (name.startsWith("hugepages-")) {
                put(values, files, HostSettings.THP + name + "/enabled");
                put(values, files, HostSettings.THP + name + "/shmem_enabled");
            }
        }
        for (String line : files.read("proc/vmstat", "").split("\n")) {
            if (line.startsWith("pswpout ")) {
                values.put("pswpout", line.substring("pswpout ".length()));
            }
        }
        return new HostGuard(values);
    }

    private static void put(Map<String, String> values, HostFiles files, String name) {
        String value = files.read(name, "");
        // How much of a swap file is used is not what counts here: pswpout tells whether that went on.
        values.put("/" + name, name.equals("proc/swaps") ? areas(value) : value);
    }

    private static String areas(String swaps) {
        List<String> lines = List.of(swaps.split("\n"));
        return String.join(
                ", ",
                lines.stream()
                        .skip(1)
                        .map(line -> line.split("\\s+")[0])
                        .sorted()
                        .toList());
    }

    /**
     * What has changed since.
     *
     * @param later of the same host
     * @return a sentence for each difference; empty if nobody was at work
     */
    public List<String> differences(HostGuard later) {
        List<String> differences = new ArrayList<>();
        SortedSet<String> names = new TreeSet<>(values.keySet());
        names.addAll(later.values.keySet());
        for (String name : names) {
            String was = values.getOrDefault(name, "");
            String is = later.values.getOrDefault(name, "");
            if (!was.equals(is)) {
                differences.add(name + " was \"" + was + "\" and is \"" + is + "\"");
            }
        }
        return differences;
    }
}
