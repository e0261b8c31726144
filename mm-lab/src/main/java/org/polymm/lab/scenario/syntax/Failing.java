package org.polymm.lab.scenario.syntax;

import org.jspecify.annotations.Nullable;

/**
 * Which allocations fail.
 *
 * @param what {@code order}, {@code page-tables} or {@code nothing}
 * @param orHigher whether higher orders fail as well
 * @param order the order; null if none is named
 * @param skipped how many succeed before; null for none
 * @param often the word between, {@code times}; null if all fail
 * @param times how many fail; null for all
 */
public record Failing(
        Word what,
        boolean orHigher,
        @Nullable Long order,
        @Nullable Long skipped,
        @Nullable Word often,
        @Nullable Long times) {}
