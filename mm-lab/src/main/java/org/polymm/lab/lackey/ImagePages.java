package org.polymm.lab.lackey;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.polymm.lab.importing.AddressRanges;

/**
 * The pages that no call of the program mapped and that it used all the same: those that execve mapped.
 *
 * <p>Used by one thread.
 */
final class ImagePages {
    private static final int SHIFT = 12;

    /** Pages between two used ones that count as used: segments are not touched all over. */
    private static final int GAP = 16;

    private final Map<Long, Boolean> written = new HashMap<>();

    /**
     * A run of such pages.
     *
     * @param start first byte
     * @param end the byte behind the last
     * @param written whether any of its pages was written
     */
    record Area(long start, long end, boolean written) {}

    /** The bytes from {@code address} on were used. */
    void use(long address, long length, boolean write) {
        for (long page = address >>> SHIFT; page <= address + length - 1 >>> SHIFT; page++) {
            if (write || !written.containsKey(page)) {
                written.put(page, write);
            }
        }
    }

    /**
     * The areas, in ascending order.
     *
     * @param calls what calls of the program ever mapped; no area reaches into it but for pages that were used before
     */
    List<Area> areas(AddressRanges calls) {
        List<Area> areas = new ArrayList<>();
        new TreeMap<>(written).forEach((page, write) -> {
            long start = page << SHIFT;
            long end = page + 1 << SHIFT;
            Area last = areas.isEmpty() ? null : areas.getLast();
            if (last != null && last.written() == write && isGap(last.end(), start, calls)) {
                areas.set(areas.size() - 1, new Area(last.start(), end, write));
            } else {
                areas.add(new Area(start, end, write));
            }
        });
        return areas;
    }

    private static boolean isGap(long from, long to, AddressRanges calls) {
        return to - from <= (long) GAP << SHIFT
                && calls.parts(from, to).stream().allMatch(part -> part.attribute() == 0);
    }
}
