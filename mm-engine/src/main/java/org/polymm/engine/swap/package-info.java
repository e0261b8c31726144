/**
 * Swap: which slot holds which page, and the cache of folios that have slots.
 *
 * <pre>
 *   entry of a process              slot                      cache
 *   present, folio F        --      -                         -
 *   present, F              --      in use, count 0           F             reclaim gave it slots: add
 *   swap 7, exclusive       --&gt;     count 1                   F             unmapped: duplicate
 *   swap 7, exclusive       --&gt;     count 1, written          -             written, removed, freed
 *   swap 7 (parent, child)  --&gt;     count 2, written          -             fork: duplicate, exclusive in neither
 *   swap 7                  --&gt;     count 2, written          G             fault of the parent: read
 *   present, G; swap 7      --&gt;     count 1, written          G             the parent maps it: put
 * </pre>
 *
 * <p>Slots are {@link org.polymm.engine.frame.SwapSlots}; what unmaps and writes is {@link org.polymm.engine.reclaim}, what maps again is in
 * {@link org.polymm.engine.fault}. Page-table entries that come, are copied, and go are counted here.
 *
 * <p>A large folio is written as one if the device has a run of slots for it and is no file; otherwise it is split first. What is full of zeroes
 * is only noted, if the machine keeps contents. A device that is done at once is read past the cache where one entry alone refers to the slot:
 * then as many pages at a time as one large folio may have. Readahead is off, zswap is not there. Only anonymous memory is swapped.
 */
@NullMarked
package org.polymm.engine.swap;

import org.jspecify.annotations.NullMarked;
