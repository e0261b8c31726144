package org.polymm.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of the host's kernel, changed for a run and given back after it.
 *
 * <p>Before the first change of a file its value goes to a journal on disk. Values are given back when this object is closed, when the JVM is
 * told to end (SIGINT, SIGTERM, exit), and, if it had no chance to, by the next run, which finds the journal. A journal of another boot is
 * thrown away: the settings went with that boot.
 *
 * <p>Hold the {@link HostLock} while one of these is open. Thread-safe.
 */
public final class HostSettings implements AutoCloseable {
    /** The directory of settings of transparent huge pages, from the root: {@code THP + "hugepages-64kB/enabled"}. */
    public static final String THP = "sys/kernel/mm/transparent_hugepage/";

    private static final String SHMEM_ENABLED = THP + "shmem_enabled";
    /** The directory of KSM's settings. */
    public static final String KSM = "sys/kernel/mm/ksm/";
    /** How many hugetlb pages of the default size are reserved. */
    public static final String NR_HUGEPAGES = "proc/sys/vm/nr_hugepages";
    /** The logarithm of how many pages are read from swap at once. */
    public static final String PAGE_CLUSTER = "proc/sys/vm/page-cluster";

    /** What the journal calls a swap area that was made; its value is the device. No file is called so. */
    private static final String SWAP_AREA = "swap area";

