package org.polymm.lab.scenario.syntax;

/**
 * A word as it was written.
 *
 * @param at where
 * @param text the word
 */
public record Word(Position at, String text) {

    @Override
    public String toString() {
        return text;
    }
}
