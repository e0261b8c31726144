package org.polymm.lab.scenario.syntax;

/**
 * Something that an expectation may depend on.
 *
 * @param name a slot of policies, a switch, or {@code on} for the machine
 * @param value a policy's id, a switch's word, or {@code simulator} or {@code linux}
 */
public record Circumstance(Word name, Word value) {

    /** The name that stands for the machine. */
    public static final String MACHINE = "on";
}
