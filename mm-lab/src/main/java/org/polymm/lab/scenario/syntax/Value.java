package org.polymm.lab.scenario.syntax;

/**
 * What is written to pages or expected in them: the first 64-bit word of each.
 *
 * @param at where it was written
 * @param first the value for the first page
 * @param rising whether each further page has one more
 */
public record Value(Position at, long first, boolean rising) {

    /** {@return what each further page gets more} */
    public long step() {
        return rising ? 1 : 0;
    }
}
