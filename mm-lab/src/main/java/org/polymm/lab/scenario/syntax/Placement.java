package org.polymm.lab.scenario.syntax;

import org.jspecify.annotations.Nullable;

/**
 * Where a new region is to lie.
 *
 * @param align to what its address is aligned; null for a page
 * @param where the place it begins at; null if the runner chooses
 * @param after the place it follows without a gap, or with {@code gap}; null if the runner chooses
 * @param gap how much is left free before it; null for the usual page
 */
public record Placement(
        @Nullable Amount align,
        @Nullable Place where,
        @Nullable Place after,
        @Nullable Amount gap) {

    /** Anywhere. */
    public static final Placement ANYWHERE = new Placement(null, null, null, null);
}