    private final HostFiles files;
    private final SwapArea swapArea;
    private final Journal journal;
    private final Map<String, String> before = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::restoreQuietly, "polymm-restore-settings");
    private boolean closed;
    private long swapBytes;

    private HostSettings(HostFiles files, SwapCalls calls, Journal journal) {
        this.files = files;
        swapArea = new SwapArea(files, calls);
        this.journal = journal;
    }

    /**
     * Opens the settings of this host. If an earlier run left changes behind, they are taken back first.
     *
     * @param lock held by the caller
     * @return settings, none of them changed
     * @throws HostUnavailableException if an earlier run's changes cannot be taken back, or no journal can be kept
     */
    public static HostSettings open(HostLock lock) throws HostUnavailableException {
        Objects.requireNonNull(lock, "lock");
        return open(new HostFiles(Path.of("/")), stateDirectory(System.getenv()))
                .withHook();
    }

    /** Has the settings given back, too, when the JVM ends. */
    HostSettings withHook() {
        Runtime.getRuntime().addShutdownHook(hook);
        return this;
    }

    /** For a tree of files. There is no shutdown hook. */
    static HostSettings open(HostFiles files, Path directory) throws HostUnavailableException {
        return open(files, directory, SwapCalls.OF_HOST);
    }

    static HostSettings open(HostFiles files, Path directory, SwapCalls calls) throws HostUnavailableException {
        Journal journal = new Journal(
                directory.resolve("host-settings.journal"), files.read("proc/sys/kernel/random/boot_id", "unknown"));
        HostSettings settings = new HostSettings(files, calls, journal);
        try {
            settings.before.putAll(journal.read());
            settings.restore();
        } catch (IOException e) {
            throw new HostUnavailableException(
                    "an earlier run left changed settings, noted in " + journal.file() + "; they cannot be taken back: "
                            + e.getMessage(),
                    e);
        }
        return settings;
    }

    /** Where the journal is: the state directory of the user, root's is the machine's. */
    static Path stateDirectory(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        if (state.startsWith("/")) {
            return Path.of(state, "polymm");
        }
        String home = System.getProperty("user.home");
        return Files.isWritable(Path.of("/var/lib"))
                ? Path.of("/var/lib/polymm")
                : Path.of(home, ".local/state/polymm");
    }

    /**
     * What a setting is now.
     *
     * @param name a file below {@link #THP} or {@link #KSM}, {@link #NR_HUGEPAGES} or {@link #PAGE_CLUSTER}
     * @return its value; where the kernel lists all values, the one in brackets
     * @throws HostUnavailableException if there is no such setting
     */
    public String get(String name) throws HostUnavailableException {
        check(name);
        try {
            return files.setting(name);
        } catch (IOException e) {
            throw new HostUnavailableException(files.path(name) + " cannot be read: " + e, e);
        }
    }

    /**
     * Changes a setting until this object is closed.
     *
     * @param name a file below {@link #THP} or {@link #KSM}, {@link #NR_HUGEPAGES} or {@link #PAGE_CLUSTER}
     * @param value its new value
     * @throws HostUnavailableException if there is no such setting, it cannot be written, or the kernel does not take the value
     */
    public synchronized void set(String name, String value) throws HostUnavailableException {
        if (closed) {
            throw new IllegalStateException("the settings were given back");
        }
        String old = get(name);
        if (old.equals(value)) {
            return;
        }
        try {
            if (before.putIfAbsent(name, old) == null) {
                journal.write(before);
            }
            files.write(name, value);
        } catch (IOException e) {
            throw new HostUnavailableException(
                    files.path(name) + " cannot be set to " + value + ": " + e.getMessage(), e);
        }
        String now = get(name);
        if (!now.equals(value)) {
            throw new HostUnavailableException(
                    files.path(name) + " was set to " + value + ", but the kernel made it " + now);
        }
    }

    /**
     * Gives the host a swap area of its own until this object is closed, or takes it away again: a new zram device, before all others the host
     * may have. One page at a time is read from it.
     *
     * @param bytes its size in bytes, a multiple of the page size, its first page (the header) included; 0 for none
     * @throws HostUnavailableException if the host cannot have one; the message says why
     */
    public synchronized void setSwap(long bytes) throws HostUnavailableException {
        if (closed) {
            throw new IllegalStateException("the settings were given back");
        }
        if (bytes == swapBytes) {
            return;
        }
        try {
            if (swapBytes != 0) {
                swapBytes = 0;
                swapArea.remove(String.valueOf(before.get(SWAP_AREA)));
                before.remove(SWAP_AREA);
                journal.write(before);
            }
            if (bytes != 0) {
                makeSwap(bytes);
            }
        } catch (IOException e) {
            throw new HostUnavailableException("swap of " + bytes + " bytes cannot be set up: " + e.getMessage(), e);
        }
    }

    private void makeSwap(long bytes) throws HostUnavailableException, IOException {
        String reason = swapArea.reasonAgainst();
        if (!reason.isEmpty()) {
            throw new HostUnavailableException("needs swap; " + reason);
        }
        if (before.containsKey(SWAP_AREA)) {
            throw new IOException("an earlier one, " + before.get(SWAP_AREA) + ", could not be taken away");
        }
        set(PAGE_CLUSTER, "0");
        String device = swapArea.create();
        before.put(SWAP_AREA, device);
        journal.write(before);
        try {
            swapArea.start(device, bytes);
        } catch (IOException e) {
            swapArea.remove(device);
            before.remove(SWAP_AREA);
            journal.write(before);
            throw e;
        }
        swapBytes = bytes;
    }

    private static void check(String name) {
        if (!isSetting(name)) {
            throw new IllegalArgumentException(name + " is none of the settings that are changed here");
        }
    }

    /** Only these are ever written, whatever a journal says. */
    static boolean isSetting(String name) {
        return (name.startsWith(THP) || name.startsWith(KSM) || name.equals(NR_HUGEPAGES) || name.equals(PAGE_CLUSTER))
                && !name.contains("..");
    }

    /** Gives back what was changed, the last first. What cannot be given back stays in the journal. */
    private synchronized void restore() throws IOException {
        IOException failure = null;
        List<Map.Entry<String, String>> changes = List.copyOf(before.entrySet());
        if (before.containsKey(SHMEM_ENABLED)) {
            // Sizes cannot be set to inherit while this says force.
            files.write(SHMEM_ENABLED, "never");
        }
        for (Map.Entry<String, String> change : changes.reversed()) {
            String name = change.getKey();
            String value = change.getValue();
            try {
                giveBack(name, value);
                before.remove(name);
            } catch (IOException e) {
                IOException one = new IOException(
                        name.equals(SWAP_AREA)
                                ? "the swap area on " + value + " cannot be taken away: " + e.getMessage()
                                : files.path(name) + " cannot be set back to " + value + ": " + e,
                        e);
                if (failure == null) {
                    failure = one;
                } else {
                    failure.addSuppressed(one);
                }
            }
        }
        journal.write(before);
        if (failure != null) {
            throw failure;
        }
    }

    private void giveBack(String name, String value) throws IOException {
        if (name.equals(SWAP_AREA)) {
            swapArea.remove(value);
            return;
        }
        if (!isSetting(name)) {
            throw new IOException(name + " is none of the settings that are changed here");
        }
        if (!files.setting(name).equals(value)) {
            files.write(name, value);
        }
    }

    private synchronized void restoreQuietly() {
        closed = true;
        try {
            restore();
        } catch (IOException e) {
            System.err.println("polymm: " + e.getMessage() + "; the next run on this host tries again");
        }
    }

    /**
     * Gives every setting its old value back. A second call does nothing.
     *
     * @throws HostUnavailableException if one cannot be given back; the next run tries again
     */
    @Override
    public void close() throws HostUnavailableException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            restore();
        } catch (IOException e) {
            throw new HostUnavailableException(String.valueOf(e.getMessage()), e);
        } finally {
            forgetHook();
        }
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook finds nothing to do.
        }
    }
}
