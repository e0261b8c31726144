package org.polymm.engine.frame;

import org.jspecify.annotations.Nullable;
import org.polymm.api.ScanResult;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;

/** The counters of {@code /proc/vmstat}, those of {@link Work}, and of scans for a collapse by their result; adding to one is an array increment. */
public final class Vmstat {

    private static final VmstatItem[] ITEMS = VmstatItem.values();

    // The arrays of four vectors that never grow.
    private final long[] counters;
    private final long[] work;
    private final long[] scans;
    private final long[] entries;

    /** All zero. */
    public Vmstat(StateSpace space) {
        counters = LongVector.sized(space, "vmstat", ITEMS.length).array();
        work = LongVector.sized(space, "work", Work.values().length).array();
        scans = LongVector.sized(space, "scans", ScanResult.values().length).array();
        entries = LongVector.sized(space, "entries", ScanResult.values().length).array();
    }

    /** Adds to a counter; levels also go down. */
    public void add(VmstatItem item, long by) {
        counters[item.ordinal()] += by;
    }

    /** Adds one to a counter. */
    public void increment(VmstatItem item) {
        counters[item.ordinal()]++;
    }

    /** Counts work done. */
    public void did(Work item, long times) {
        work[item.ordinal()] += times;
    }

    /** A range was scanned for a collapse, and if that said so collapsed: the {@code mm_khugepaged_scan_*} tracepoints. */
    public void scanned(ScanResult result) {
        scans[result.ordinal()]++;
    }

    /** How many ranges were scanned with a result, by khugepaged and MADV_COLLAPSE. */
    public long get(ScanResult result) {
        return scans[result.ordinal()];
    }

    /** The entries of a huge folio were collapsed, or not: {@code collapse_pte_mapped_thp}. */
    public void collapsedEntries(ScanResult result) {
        entries[result.ordinal()]++;
    }

    /** How many times the entries of a huge folio were to be collapsed with a result. */
    public long ofEntries(ScanResult result) {
        return entries[result.ordinal()];
    }

    /** How often some work was done. */
    public long get(Work item) {
        return work[item.ordinal()];
    }

    /** A counter. The {@code NR_ZONE_} levels of the LRU lists are those of the node: there is one zone. */
    public long get(VmstatItem item) {
        return counters[source(item).ordinal()];
    }

    /**
     * A counter by the name it has in {@code /proc/vmstat}.
     *
     * @return null if there is none of that name
     */
    public static @Nullable VmstatItem item(String vmstatName) {
        for (VmstatItem item : ITEMS) {
            if (item.vmstatName().equals(vmstatName)) {
                return item;
            }
        }
        return null;
    }

    /** All counters as {@code /proc/vmstat} has them: a name, a space, the number, on a line each. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (VmstatItem item : ITEMS) {
            text.append(item.vmstatName()).append(' ').append(get(item)).append('\n');
        }
        return text.toString();
    }

    private static VmstatItem source(VmstatItem item) {
        return switch (item) {
            case NR_ZONE_INACTIVE_ANON -> VmstatItem.NR_INACTIVE_ANON;
            case NR_ZONE_ACTIVE_ANON -> VmstatItem.NR_ACTIVE_ANON;
            case NR_ZONE_INACTIVE_FILE -> VmstatItem.NR_INACTIVE_FILE;
            case NR_ZONE_ACTIVE_FILE -> VmstatItem.NR_ACTIVE_FILE;
            case NR_ZONE_UNEVICTABLE -> VmstatItem.NR_UNEVICTABLE;
            default -> item;
        };
    }
}
