package org.polymm.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tree of files that looks like {@code /proc} and {@code /sys} of a host that has everything. */
final class FakeHost {
    static final String ALL_CAPABILITIES = "000001ffffffffff";

    final HostFiles files;

    FakeHost(Path root) {
        files = new HostFiles(root);
        put("proc/sys/kernel/osrelease", "6.18.1\n");
        put("proc/sys/kernel/random/boot_id", "boot-1\n");
        put("proc/sys/kernel/io_uring_disabled", "0\n");
        put("proc/sys/vm/unprivileged_userfaultfd", "0\n");
        put("proc/sys/vm/drop_caches", "0\n");
        put("sys/bus/event_source/devices/uprobe/type", "7\n");
        put("proc/kpageflags", "");
        put("proc/kpagecount", "");
        put("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
        put("proc/sys/vm/page-cluster", "3\n");
        put("sys/class/zram-control/hot_add", "7\n");
        put("sys/class/zram-control/hot_remove", "");
        put("sys/block/zram7/disksize", "0\n");
        put("sys/block/zram7/reset", "");
        put("dev/zram7", "");
        put("proc/vmstat", "nr_free_pages 5\npswpout 7\n");
        put("proc/self/status", "Name:\tx\nCapEff:\t" + ALL_CAPABILITIES + "\n");
        put("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
        put(HostSettings.NR_HUGEPAGES, "0\n");
        put(HostSettings.KSM + "run", "0\n");
        put(HostSettings.THP + "enabled", "always [madvise] never\n");
        put(HostSettings.THP + "khugepaged/scan_sleep_millisecs", "10000\n");
        put(HostSettings.THP + "hugepages-64kB/enabled", "always inherit madvise [never]\n");
        put(HostSettings.THP + "hugepages-16kB/enabled", "always inherit madvise [never]\n");
        put(HostSettings.THP + "hugepages-2048kB/enabled", "always [inherit] madvise never\n");
        put(HostSettings.THP + "hugepages-8kB/shmem_enabled", "always inherit within_size advise [never]\n");
        put(HostSettings.THP + "hugepages-2048kB/shmem_enabled", "always [inherit] within_size advise never\n");
    }

    void put(String name, String text) {
        try {
            Path file = files.path(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove(String name) {
        try {
            Files.delete(files.path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String get(String name) {
        try {
            return Files.readString(files.path(name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
