package org.polymm.lab.scenario.syntax;

/**
 * A size.
 *
 * @param at where it was written
 * @param bytes the size in bytes; a number without a unit is pages
 */
public record Amount(Position at, long bytes) {}
