package org.polymm.runtime.compose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.frame.ThpShmem;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.policy.FailureMode;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.KeyRegistry;
import org.polymm.runtime.config.PolicyKeys;
import org.polymm.runtime.config.ValueType;

/**
 * The keys that make a machine. Names below {@code thp} are those of {@code /sys/kernel/mm/transparent_hugepage}, and every default is that
 * of Linux 6.18 on x86-64 unless the key has no counterpart there.
 */
public final class StandardKeys {

    private static final long KIB = 1L << 10;
    private static final long TIB = 1L << 40;
    private static final List<String> MTHP_WORDS = List.of("always", "inherit", "madvise", "never");
    private static final int SMALLEST_MTHP_ORDER = 2;

    /** Size of memory. */
    public static final Key<Long> MEMORY = Key.bytes(
            "machine.memory",
            "4GiB",
            128 * KIB,
            TIB,
            "Size of memory; a multiple of what one PMD entry maps. 16MiB if machine.page-table-entries is 8.");

    /** Size of swap. */
    public static final Key<Long> SWAP = Key.bytes(
            "machine.swap",
            "0",
            0,
            TIB,
            "Size of the swap device, its header page included; 0 for none. Anonymous memory is written to it when memory is short.");

    /** Kind of the swap device. */
    public static final Key<String> SWAP_DEVICE = Key.word(
            "machine.swap-device",
            "zram",
            List.of("zram", "block", "file"),
            "What swap is on: zram and a block device take large folios whole, on a file they are split first. From zram they come back whole,"
                    + " too, where their size is enabled, and past the swap cache.");

    /** Processors. */
    public static final Key<Long> CPUS = Key.number(
            "machine.cpus", 1, 1, 1024, "Processors. One is simulated; tasks of a scenario are interleaved on it.");

    /** Shape of page tables. */
    public static final Key<Geometry> PAGE_TABLE_ENTRIES = new Key<>(
            "machine.page-table-entries",
            ValueType.choice(geometries()),
            "512",
            "Entries of a page table: 512 as on x86-64, 8 for exploring every interleaving (a PMD entry then maps 32kB).");

    /** vm.max_map_count. */
    public static final Key<Long> MAX_MAP_COUNT = Key.number(
            "machine.max-map-count", 65_530, 1, Integer.MAX_VALUE, "vm.max_map_count: VMAs that a process may have.");

    /** Length of the event log. */
    public static final Key<Long> EVENT_LOG = Key.number(
            "machine.event-log",
            0,
            0,
            1 << 26,
            "Events that are remembered to explain a violation; 0 for none. Rounded up to a power of two.");

    /** Whether pages have contents. */
    public static final Key<Boolean> CONTENTS = Key.flag(
            "machine.contents",
            "off",
            "Whether every page has contents (64 bits) that can be written, copied and read back.");

    /** RLIMIT_MEMLOCK. */
    public static final Key<Long> RLIMIT_MEMLOCK =
            Key.limit("rlimit.memlock", "8MiB", "RLIMIT_MEMLOCK of the first process; unlimited for none.");

    /** RLIMIT_STACK. */
    public static final Key<Long> RLIMIT_STACK =
            Key.limit("rlimit.stack", "8MiB", "RLIMIT_STACK of the first process; unlimited for none.");

    /** thp.enabled. */
    public static final Key<String> THP_ENABLED = Key.word(
            "thp.enabled",
            "always",
            List.of("always", "madvise", "never"),
            "Where folios of PMD size are used, and those of smaller sizes that say inherit.");

    /** thp.defrag. */
    public static final Key<String> THP_DEFRAG = Key.word(
            "thp.defrag",
            "madvise",
            List.of("always", "defer", "defer+madvise", "madvise", "never"),
            "How hard a fault tries for a large folio when memory is fragmented.");

