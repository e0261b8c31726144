package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;

/** Checks of VMAs. */
final class AreaChecks {

    private AreaChecks() {}

    /**
     * A VMA or a hole in a range, cut to the range.
     *
     * @param kind a protection, or {@code hole}
     * @param pages how many pages
     * @param bits VMA_ bits
     */
    record Area(String kind, long pages, int bits) {
        @Override
        public String toString() {
            return kind + " " + pages + PageWords.flags(bits);
        }
    }

    /**
     * What a VMA or a hole should be.
     *
     * @param kind a protection, or {@code hole}
     * @param pages how many pages
     * @param set VMA_ bits that it has
     * @param clear VMA_ bits that it has not
     */
    record Wanted(String kind, long pages, int set, int clear) {
        boolean fits(Area area) {
            return area.kind().equals(kind)
                    && area.pages() == pages
                    && (area.bits() & set) == set
                    && (area.bits() & clear) == 0;
        }

        @Override
        public String toString() {
            return kind + " " + pages + PageWords.flags(set)
                    + PageWords.flags(clear).replace(" ", " not ");
        }
    }

    static final String HOLE = "hole";

    /** What is in a range, lowest first. */
    static List<Area> areas(MachineImage image, int slot, Span span) {
        List<Area> areas = new ArrayList<>();
        long at = span.start();
        for (int vma = 0; vma < image.vmaCount(slot); vma++) {
            long start = Math.max(span.start(), image.vmaStart(slot, vma));
            long end = Math.min(span.end(), image.vmaEnd(slot, vma));
            if (start >= end) {
                continue;
            }
            if (start > at) {
                areas.add(new Area(HOLE, (start - at) / Operation.PAGE, 0));
            }
            int bits = image.vmaBits(slot, vma);
            areas.add(new Area(PageWords.protection(bits), (end - start) / Operation.PAGE, bits));
            at = end;
        }
        if (at < span.end()) {
            areas.add(new Area(HOLE, (span.end() - at) / Operation.PAGE, 0));
        }
        return areas;
    }

    private static String text(List<?> areas) {
        return String.join(", ", areas.stream().map(Object::toString).toList());
    }

    /** How many VMAs overlap a range. */
    record Count(Span span, Comparison comparison, long count) implements Check {

        @Override
        public Kind kind() {
            return Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) {
            List<Area> areas = areas(view.image(), view.slot(span), span);
            long seen = areas.stream().filter(area -> !area.kind().equals(HOLE)).count();
            return comparison.holds(seen, count)
                    ? null
                    : "there are " + seen + " VMAs (" + text(areas) + "), expected " + comparison + " " + count;
        }
    }

    /** Which VMAs are in a range. */
    record Layout(Span span, List<Wanted> wanted) implements Check {

        @Override
        public Kind kind() {
            return Kind.EXACT;
        }

        @Override
        public @Nullable String failure(View view) {
            List<Area> areas = areas(view.image(), view.slot(span), span);
            boolean fits = areas.size() == wanted.size();
            for (int i = 0; fits && i < areas.size(); i++) {
                fits = wanted.get(i).fits(areas.get(i));
            }
            return fits ? null : "there are " + text(areas) + "; expected " + text(wanted);
        }
    }
}
