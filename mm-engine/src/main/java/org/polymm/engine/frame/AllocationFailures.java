package org.polymm.engine.frame;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;

/**
 * Allocations that fail on demand, however much is free: what {@code fail_page_alloc} is to a kernel under test.
 *
 * <p>There is one demand at a time: which orders, or page tables; how many of those may succeed first; how many fail then. A page table has no
 * frame here, so that it has a demand of its own; only fork asks for it, which can be cut short by nothing else where no page is copied.
 *
 * <p>Part of the machine's state. Belongs to the machine's thread.
 */
public final class AllocationFailures implements Stateful {

    /** As many times as it takes. */
    public static final long ALWAYS = Long.MAX_VALUE;

    private static final int NO_ORDER = -1;

    private boolean armed;
    private boolean tables;
    private int lowest = NO_ORDER;
    private int highest = NO_ORDER;
    private long after;
    private long times;

    AllocationFailures(StateSpace space) {
        space.register(this);
    }

    /**
     * Demands that coming allocations of pages fail, without reclaim. What was demanded before is called off.
     *
     * @param lowestOrder the lowest order that fails
     * @param highestOrder the highest
     * @param succeedFirst how many such allocations succeed before
     * @param failures how many fail then; 0 for none, {@link #ALWAYS}
     */
    public void demand(int lowestOrder, int highestOrder, long succeedFirst, long failures) {
        set(false, lowestOrder, highestOrder, succeedFirst, failures);
    }

    /**
     * Demands that fork gets no more page tables for a child. What was demanded before is called off.
     *
     * @param succeedFirst how many it gets before
     * @param failures how many it does not get then; 0 for none, {@link #ALWAYS}
     */
    public void demandTables(long succeedFirst, long failures) {
        set(true, NO_ORDER, NO_ORDER, succeedFirst, failures);
    }

    /** Everything succeeds again. */
    public void callOff() {
        set(false, NO_ORDER, NO_ORDER, 0, 0);
    }

    private void set(boolean ofTables, int from, int to, long succeedFirst, long failures) {
        if (succeedFirst < 0 || failures < 0) {
            throw new IllegalArgumentException(failures + " failures after " + succeedFirst + " successes");
        }
        armed = failures > 0;
        tables = armed && ofTables;
        lowest = armed ? from : NO_ORDER;
        highest = armed ? to : NO_ORDER;
        after = armed ? succeedFirst : 0;
        times = failures;
    }

    /** Whether there is a demand. */
    boolean isArmed() {
        return armed;
    }

    /** Whether this allocation of pages is to fail; counts it. */
    boolean strikes(int order) {
        return armed && !tables && order >= lowest && order <= highest && next();
    }

    /**
     * Asks for a page table.
     *
     * @return whether there is none to be had; the question is counted
     */
    public boolean strikesTable() {
        return armed && tables && next();
    }

    private boolean next() {
        if (after > 0) {
            after--;
            return false;
        }
        if (times != ALWAYS && --times == 0) {
            callOff();
        }
        return true;
    }

    // ---- state

    private record Saved(boolean armed, boolean tables, int lowest, int highest, long after, long times) {}

    @Override
    public String name() {
        return "failures";
    }

    @Override
    public Object capture() {
        return new Saved(armed, tables, lowest, highest, after, times);
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        armed = saved.armed;
        tables = saved.tables;
        lowest = saved.lowest;
        highest = saved.highest;
        after = saved.after;
        times = saved.times;
    }

    @Override
    public @Nullable String difference(Object captured) {
        return capture().equals(captured) ? null : "failures to come were " + captured + ", are " + capture();
    }
}
