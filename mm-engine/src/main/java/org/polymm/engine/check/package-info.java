/**
 * What must be true whatever the policies decide: invariants over the whole machine, and the contents every process must read.
 *
 * <p>Two independent kinds of witness:
 *
 * <ul>
 *   <li><b>Invariants</b> look at the machine's own bookkeeping from another side: they walk every page table, count what they see, and
 *       compare with reference counts, mapcounts, RSS, queues and counters. Each has an id, a sentence and a reference.
 *   <li><b>Shadow contents</b> know nothing of bookkeeping: a plain model of what each process wrote, against which every read is held.
 *       A page replaced under a pin, a lost write, a page shared that should not be: all show as a wrong token.
 * </ul>
 *
 * <p>Nothing here is on the fault path; a machine that is not checked pays one null test an operation.
 */
@NullMarked
package org.polymm.engine.check;

import org.jspecify.annotations.NullMarked;
