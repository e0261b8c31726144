package org.polymm.lab.cost;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.polymm.lab.cost.UnitCost.Group;

/** Unit costs by configuration key. Immutable. */
public final class CostModel {
    private static final String HOST = "measured on a 6.18 virtual machine (page tables shadowed by the hypervisor)";

    private static final List<UnitCost> DEFAULTS = List.of(
            cost(
                    "cost.trap",
                    "work.traps",
                    Group.FAULTS,
                    390,
                    "entering the kernel by a page fault and leaving it",
                    HOST + ": first-touch fault minus MADV_POPULATE_WRITE, 369 to 414 ns"),
            cost(
                    "cost.anon-fault",
                    "work.anon_folios",
                    Group.FAULTS,
                    460,
                    "allocating and mapping an anonymous folio of any order, without trap and zeroing",
                    HOST
                            + ": 4 KiB first-touch fault of 1335 ns minus trap and zeroing; leaves 249 us for a 2 MiB fault,"
                            + " which took 249 us"),
            cost(
                    "cost.zero-page-map",
                    "work.zero_pages_mapped",
                    Group.FAULTS,
                    126,
                    "mapping the shared zero page",
                    HOST + ": read fault of 516 ns minus trap"),
            cost(
                    "cost.cow-copy",
                    "work.cow_copies",
                    Group.FAULTS,
                    1385,
                    "a write fault that copies, without trap and copying",
                    HOST + ": 2390 ns minus trap and copying"),
            cost(
                    "cost.cow-reuse",
                    "vmstat.pgreuse",
                    Group.FAULTS,
                    365,
                    "a write fault that makes the page writable, without trap",
                    HOST + ": 755 ns minus trap"),
            cost(
                    "cost.file-fault",
                    "work.file_faults",
                    Group.FAULTS,
                    30,
                    "mapping up to 16 resident pages of a file, without trap",
                    HOST + ": 404 to 460 ns minus trap"),
            cost(
                    "cost.zero-page",
                    "work.zeroed_pages",
                    Group.ZEROING,
                    485,
                    "filling 4 KiB with zeroes, not in the cache",
                    HOST + ": memset; 486 ns a page in a 2 MiB fault. In the L2 cache: 71 ns"),
            cost(
                    "cost.copy-page",
                    "work.copied_pages",
                    Group.COPYING,
                    615,
                    "copying 4 KiB, not in the cache",
                    HOST + ": memcpy"),
            cost(
                    "cost.fork-pte",
                    "work.forked_ptes",
                    Group.FORK,
                    35,
                    "copying a page-table entry at fork",
                    HOST + ": fork of 262144 mapped pages, 30.5 to 42.6 ns a page"),
            cost(
                    "cost.fork-pmd",
                    "work.forked_pmds",
                    Group.FORK,
                    3480,
                    "sharing a 2 MiB mapping at fork",
                    HOST + ": 3480 ns"),
            cost(
                    "cost.zap-pte",
                    "work.zapped_ptes",
                    Group.UNMAP,
                    13,
                    "clearing a page-table entry",
                    HOST + ": munmap of a page of a file that stays in the page cache"),
            cost(
                    "cost.free-folio",
                    "work.freed_folios",
                    Group.UNMAP,
                    70,
                    "freeing a folio",
                    HOST + ": munmap of a 4 KiB anonymous page (83 ns) minus clearing its entry"),
            cost(
                    "cost.zap-pmd",
                    "work.zapped_pmds",
                    Group.UNMAP,
                    4430,
                    "clearing a PMD entry that maps 2 MiB",
                    HOST + ": munmap of a huge page (4500 ns) minus freeing the folio"),
            cost(
                    "cost.mlock-entry",
                    "work.mlock_walked",
                    Group.CALLS,
                    110,
                    "an entry walked by mlock or munlock",
                    HOST + ": mean of mlock (133 ns) and munlock (90 ns) of populated pages"),
            cost(
                    "cost.protect-pte",
                    "work.protected_ptes",
                    Group.CALLS,
                    116,
                    "an entry whose protection mprotect changes",
                    HOST + ": mprotect of 128 MiB to read-only, least of 15 runs"),
            cost(
                    "cost.move-pte",
                    "work.moved_ptes",
                    Group.CALLS,
                    14,
                    "an entry that mremap moves",
                    HOST + ": mremap of 64 MiB to an address that is not aligned to a table, least of 15 runs"),
            cost(
                    "cost.move-pmd",
                    "work.moved_pmds",
                    Group.CALLS,
                    14,
                    "a table or PMD entry that mremap moves whole",
                    "not measured: taken as one entry"),
            cost(
                    "cost.scan-entry",
                    "work.scanned_entries",
                    Group.CALLS,
                    1,
                    "an entry of a page table or slot of the page cache that a collapse looks at",
                    HOST + ": 64-bit words read page by page, not in the cache, 1.2 to 2.0 ns"),
            cost(
                    "cost.system-call",
                    "replay.calls",
                    Group.CALLS,
                    87,
                    "entering the kernel by a system call and leaving it",
                    HOST + ": getppid"),
            cost(
                    "cost.vma-change",
                    "replay.vma_calls",
                    Group.CALLS,
                    2300,
                    "changing the list of VMAs, without the entry into the kernel and without pages",
                    HOST + ": half of an mmap and munmap pair of 4.8 us minus two system calls"),
            cost(
                    "cost.reclaim-folio",
                    "work.scanned_folios",
                    Group.RECLAIM,
                    490,
                    "a folio that reclaim isolates and looks at",
                    HOST + ": MADV_PAGEOUT of 4 KiB pages without swap, 488 ns a page"),
            cost(
                    "cost.split-folio",
                    "work.split_folios",
                    Group.RECLAIM,
                    7400,
                    "splitting a 64 KiB folio",
                    HOST + ": MADV_PAGEOUT of 64 KiB folios without swap (950 ns a page) minus that of 4 KiB pages"),
            cost(
                    "cost.swap-folio",
                    "work.swapped_folios",
                    Group.RECLAIM,
                    3700,
                    "writing a folio to swap, without its pages and without looking at it",
                    HOST + ": MADV_PAGEOUT to a loop device on tmpfs, 4.7 us a 4 KiB page and 11.4 us a 64 KiB folio"),
            cost(
                    "cost.swap-out",
                    "vmstat.pswpout",
                    Group.RECLAIM,
                    450,
                    "each 4 KiB that is written to swap",
                    HOST + ": the same two numbers; the device's own time beyond memory speed is not in them"),
            cost(
                    "cost.swap-in",
                    "vmstat.pswpin",
                    Group.RECLAIM,
                    840,
                    "each 4 KiB that is read from swap, without trap",
                    HOST + ": loop device on tmpfs, 1.2 us a page minus trap"));

