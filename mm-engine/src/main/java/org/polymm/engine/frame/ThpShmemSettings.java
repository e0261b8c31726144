package org.polymm.engine.frame;

import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;

/**
 * {@code transparent_hugepage/shmem_enabled} and {@code hugepages-<size>kB/shmem_enabled}, and which orders they give a folio of shared
 * memory: {@code shmem_allowable_huge_orders}.
 *
 * <pre>
 *                        general file               files of sizes
 *   a mapping            asked whether it says yes  always | within_size, if it fits | advise, if advised | inherit, if the general says yes
 *   fallocate            asked for orders           -
 *   MADV_COLLAPSE        says yes unless deny       as for a mapping
 * </pre>
 *
 * <p>memfd and shared anonymous memory live in the kernel's own mount. Its {@code huge} option is what was last written to the general file that
 * is neither deny nor force.
 */
public final class ThpShmemSettings {

    private static final ThpShmem[] MODES = ThpShmem.values();

    private static final int GENERAL = 0;
    private static final int MOUNT = 1;
    /** From here on the mask of orders whose files say ALWAYS, INHERIT, WITHIN_SIZE, ADVISE, NEVER. */
    private static final int ORDERS = 2;

    private final LongVector words;
    private final int pmdOrder;
    private final int largeOrders;

    /** As at boot: never, which the PMD order inherits; the other orders never. */
    ThpShmemSettings(StateSpace space, Geometry geometry) {
        pmdOrder = geometry.pmdOrder();
        largeOrders = (2 << pmdOrder) - 2;
        words = LongVector.sized(space, "thp of shmem", ORDERS + MODES.length);
        words.set(GENERAL, ThpShmem.NEVER.ordinal());
        words.set(MOUNT, ThpShmem.NEVER.ordinal());
        words.set(ORDERS + ThpShmem.NEVER.ordinal(), largeOrders & ~(1 << pmdOrder));
        words.set(ORDERS + ThpShmem.INHERIT.ordinal(), 1 << pmdOrder);
    }

    /** The general file. */
    public ThpShmem general() {
        return MODES[(int) words.get(GENERAL)];
    }

    /** Sets the general file; force only while the PMD order alone inherits. */
    public void setGeneral(ThpShmem mode) {
        if (!mode.isFor(false)) {
            throw new IllegalArgumentException(
                    "shmem_enabled is always, within_size, advise, never, deny or force; there is"
                            + " nothing for it to inherit");
        }
        if (mode == ThpShmem.FORCE && orders(ThpShmem.INHERIT) != 1 << pmdOrder) {
            throw new IllegalArgumentException(
                    "shmem_enabled cannot be force while other sizes than the largest inherit it,"
                            + " or that does not");
        }
        words.set(GENERAL, mode.ordinal());
        if (mode != ThpShmem.DENY && mode != ThpShmem.FORCE) {
            words.set(MOUNT, mode.ordinal());
        }
    }

    /** The file of an order, 1 to the PMD order. */
    public ThpShmem of(int order) {
        for (ThpShmem mode : MODES) {
            if ((orders(mode) >>> order & 1) != 0) {
                return mode;
            }
        }
        throw new IllegalArgumentException("folios of files have orders 1 to " + pmdOrder + ", not " + order);
    }

    /** Sets the file of an order, 1 to the PMD order. */
    public void set(int order, ThpShmem mode) {
        if (order < 1 || order > pmdOrder) {
            throw new IllegalArgumentException("large folios of shared memory have orders 1 to " + pmdOrder + " ("
                    + (Geometry.bytes(1) >> 10) + "kB to " + (Geometry.bytes(pmdOrder) >> 10) + "kB); there is no "
                    + order
                    + " to enable");
        }
        if (!mode.isFor(true)) {
            throw new IllegalArgumentException(
                    "shmem_enabled of a size is always, inherit, within_size, advise or never, not " + mode.word());
        }
        if (mode == ThpShmem.INHERIT && general() == ThpShmem.FORCE && order != pmdOrder) {
            throw new IllegalArgumentException("hugepages-" + (Geometry.bytes(order) >> 10)
                    + "kB cannot inherit force, which is for the largest size");
        }
        words.set(ORDERS + of(order).ordinal(), orders(of(order)) & ~(1L << order));
        words.set(ORDERS + mode.ordinal(), orders(mode) | 1L << order);
    }

    private int orders(ThpShmem mode) {
        return (int) words.array()[ORDERS + mode.ordinal()];
    }

    /**
     * The orders above 0 of a folio for a mapping, as a mask with bit {@code order} set.
     *
     * @param madvised whether {@code MADV_HUGEPAGE} was given
     * @param forced whether MADV_COLLAPSE asks
     * @param index the page of the file
     * @param pages the size of the file
     */
    public int ordersOfMapping(boolean madvised, boolean forced, long index, long pages) {
        ThpShmem general = general();
        if (general == ThpShmem.DENY) {
            return 0;
        }
        if (general == ThpShmem.FORCE) {
            return orders(ThpShmem.INHERIT);
        }
        int mask = orders(ThpShmem.ALWAYS) | withinSize(orders(ThpShmem.WITHIN_SIZE), index, pages);
        if (madvised) {
            mask |= orders(ThpShmem.ADVISE);
        }
        if (forced || mountOrders(1 << pmdOrder, 1 << pmdOrder, madvised, index, pages) != 0) {
            mask |= orders(ThpShmem.INHERIT);
        }
        return mask;
    }

    /**
     * The orders above 0 of a folio that is made without a mapping, by a call that gives or writes pages.
     *
     * @param index the page of the file
     * @param pages the size of the file, or where the call ends if that is behind it
     */
    public int ordersOfCall(long index, long pages) {
        return switch (general()) {
            case DENY -> 0;
            case FORCE -> 1 << pmdOrder;
            default -> mountOrders(largeOrders, 1 << pmdOrder, false, index, pages);
        };
    }

    private int mountOrders(int orders, int advised, boolean madvised, long index, long pages) {
        ThpShmem mount = MODES[(int) words.array()[MOUNT]];
        if (mount == ThpShmem.ALWAYS) {
            return orders;
        }
        int within = mount == ThpShmem.WITHIN_SIZE ? withinSize(orders, index, pages) : 0;
        boolean asks = mount == ThpShmem.WITHIN_SIZE || mount == ThpShmem.ADVISE;
        return within != 0 ? within : asks && madvised ? advised : 0;
    }

    /** Those orders of which a folio around a page ends before the file does, and all below. */
    private static int withinSize(int orders, long index, long pages) {
        int left = orders;
        while (left != 0) {
            int order = 31 - Integer.numberOfLeadingZeros(left);
            if ((index >>> order) + 1 << order <= pages) {
                return left;
            }
            left &= ~(1 << order);
        }
        return 0;
    }

    /** Whether khugepaged runs for shared memory: {@code shmem_hpage_pmd_enabled}. */
    boolean khugepagedRuns() {
        ThpShmem general = general();
        return general != ThpShmem.DENY
                && switch (of(pmdOrder)) {
                    case ALWAYS, ADVISE, WITHIN_SIZE -> true;
                    case INHERIT -> general != ThpShmem.NEVER;
                    default -> false;
                };
    }
}
