package org.polymm.lab.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is mapped where in one address space, as far as a text tells: ranges of bytes, half open, each with an attribute that
 * the importer gives a meaning to; 0 is "nothing known here".
 *
 * <p>Used by one thread.
 */
public final class AddressRanges {
    private static final long PAGE = 1L << 12;

    private final TreeMap<Long, Range> ranges = new TreeMap<>();

    /**
     * A part of an address space whose attribute is the same all over.
     *
     * @param start first byte
     * @param end the byte behind the last
     * @param attribute 0 if nothing is known here
     */
    public record Range(long start, long end, int attribute) {
        /** Bytes. */
        public long length() {
            return end - start;
        }
    }

    /** Nothing known. */
    public AddressRanges() {}

    /** A copy, as a forked child has it. */
    public AddressRanges copy() {
        AddressRanges copy = new AddressRanges();
        copy.ranges.putAll(ranges);
        return copy;
    }

    /** An address rounded up to a page boundary. */
    public static long pageEnd(long address) {
        return address + PAGE - 1 & -PAGE;
    }

    /** Gives the range an attribute, whatever it had; 0 forgets it. Nothing happens to an empty range. */
    public void set(long start, long end, int attribute) {
        if (start >= end) {
            return;
        }
        for (Range old : overlapping(start, end)) {
            ranges.remove(old.start());
            if (old.start() < start) {
                ranges.put(old.start(), new Range(old.start(), start, old.attribute()));
            }
            if (old.end() > end) {
                ranges.put(end, new Range(end, old.end(), old.attribute()));
            }
        }
        if (attribute != 0) {
            ranges.put(start, new Range(start, end, attribute));
        }
    }

    /** The attribute of an address. */
    public int get(long address) {
        Map.Entry<Long, Range> below = ranges.floorEntry(address);
        return below == null || below.getValue().end() <= address
                ? 0
                : below.getValue().attribute();
    }

    /** The range cut into parts with one attribute each, in ascending order and without a gap. */
    public List<Range> parts(long start, long end) {
        List<Range> parts = new ArrayList<>();
        long at = start;
        for (Range range : overlapping(start, end)) {
            long from = Math.max(range.start(), start);
            if (at < from) {
                parts.add(new Range(at, from, 0));
            }
            at = Math.min(range.end(), end);
            parts.add(new Range(from, at, range.attribute()));
        }
        if (at < end) {
            parts.add(new Range(at, end, 0));
        }
        return parts;
    }

    private List<Range> overlapping(long start, long end) {
        Map.Entry<Long, Range> below = ranges.floorEntry(start);
        List<Range> found = new ArrayList<>();
        if (below != null && below.getKey() < start && below.getValue().end() > start) {
            found.add(below.getValue());
        }
        found.addAll(ranges.subMap(start, end).values());
        return found;
    }
}
