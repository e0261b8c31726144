package org.polymm.lab.scenario.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an operation is to end.
 *
 * @param outcome an errno, a signal, {@code ok} or {@code any}
 * @param when what must hold for it; empty if it is so in any case
 * @param otherwise how it ends if that does not hold; null if there is no condition
 */
public record Result(
        Word outcome, List<Circumstance> when, @Nullable Word otherwise) {

    /** Copies the list. */
    public Result {
        when = List.copyOf(when);
    }
}