    /** thp.shmem_enabled. */
    public static final Key<String> THP_SHMEM_ENABLED = Key.word(
            "thp.shmem_enabled",
            "never",
            shmemWords(false),
            "Where shared memory, memfd and anonymous, has folios of PMD size, and of smaller sizes that say inherit.");

    /** thp.use_zero_page. */
    public static final Key<Boolean> THP_USE_ZERO_PAGE =
            Key.flag("thp.use_zero_page", "1", "Whether a read fault in a PMD range maps the huge zero page.");

    /** thp.shrink_underused. */
    public static final Key<Boolean> THP_SHRINK_UNDERUSED = Key.flag(
            "thp.shrink_underused",
            "1",
            "Whether large folios that are mostly zero-filled are queued and split under pressure.");

    /** thp.khugepaged.defrag. */
    public static final Key<Boolean> KHUGEPAGED_DEFRAG =
            Key.flag("thp.khugepaged.defrag", "1", "Whether khugepaged reclaims and compacts to get a large folio.");

    /** thp.khugepaged.pages_to_scan. */
    public static final Key<Long> KHUGEPAGED_PAGES_TO_SCAN = Key.number(
            "thp.khugepaged.pages_to_scan",
            4096,
            1,
            Integer.MAX_VALUE,
            "Pages that khugepaged looks at in one pass. 64 if machine.page-table-entries is 8.");

    /** thp.khugepaged.scan_sleep_millisecs. */
    public static final Key<Long> KHUGEPAGED_SCAN_SLEEP = Key.number(
            "thp.khugepaged.scan_sleep_millisecs",
            10_000,
            0,
            Integer.MAX_VALUE,
            "Milliseconds between two passes of khugepaged.");

    /** thp.khugepaged.alloc_sleep_millisecs. */
    public static final Key<Long> KHUGEPAGED_ALLOC_SLEEP = Key.number(
            "thp.khugepaged.alloc_sleep_millisecs",
            60_000,
            0,
            Integer.MAX_VALUE,
            "Milliseconds that khugepaged waits after it could not allocate.");

    /** thp.khugepaged.max_ptes_none. */
    public static final Key<Long> KHUGEPAGED_MAX_PTES_NONE = Key.number(
            "thp.khugepaged.max_ptes_none",
            511,
            0,
            511,
            "Empty or zero-page entries that a range may have and still be collapsed. 7, which is also the most, if"
                    + " machine.page-table-entries is 8.");

    /** thp.khugepaged.max_ptes_swap. */
    public static final Key<Long> KHUGEPAGED_MAX_PTES_SWAP = Key.number(
            "thp.khugepaged.max_ptes_swap",
            64,
            0,
            511,
            "Swapped-out pages that a range may have and still be collapsed. 1 if machine.page-table-entries is 8.");

    /** thp.khugepaged.max_ptes_shared. */
    public static final Key<Long> KHUGEPAGED_MAX_PTES_SHARED = Key.number(
            "thp.khugepaged.max_ptes_shared",
            256,
            0,
            511,
            "Shared pages that a range may have and still be collapsed. 4 if machine.page-table-entries is 8.");

    /** The plugin folder. */
    public static final Key<String> PLUGINS_DIRECTORY = new Key<>(
            "plugins.directory",
            ValueType.path(),
            "plugins",
            "Folder of the plugins: NAME.jar, or NAME/ with several jars. A relative path starts at the file it is written in, at"
                    + " the working folder on the command line and in the environment, and by default where PolyMM is installed.");

    /** What happens to dangerous decisions. */
    public static final Key<SafetyMode> SAFETY = new Key<>(
            "safety",
            ValueType.constant(SafetyMode.class),
            "observe",
            "What happens to a decision that could corrupt memory: observe carries it out and lets the invariants report, enforce"
                    + " refuses it, counts it and takes the safe answer.");

