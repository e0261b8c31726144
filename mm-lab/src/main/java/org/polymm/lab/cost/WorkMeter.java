package org.polymm.lab.cost;

import java.util.Locale;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;

/**
 * What the work of a machine has cost so far, while it runs. System calls are not counted by a machine; whoever makes them adds theirs.
 *
 * <p>Not thread-safe, like the machine.
 */
public final class WorkMeter {

    private final Vmstat vmstat;
    private final Work[] works;
    private final long[] workNanos;
    private final VmstatItem[] items;
    private final long[] itemNanos;

    /**
     * A meter.
     *
     * @param costs the unit costs
     * @param vmstat the machine's counters
     */
    public WorkMeter(CostModel costs, Vmstat vmstat) {
        this.vmstat = vmstat;
        var work = costs.costs().stream()
                .filter(cost -> cost.counter().startsWith("work."))
                .toList();
        works = work.stream().map(cost -> Work.valueOf(name(cost))).toArray(Work[]::new);
        workNanos = work.stream().mapToLong(UnitCost::nanos).toArray();
        var item = costs.costs().stream()
                .filter(cost -> cost.counter().startsWith("vmstat."))
                .toList();
        items = item.stream().map(cost -> VmstatItem.valueOf(name(cost))).toArray(VmstatItem[]::new);
        itemNanos = item.stream().mapToLong(UnitCost::nanos).toArray();
    }

    private static String name(UnitCost cost) {
        return cost.counter().substring(cost.counter().indexOf('.') + 1).toUpperCase(Locale.ROOT);
    }

    /** {@return nanoseconds of all work since the machine was made} */
    public long nanos() {
        long sum = 0;
        for (int i = 0; i < works.length; i++) {
            sum += workNanos[i] * vmstat.get(works[i]);
        }
        for (int i = 0; i < items.length; i++) {
            sum += itemNanos[i] * vmstat.get(items[i]);
        }
        return sum;
    }
}
