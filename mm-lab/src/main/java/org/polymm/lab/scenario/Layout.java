package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/**
 * Where regions lie: one after the other from the base on, with a page between them so that none merges with its neighbour by accident,
 * unless the scenario says otherwise. The same text always has the same addresses.
 */
final class Layout {

    /** How many pages may be looked at after each operation. */
    static final int MOST_PAGES = 65_536;

    private final long base;
    private final List<Region> regions = new ArrayList<>();
    private long end;

    Layout(boolean small) {
        base = small ? Window.SMALL_BASE : Window.BASE;
        end = base;
    }

    /** Places a region behind all others. */
    Region place(String name, long bytes, long align, long gap) {
        long from = regions.isEmpty() ? base : end + gap;
        return placeAt(name, roundUp(from, align), bytes);
    }

    /** Places a region at an address. */
    Region placeAt(String name, long start, long bytes) {
        Region region = new Region(name, start, bytes);
        regions.add(region);
        end = Math.max(end, roundUp(region.end(), Operation.PAGE));
        return region;
    }

    List<Region> regions() {
        return regions;
    }

    long base() {
        return base;
    }

    /** How many pages the regions span, at least one. */
    long pages() {
        return Math.max(1, (end - base) / Operation.PAGE);
    }

    private static long roundUp(long address, long align) {
        return (address + align - 1) / align * align;
    }
}
