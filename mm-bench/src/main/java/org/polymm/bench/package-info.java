/**
 * JMH benchmarks of the engine, with checking off and the whole mechanism on: locks, reverse map, mapcount scheme, and policies called through
 * plugins loaded from their jars.
 *
 * <p>Wall time is noise on a shared machine. Every benchmark therefore also reports the thread's CPU time per page (or per folio), as the
 * auxiliary counter {@code cpu}; that is the figure to quote. What is measured is one system call or one sweep over many pages, so a
 * benchmark is a single shot: set up, measure once, throw away, many times over.
 */
@NullMarked
package org.polymm.bench;

import org.jspecify.annotations.NullMarked;
