package org.polymm.engine.frame;

import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;

/** The counters of {@link MthpStat} for every order from 1 to the PMD order. Counts for order 0 are dropped. */
public final class MthpStats {

    private static final MthpStat[] STATS = MthpStat.values();

    private final int maxOrder;
    private final LongVector counters;

    /** All zero. */
    public MthpStats(StateSpace space, Geometry geometry) {
        maxOrder = geometry.maxOrder();
        counters = LongVector.sized(space, "mthp", (maxOrder + 1) * STATS.length);
    }

    /** Adds to a counter of an order. */
    public void add(MthpStat stat, int order, long by) {
        if (order > 0) {
            counters.array()[order * STATS.length + stat.ordinal()] += by;
        }
    }

    /** Adds one to a counter of an order. */
    public void increment(MthpStat stat, int order) {
        add(stat, order, 1);
    }

    /** A counter of an order; 0 for order 0. */
    public long get(MthpStat stat, int order) {
        return counters.get(order * STATS.length + stat.ordinal());
    }

    /** The sum of a counter over all orders. */
    public long total(MthpStat stat) {
        long sum = 0;
        for (int order = 1; order <= maxOrder; order++) {
            sum += get(stat, order);
        }
        return sum;
    }
}
