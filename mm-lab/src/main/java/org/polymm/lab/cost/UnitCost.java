package org.polymm.lab.cost;

/**
 * What one unit of some work costs.
 *
 * @param key the configuration key, such as {@code cost.trap}
 * @param counter which counter it multiplies, see {@link Counters}
 * @param group the line of a report it is summed into
 * @param nanos nanoseconds for one
 * @param help what one unit is
 * @param source where the default comes from
 */
public record UnitCost(String key, String counter, Group group, long nanos, String help, String source) {

    /** The lines of a report. */
    public enum Group {
        /** Entering and leaving the kernel, and finding out what to do. */
        FAULTS("est_fault_time"),
        /** Filling memory with zeroes. */
        ZEROING("est_zeroing_time"),
        /** Copying memory. */
        COPYING("est_copying_time"),
        /** Copying page tables at fork. */
        FORK("est_fork_time"),
        /** Clearing page tables and freeing memory. */
        UNMAP("est_unmap_time"),
        /** Other changes of mappings: system calls, mprotect, mremap, mlock. */
        CALLS("est_call_time"),
        /** Finding memory to free, splitting folios, swap. */
        RECLAIM("est_reclaim_time");

        private final String metric;

        Group(String metric) {
            this.metric = metric;
        }

        /** The name of the metric that sums the group. */
        public String metric() {
            return metric;
        }
    }

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException when the cost is negative or above one second
     */
    public UnitCost {
        if (nanos < 0 || nanos > 1_000_000_000) {
            throw new IllegalArgumentException(key + "=" + nanos + ": a cost is 0 to 1000000000 ns");
        }
    }

    /** The same with another cost. */
    UnitCost withNanos(long other) {
        return new UnitCost(key, counter, group, other, help, source);
    }
}
