/**
 * The three forms in which commands print: a table for people, JSON and CSV for programs.
 *
 * <p>All three are written by hand of a few lines each, because what is asked of them is small and strict: the same input
 * gives the same bytes (no locale, no time, no order that depends on hashing), numbers are exact, and a table compares well
 * with {@code diff} (no colours, no line drawing, one row a line).
 */
@NullMarked
package org.polymm.lab.report;

import org.jspecify.annotations.NullMarked;
