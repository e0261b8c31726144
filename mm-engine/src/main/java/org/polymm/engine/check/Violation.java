package org.polymm.engine.check;

/**
 * An invariant that does not hold.
 *
 * @param invariant which one
 * @param detail where, with the numbers that do not match
 */
public record Violation(Invariant invariant, String detail) {

    @Override
    public String toString() {
        return invariant.id() + ": " + detail + " (" + invariant.sentence() + "; " + invariant.reference() + ")";
    }
}
