package org.polymm.lab.scenario.syntax;

import org.jspecify.annotations.Nullable;

/**
 * A range of addresses: a region or a slice of one.
 *
 * @param at where it was written
 * @param region the region's name, with the process's before it or not
 * @param sliced whether there is a slice
 * @param first the first page of the slice; null for the region's first
 * @param last the page after the slice's last; null for the region's last
 * @param single whether the slice is one page, {@code [n]}
 * @param plus what is added to the address; null for nothing
 * @param length the length instead of the slice's; null for the slice's
 */
public record Place(
        Position at,
        Word region,
        boolean sliced,
        @Nullable Amount first,
        @Nullable Amount last,
        boolean single,
        @Nullable Amount plus,
        @Nullable Amount length) {}
