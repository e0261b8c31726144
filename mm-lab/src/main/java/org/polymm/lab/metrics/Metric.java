package org.polymm.lab.metrics;

/**
 * Something that is measured.
 *
 * @param id its name, unique; the kernel's own where it has one
 * @param section the heading it stands under
 * @param unit what its number counts
 * @param help what it is, in a sentence
 */
public record Metric(String id, String section, Unit unit, String help) {}
