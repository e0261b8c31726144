package org.polymm.engine.vma;

import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;

/**
 * The settings that bound address spaces, under their kernel names. They are machine-wide and part of its state.
 * {@code vm.max_map_count} may change at any time, the others are set before there is an address space.
 */
public final class MapLimits {

    private static final int MAX_MAP_COUNT = 0;
    private static final int MMAP_MIN_ADDR = 1;
    private static final int STACK_GUARD_GAP = 2;

    private final LongVector values;

    /**
     * The kernel's defaults: 65,530 VMAs, nothing below 64 KiB, 256 pages below a stack. A machine with small page
     * tables, whose user space is 8 MiB, keeps 4 pages free at the bottom and 8 below a stack.
     */
    public MapLimits(StateSpace space, Geometry geometry) {
        boolean small = geometry.tableShift() == 3;
        this.values = LongVector.sized(space, "map limits", 3);
        maxMapCount(65_530);
        mmapMinAddr((small ? 4 : 16) * Geometry.PAGE_SIZE);
        stackGuardGap((small ? 8 : 256) * Geometry.PAGE_SIZE);
    }

    /**
     * {@code vm.max_map_count}: VMAs an address space may have, checked as the kernel checks it, so that some fit
     * above.
     */
    public int maxMapCount() {
        return (int) values.get(MAX_MAP_COUNT);
    }

    /** Sets {@code vm.max_map_count}. */
    public void maxMapCount(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("vm.max_map_count is at least 0, not " + count);
        }
        values.set(MAX_MAP_COUNT, count);
    }

    /** {@code vm.mmap_min_addr}: the lowest address that is mapped unless asked for, in bytes. */
    public long mmapMinAddr() {
        return values.get(MMAP_MIN_ADDR);
    }

    /** Sets {@code vm.mmap_min_addr}, in bytes; rounded up to a page. */
    public void mmapMinAddr(long bytes) {
        values.set(MMAP_MIN_ADDR, bytes + Geometry.PAGE_SIZE - 1 & -Geometry.PAGE_SIZE);
    }

    /** {@code stack_guard_gap}: what stays free below a stack, in bytes. */
    public long stackGuardGap() {
        return values.get(STACK_GUARD_GAP);
    }

    /** Sets {@code stack_guard_gap}, in bytes; rounded up to a page. */
    public void stackGuardGap(long bytes) {
        values.set(STACK_GUARD_GAP, bytes + Geometry.PAGE_SIZE - 1 & -Geometry.PAGE_SIZE);
    }
}
