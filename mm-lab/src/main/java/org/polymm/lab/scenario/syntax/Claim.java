package org.polymm.lab.scenario.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an expectation says. */
public sealed interface Claim {

    /**
     * How many VMAs there are.
     *
     * @param place where
     * @param comparison such as {@code =}
     * @param count how many
     */
    record VmaCount(Place place, String comparison, long count) implements Claim {}

    /**
     * Which VMAs there are.
     *
     * @param place where
     * @param areas the VMAs and holes, lowest first
     */
    record VmaList(Place place, List<Area> areas) implements Claim {
        /** Copies the list. */
        public VmaList {
            areas = List.copyOf(areas);
        }
    }

    /**
     * A VMA or a hole.
     *
     * @param kind a protection, or {@code hole}
     * @param length how long
     * @param flags what it must be or, with {@code not}, must not be
     */
    record Area(Word kind, Amount length, List<Property> flags) {
        /** Copies the list. */
        public Area {
            flags = List.copyOf(flags);
        }
    }

    /**
     * What a counter changed by since the last mark.
     *
     * @param counter its name in /proc/vmstat
     * @param change by how much
     */
    record Vmstat(Word counter, long change) implements Claim {}

    /**
     * What a counter of a folio size changed by since the last mark.
     *
     * @param size the size
     * @param counter its name in {@code hugepages-SIZE/stats}
     * @param change by how much
     */
    record ThpStat(Word size, Word counter, long change) implements Claim {}

    /**
     * What a counter of khugepaged and MADV_COLLAPSE changed by since the last mark.
     *
     * @param counter its file below {@code khugepaged}, or a result of a scan, such as {@code scan_page_lock}
     * @param change by how much
     */
    record Khugepaged(Word counter, long change) implements Claim {}

    /**
     * The operation before violated an invariant.
     *
     * @param invariant its id
     */
    record Violation(Word invariant) implements Claim {}

    /**
     * Some order of the tasks before goes wrong.
     *
     * @param kind how; null if in any way
     */
    record Counterexample(@Nullable Word kind) implements Claim {}

    /**
     * A line of /proc/PID/status.
     *
     * @param field its name
     * @param comparison such as {@code =}
     * @param amount what with
     */
    record Status(Word field, String comparison, Amount amount) implements Claim {}

    /**
     * A line of /proc/PID/smaps, added up over VMAs.
     *
     * @param field its name
     * @param place the VMAs
     * @param comparison such as {@code =}
     * @param amount what with
     */
    record Smaps(Word field, Place place, String comparison, Amount amount) implements Claim {}

    /**
     * How many pages have properties.
     *
     * @param count how many
     * @param place of which
     * @param properties which
     */
    record PageCount(long count, Place place, List<Property> properties) implements Claim {
        /** Copies the list. */
        public PageCount {
            properties = List.copyOf(properties);
        }
    }

    /**
     * All pages have properties.
     *
     * @param place which pages
     * @param properties which
     */
    record Pages(Place place, List<Property> properties) implements Claim {
        /** Copies the list. */
        public Pages {
            properties = List.copyOf(properties);
        }
    }

    /**
     * Pages are the same, or are not.
     *
     * @param place which pages
     * @param same whether they are to be the same
     * @param folio whether folios are compared, not pages
     * @param other with which
     */
    record Same(Place place, boolean same, boolean folio, Place other) implements Claim {}

    /**
     * What pages hold.
     *
     * @param place which pages
     * @param value what
     */
    record Contents(Place place, Value value) implements Claim {}

    /**
     * A property of a page or an area.
     *
     * @param at where it was written
     * @param is whether it must have it, or must not
     * @param name the word; {@code folio} for the size of the folio, {@code one folio} for being all of one
     * @param number what it must be; null for a property without a number
     */
    record Property(
            Position at, boolean is, String name, @Nullable Long number) {}
}