    /** What happens to policies that fail. */
    public static final Key<FailureMode> ON_POLICY_FAILURE = new Key<>(
            "on-policy-failure",
            ValueType.choice(failureModes()),
            "stop",
            "What happens when a policy throws or answers out of range: stop ends the run, fallback takes the safe answer for every"
                    + " later call of that policy.");

    /** How closely machines watch themselves. */
    public static final Key<CheckLevel> CHECK_LEVEL = new Key<>(
            "check.level",
            ValueType.constant(CheckLevel.class),
            "off",
            "When invariants are checked: off, quiet (at the end of a run and every check.interval events), every (after every"
                    + " operation, with shadow contents).");

    /** Events between two checks. */
    public static final Key<Long> CHECK_INTERVAL = Key.number(
            "check.interval",
            0,
            0,
            Long.MAX_VALUE,
            "With check.level quiet: events of the workload between two checks; 0 for a check at the end alone.");

    /** The seed. */
    public static final Key<Long> SEED = Key.number(
            "seed",
            1,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            "Seed of everything that is drawn at random; the same seed gives the same run.");

    private StandardKeys() {}

    /**
     * The setting of one size of folio.
     *
     * @param order the folio's order, from 2 to 9
     * @return the key {@code thp.hugepages-<N>kB}
     */
    public static Key<String> hugepages(int order) {
        String size = (4L << order) + "kB";
        return Key.word(
                "thp.hugepages-" + size,
                order == Geometry.X86_64.pmdOrder() ? "inherit" : "never",
                MTHP_WORDS,
                "Where anonymous folios of " + size + " are used."
                        + (order == Geometry.SMALL.pmdOrder() ? " inherit if machine.page-table-entries is 8." : "")
                        + (order == Geometry.X86_64.pmdOrder() ? " never if machine.page-table-entries is 8." : ""));
    }

    /**
     * The setting of shared memory of one size of folio: {@code hugepages-<N>kB/shmem_enabled}.
     *
     * @param order the folio's order, from 1 to 9
     * @return the key {@code thp.shmem.hugepages-<N>kB}
     */
    public static Key<String> shmemHugepages(int order) {
        String size = (4L << order) + "kB";
        return Key.word(
                "thp.shmem.hugepages-" + size,
                order == Geometry.X86_64.pmdOrder() ? "inherit" : "never",
                shmemWords(true),
                "Where folios of " + size + " are used for shared memory."
                        + (order == Geometry.SMALL.pmdOrder() ? " inherit if machine.page-table-entries is 8." : "")
                        + (order == Geometry.X86_64.pmdOrder() ? " never if machine.page-table-entries is 8." : ""));
    }

    private static List<String> shmemWords(boolean size) {
        return Arrays.stream(ThpShmem.values())
                .filter(mode -> mode.isFor(size))
                .map(ThpShmem::word)
                .toList();
    }

    /**
     * The choice of a slot's policy.
     *
     * @param slot the slot
     * @return the key {@code policy.SLOT.use}
     */
    public static Key<String> use(Slot slot) {
        String mainline = PolicyKeys.mainline().get(slot);
        if (mainline == null) {
            throw new IllegalStateException("slot " + slot + " has no default policy");
        }
        return new Key<>(PolicyKeys.use(slot), ValueType.policyId(), mainline, SlotHelp.of(slot));
    }

    /**
     * The state of a mechanism.
     *
     * @param mechanism which
     * @return the key {@code mechanism.NAME}
     */
    public static Key<String> mechanism(Mechanism mechanism) {
        return Key.word(
                "mechanism." + mechanism.key(), mechanism.states().getFirst(), mechanism.states(), mechanism.help());
    }

