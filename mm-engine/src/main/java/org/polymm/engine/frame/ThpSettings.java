package org.polymm.engine.frame;

import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;

/**
 * The settings below {@code /sys/kernel/mm/transparent_hugepage}. They are state: a scenario may change them while it
 * runs, and a rewind puts them back.
 *
 * <p>Which orders a VMA may use is kept ready as bit masks, so that a fault asks for one word.
 */
public final class ThpSettings {

    private static final ThpMode[] MODES = ThpMode.values();
    private static final ThpDefrag[] DEFRAGS = ThpDefrag.values();
    private static final int TUNABLES = ThpTunable.values().length;

    private static final int ENABLED = TUNABLES;
    private static final int DEFRAG = TUNABLES + 1;
    private static final int PLAIN_ORDERS = TUNABLES + 2;
    private static final int MADVISED_ORDERS = TUNABLES + 3;
    private static final int PER_ORDER = TUNABLES + 4;

    private final Geometry geometry;
    private final LongVector words;
    private final ThpShmemSettings shmem;

    /** As at boot: {@code enabled} is always, the PMD order inherits it, the others are never; defrag is madvise. */
    public ThpSettings(StateSpace space, Geometry geometry) {
        this.geometry = geometry;
        shmem = new ThpShmemSettings(space, geometry);
        words = LongVector.sized(space, "thp", PER_ORDER + geometry.pmdOrder() + 1);
        for (ThpTunable tunable : ThpTunable.values()) {
            words.set(tunable.ordinal(), tunable.initial(geometry));
        }
        words.set(ENABLED, ThpMode.ALWAYS.ordinal());
        words.set(DEFRAG, ThpDefrag.MADVISE.ordinal());
        for (int order = 0; order < geometry.pmdOrder(); order++) {
            words.set(PER_ORDER + order, ThpMode.NEVER.ordinal());
        }
        words.set(PER_ORDER + geometry.pmdOrder(), ThpMode.INHERIT.ordinal());
        updateOrders();
    }

    /** The top-level {@code enabled}. */
    public ThpMode enabled() {
        return MODES[(int) words.get(ENABLED)];
    }

    /** Sets the top-level {@code enabled}: always, madvise or never. */
    public void setEnabled(ThpMode mode) {
        if (mode == ThpMode.INHERIT) {
            throw new IllegalArgumentException(
                    "transparent_hugepage/enabled is always, madvise or never; there is nothing for it to inherit");
        }
        words.set(ENABLED, mode.ordinal());
        updateOrders();
    }

    /** {@code hugepages-<size>kB/enabled} of an order, 2 to the PMD order. */
    public ThpMode enabled(int order) {
        return MODES[(int) words.get(PER_ORDER + order)];
    }

    /** Sets {@code hugepages-<size>kB/enabled} of an order, 2 to the PMD order. */
    public void setEnabled(int order, ThpMode mode) {
        if (order < 2 || order > geometry.pmdOrder()) {
            throw new IllegalArgumentException("anonymous folios have orders 2 to " + geometry.pmdOrder() + " ("
                    + (Geometry.bytes(2) >> 10) + "kB to " + (Geometry.bytes(geometry.pmdOrder()) >> 10)
                    + "kB), besides single pages; there is no " + order + " to enable");
        }
        words.set(PER_ORDER + order, mode.ordinal());
        updateOrders();
    }

    /** {@code defrag}. */
    public ThpDefrag defrag() {
        return DEFRAGS[(int) words.get(DEFRAG)];
    }

    /** Sets {@code defrag}. */
    public void setDefrag(ThpDefrag defrag) {
        words.set(DEFRAG, defrag.ordinal());
    }

    /** The settings of shared memory. */
    public ThpShmemSettings shmem() {
        return shmem;
    }

    /** A number. */
    public long get(ThpTunable tunable) {
        return words.get(tunable.ordinal());
    }

    /** Whether a switch is on. */
    public boolean isOn(ThpTunable tunable) {
        return get(tunable) != 0;
    }

    /** Sets a number, not below 0; limits on PTEs are at most a table's entries less one. */
    public void set(ThpTunable tunable, long value) {
        boolean limit = tunable == ThpTunable.MAX_PTES_NONE
                || tunable == ThpTunable.MAX_PTES_SWAP
                || tunable == ThpTunable.MAX_PTES_SHARED;
        long most = limit ? geometry.entries() - 1 : Integer.MAX_VALUE;
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(tunable.path() + " is 0 to " + most + ", not " + value);
        }
        words.set(tunable.ordinal(), value);
    }

    /** Adds to a count. */
    public void add(ThpTunable tunable, long by) {
        words.increment(tunable.ordinal(), by);
    }

    /**
     * The orders above 0 that an anonymous VMA may use, as a mask with bit {@code order} set. Excluded VMAs
     * ({@code MADV_NOHUGEPAGE}, {@code PR_SET_THP_DISABLE}) are the caller's to exclude.
     *
     * @param madvised whether {@code MADV_HUGEPAGE} was given
     */
    public int enabledOrders(boolean madvised) {
        return (int) words.array()[madvised ? MADVISED_ORDERS : PLAIN_ORDERS];
    }

    /** Whether khugepaged runs: whether the PMD order is enabled for any VMA, anonymous or of shmem. */
    public boolean khugepagedRuns() {
        return (enabledOrders(true) >>> geometry.pmdOrder() & 1) != 0 || shmem.khugepagedRuns();
    }

    private void updateOrders() {
        int plain = 0;
        int madvised = 0;
        for (int order = 2; order <= geometry.pmdOrder(); order++) {
            ThpMode mode = enabled(order);
            ThpMode effective = mode == ThpMode.INHERIT ? enabled() : mode;
            plain |= effective == ThpMode.ALWAYS ? 1 << order : 0;
            madvised |= effective == ThpMode.ALWAYS || effective == ThpMode.MADVISE ? 1 << order : 0;
        }
        words.set(PLAIN_ORDERS, plain);
        words.set(MADVISED_ORDERS, madvised);
    }
}