    private final SequencedMap<String, UnitCost> costs;

    private CostModel(SequencedMap<String, UnitCost> costs) {
        this.costs = costs;
    }

    private static UnitCost cost(String key, String counter, Group group, long nanos, String help, String source) {
        return new UnitCost(key, counter, group, nanos, help, source);
    }

    /** The defaults. */
    public static CostModel defaults() {
        SequencedMap<String, UnitCost> costs = new LinkedHashMap<>();
        DEFAULTS.forEach(cost -> costs.put(cost.key(), cost));
        return new CostModel(costs);
    }

    /**
     * The same with one cost changed.
     *
     * @param key such as {@code cost.trap}
     * @param nanos 0 to 1000000000
     * @throws IllegalArgumentException when there is no such cost, or the number is out of range
     */
    public CostModel with(String key, long nanos) {
        UnitCost old = costs.get(key);
        if (old == null) {
            throw new IllegalArgumentException(
                    "no unit cost " + key + "; there are " + String.join(", ", costs.keySet()));
        }
        SequencedMap<String, UnitCost> changed = new LinkedHashMap<>(costs);
        changed.put(key, old.withNanos(nanos));
        return new CostModel(changed);
    }

    /** Nanoseconds for one unit, by key. */
    public long nanos(String key) {
        UnitCost cost = costs.get(key);
        if (cost == null) {
            throw new IllegalArgumentException(
                    "no unit cost " + key + "; there are " + String.join(", ", costs.keySet()));
        }
        return cost.nanos();
    }

    /** The unit costs in the order to show. */
    public List<UnitCost> costs() {
        return new ArrayList<>(costs.values());
    }

    /** Estimated nanoseconds for each group, in order; groups that cost nothing are there with 0. */
    public Map<Group, Long> estimate(Counters counters) {
        Map<Group, Long> sums = new EnumMap<>(Group.class);
        for (Group group : Group.values()) {
            sums.put(group, 0L);
        }
        for (UnitCost cost : costs.values()) {
            sums.merge(cost.group(), cost.nanos() * counters.get(cost.counter()), Long::sum);
        }
        return Collections.unmodifiableMap(sums);
    }
}
