/**
 * Page frames: what is known about each, which are free, which folios they form, and on which lists those are.
 *
 * <p>{@link org.polymm.engine.frame.PhysicalMemory} puts the parts together. A frame is a number (pfn) and a folio is the
 * number of its first frame, so there are no objects to create or to collect, and a machine of 1 TiB is some arrays.
 *
 * <h2>The record of a frame</h2>
 *
 * <p>Eight ints, 32 bytes, half a cache line: a fault touches one. Fields of the folio as a whole are in the record of
 * its first page; the second page's record holds what only large folios have.
 *
 * <pre>
 *   int      0        1         2          3                    4      5      6      7
 *         +--------+---------+----------+--------------------+------+------+------+---------+
 *   head  | flags, | mappings| refer-   | mapping (28 bits), | index| next | prev*| private,|
 *         | order  | of this | ences    | index bits 32..35  | low  |      |      | swap    |
 *         +--------+---------+----------+--------------------+------+------+------+---------+
 *   page 1| TAIL,  | mappings| mappings | entire             | pins | map- | deferred-split |
 *         | order  | of this | in all   | mappings           |      | count| next | prev    |
 *         |        |         |          |                    |      |scheme|      |         |
 *         +--------+---------+----------+--------------------+------+------+------+---------+
 *   page n| TAIL,  | mappings| 0          0                    0      0      0      0       |
 *         | order  | of this |                                                              |
 *         +--------+---------+----------+--------------------+------+------+------+---------+
 *   free  | FREE,  | 0       | 0          0                    0      next   prev   0       |  first of a free block
 *   free  | 0        0         0          0                    0      0      0      0       |  any other
 *                                                                    * the mlock count while unevictable
 * </pre>
 *
 * <p>Mapcounts start at 0 for "not mapped" (Linux's start at -1). The flags of a later page are {@code TAIL}, the
 * order, and those that belong to a page: exclusive, poisoned. The order is all that is needed to find the head:
 * {@code pfn & -(1 << order)}.
 *
 * <h2>Where records are</h2>
 *
 * <p>A block is as many frames as a PMD entry maps. Records exist for blocks that are split up, in chunks; a folio of
 * PMD order or above has two records, in a mini chunk; a block that is free as a whole, or was never touched, has none
 * and reads as zero.
 *
 * <pre>
 *   block                 slabOf, unitOf             slab (up to 8 MiB)
 *     0  split up         slab 0, unit 128 ------>   | ..... | 512 records | ....
 *     1  one 2 MiB folio  slab 0, unit   5 ------>   | head, page 1, -, - |            odd unit: a mini chunk
 *     2  free             slab 0, unit   1 ------>   | 0, 0, 0, 0 |                    the record of nobody
 * </pre>
 *
 * <p>An odd unit makes the number of a page in its block 0, so every page of such a block reads the head's record,
 * which answers what is asked of a page: its head, its order, that it is free, that it is exclusive together with the
 * others. Before something is stored for one page of such a folio it has to get records of its own:
 * {@link org.polymm.engine.frame.Frames#materialise}. {@link org.polymm.engine.frame.BuddyAllocator} gives and takes
 * chunks when a block is first split and when it is whole again. As free records are zero, nobody clears a chunk.
 *
 * <p>So a machine costs eight bytes for 512 frames that were never touched, 32 bytes for a frame that was, and 128 bytes
 * for a 2 MiB folio. Slabs are large enough for the collector to leave alone.
 *
 * <h2>The life of a frame</h2>
 *
 * <pre>
 *   BuddyAllocator        Folios                      LruLists
 *   free lists --refill-> cache --alloc--> folio --add--> batch --drain--> a list --isolate/putback--> ...
 *        ^                  ^                |                               |
 *        '------spill-------'<------free-----'<------- last reference -------'
 * </pre>
 *
 * <p>Batches are where Linux has them: 63 frames between the cache and the lists of the allocator, 31 folios before the
 * LRU lists, 31 before mlock. They are visible (a folio in a batch has a reference more and is on no list), so policies
 * and their races meet them; and they are what makes the simulator fast: a batch is mostly a run of consecutive frames,
 * whose records are then visited once, in order. {@link org.polymm.engine.frame.Folios#putAll} does the same for frees.
 * On a machine of fewer than 1024 frames the cache is off, so that what is free is all in the lists.
 *
 * <p>There is one zone and one processor's worth of batches: tasks are run one at a time, and what a second processor
 * could leave in its own batch is left in this one.
 *
 * <p>Locks of this package are counted ({@link org.polymm.engine.sync.Sync#tally}) and are no scheduling points: no
 * policy can see inside, and what can be seen, such as a reference count, is the caller's to mark as a point.
 */
@NullMarked
package org.polymm.engine.frame;

import org.jspecify.annotations.NullMarked;