    /** {@return all of them, in the order of the reference file} */
    public static KeyRegistry registry() {
        KeyRegistry.Builder keys = KeyRegistry.builder();
        keys.group("machine", "The machine.");
        keys.declareAll(
                List.of(MEMORY, SWAP, SWAP_DEVICE, CPUS, PAGE_TABLE_ENTRIES, MAX_MAP_COUNT, EVENT_LOG, CONTENTS));
        keys.group("rlimit", "Limits of the first process, inherited by its children.");
        keys.declareAll(List.of(RLIMIT_MEMLOCK, RLIMIT_STACK));
        keys.group("thp", "As in /sys/kernel/mm/transparent_hugepage.");
        keys.declareAll(List.of(THP_ENABLED, THP_DEFRAG, THP_SHMEM_ENABLED, THP_USE_ZERO_PAGE, THP_SHRINK_UNDERUSED));
        keys.declareAll(hugepages());
        keys.declareAll(shmemHugepages());
        keys.declareAll(List.of(
                KHUGEPAGED_DEFRAG,
                KHUGEPAGED_PAGES_TO_SCAN,
                KHUGEPAGED_SCAN_SLEEP,
                KHUGEPAGED_ALLOC_SLEEP,
                KHUGEPAGED_MAX_PTES_NONE,
                KHUGEPAGED_MAX_PTES_SWAP,
                KHUGEPAGED_MAX_PTES_SHARED));
        keys.group("plugins", "Where policies come from.");
        keys.declare(PLUGINS_DIRECTORY);
        keys.declareAll(List.of(SAFETY, ON_POLICY_FAILURE));
        keys.group("check", "How closely machines watch themselves.");
        keys.declareAll(List.of(CHECK_LEVEL, CHECK_INTERVAL, SEED));
        keys.group(
                "mechanism",
                "How the kernel does what no policy decides, where kernels differ. The defaults are those of Linux 6.18.");
        for (Mechanism mechanism : Mechanism.values()) {
            keys.declare(mechanism(mechanism));
        }
        keys.group(
                "policy",
                "The policy of every slot, by id, and below it the policy's own options (polymm policies describe ID). The defaults do"
                        + " what mainline Linux 6.18 does. policy.SLOT: ID is short for policy.SLOT.use: ID.");
        for (Slot slot : Slot.values()) {
            keys.declare(use(slot));
        }
        return keys.build();
    }

    /** {@return keys that are there for completeness of a machine's description, without effect on the engine} */
    static List<Key<?>> withoutEffect() {
        return List.of(CPUS);
    }

    /** {@return the keys of all folio sizes, smallest first} */
    static List<Key<String>> hugepages() {
        List<Key<String>> keys = new ArrayList<>();
        for (int order = SMALLEST_MTHP_ORDER; order <= Geometry.X86_64.pmdOrder(); order++) {
            keys.add(hugepages(order));
        }
        return keys;
    }

    /**
     * The keys of the folio sizes that page tables of a shape can map.
     *
     * @param geometry the shape
     * @return smallest first
     */
    static List<Key<String>> hugepages(Geometry geometry) {
        return hugepages().subList(0, geometry.pmdOrder() - SMALLEST_MTHP_ORDER + 1);
    }

    /** {@return the keys of all folio sizes of shared memory, smallest first} */
    static List<Key<String>> shmemHugepages() {
        List<Key<String>> keys = new ArrayList<>();
        for (int order = 1; order <= Geometry.X86_64.pmdOrder(); order++) {
            keys.add(shmemHugepages(order));
        }
        return keys;
    }

    /** Those that page tables of a shape can map, smallest first. */
    static List<Key<String>> shmemHugepages(Geometry geometry) {
        return shmemHugepages().subList(0, geometry.pmdOrder());
    }

    private static Map<String, Geometry> geometries() {
        Map<String, Geometry> geometries = new LinkedHashMap<>();
        geometries.put("512", Geometry.X86_64);
        geometries.put("8", Geometry.SMALL);
        return geometries;
    }

    private static Map<String, FailureMode> failureModes() {
        Map<String, FailureMode> modes = new LinkedHashMap<>();
        modes.put("stop", FailureMode.STOP);
        modes.put("fallback", FailureMode.FALL_BACK);
        return modes;
    }
}
