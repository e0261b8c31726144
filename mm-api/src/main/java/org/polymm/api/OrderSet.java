package org.polymm.api;

import java.util.Locale;

/**
 * A set of folio orders from 0 to {@value #MAX_ORDER}; order <i>n</i> means 2<sup><i>n</i></sup> base pages.
 *
 * <p>There are 2,048 such sets and one canonical instance of each, so sets are compared with {@code ==}, passed around at the
 * price of an {@code int}, and never allocated. Immutable and thread-safe.
 */
public final class OrderSet {

    /** The largest order a set can hold. */
    public static final int MAX_ORDER = 10;

    private static final OrderSet[] ALL = new OrderSet[1 << (MAX_ORDER + 1)];

    static {
        for (int mask = 0; mask < ALL.length; mask++) {
            ALL[mask] = new OrderSet(mask);
        }
    }

    /** The set without any order. */
    public static final OrderSet NONE = ALL[0];

    /** Order 0 alone: single base pages. */
    public static final OrderSet BASE_PAGE = ALL[1];

    private final int mask;

    private OrderSet(int mask) {
        this.mask = mask;
    }

    /**
     * The set whose orders are the bits of a mask.
     *
     * @param mask bit <i>n</i> stands for order <i>n</i>; bits above {@value #MAX_ORDER} must be clear
     * @return the canonical set
     * @throws IllegalArgumentException if a higher bit is set
     */
    public static OrderSet ofMask(int mask) {
        if ((mask & -ALL.length) != 0) {
            throw new IllegalArgumentException(
                    "order mask 0x" + Integer.toHexString(mask) + " has bits above order " + MAX_ORDER);
        }
        return ALL[mask];
    }

    /**
     * The set of the given orders.
     *
     * @param orders each from 0 to {@value #MAX_ORDER}
     * @return the canonical set
     * @throws IllegalArgumentException if an order is out of range
     */
    public static OrderSet of(int... orders) {
        int mask = 0;
        for (int order : orders) {
            mask |= 1 << checked(order);
        }
        return ALL[mask];
    }

    /**
     * All orders from 0 up to and including one.
     *
     * @param order from 0 to {@value #MAX_ORDER}
     * @return the canonical set
     * @throws IllegalArgumentException if the order is out of range
     */
    public static OrderSet upTo(int order) {
        return ALL[(2 << checked(order)) - 1];
    }

    /** {@return the orders as bits: bit <i>n</i> stands for order <i>n</i>} */
    public int mask() {
        return mask;
    }

    /** {@return whether the set holds no order} */
    public boolean isEmpty() {
        return mask == 0;
    }

    /**
     * Tells whether an order is in the set.
     *
     * @param order any number; what is out of range is in no set
     * @return whether it is a member
     */
    public boolean contains(int order) {
        return order >= 0 && order <= MAX_ORDER && (mask >>> order & 1) != 0;
    }

    /** {@return the highest order of the set, or -1 if it is empty} */
    public int highest() {
        return 31 - Integer.numberOfLeadingZeros(mask);
    }

    /**
     * What remains below an order.
     *
     * @param order from 0 to {@value #MAX_ORDER}
     * @return the members smaller than it
     */
    public OrderSet below(int order) {
        return ALL[mask & (1 << checked(order)) - 1];
    }

    /**
     * The orders in both sets.
     *
     * @param other another set
     * @return the intersection
     */
    public OrderSet and(OrderSet other) {
        return ALL[mask & other.mask];
    }

    /**
     * The orders in either set.
     *
     * @param other another set
     * @return the union
     */
    public OrderSet or(OrderSet other) {
        return ALL[mask | other.mask];
    }

    /**
     * This set and one order more.
     *
     * @param order from 0 to {@value #MAX_ORDER}
     * @return the larger set
     */
    public OrderSet with(int order) {
        return ALL[mask | 1 << checked(order)];
    }

    /**
     * This set less one order.
     *
     * @param order from 0 to {@value #MAX_ORDER}
     * @return the smaller set
     */
    public OrderSet without(int order) {
        return ALL[mask & ~(1 << checked(order))];
    }

    private static int checked(int order) {
        if (order < 0 || order > MAX_ORDER) {
            throw new IllegalArgumentException("order " + order + " is not from 0 to " + MAX_ORDER);
        }
        return order;
    }

    /** {@return the orders as folio sizes, smallest first, such as {@code {4kB, 64kB}}} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int order = 0; order <= MAX_ORDER; order++) {
            if (contains(order)) {
                text.append(text.length() > 1 ? ", " : "").append(String.format(Locale.ROOT, "%dkB", 4L << order));
            }
        }
        return text.append('}').toString();
    }
}
