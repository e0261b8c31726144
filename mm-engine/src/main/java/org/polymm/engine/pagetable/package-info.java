/**
 * Page tables: what an entry says, where it is kept, and which lock guards it.
 *
 * <p>A table is a row of {@code long}s, an entry of an upper table is the handle of the table below, and an entry of the last level
 * is a {@link org.polymm.engine.pagetable.Pte}. With 512 entries per table an address is cut as on x86-64; a machine that is made for
 * exploring interleavings has 8 entries per table and the same four levels:
 *
 * <pre>
 *                 47      39 38      30 29      21 20      12 11       0
 *     512 entries |   PGD   |   PUD   |   PMD    |   PTE    |  offset  |     2 MiB per PMD entry, 128 TiB of user space
 *                        23 21 20  18 17   15 14   12 11        0
 *     8 entries          | PGD | PUD | PMD  | PTE  |   offset   |           32 KiB per PMD entry, 8 MiB of user space
 *
 *     root (PGD)        PUD table        PMD table                  leaf table
 *     +-------+         +-------+        +-------------------+      +------------------+
 *     | table |-------> | table |------> | table             |----> | PTE, PTE, ...    |   lock: PTL of the leaf table
 *     |  ...  |         |  ...  |        | huge PTE (leaf)   |      +------------------+
 *     +-------+         +-------+        | migration entry   |
 *                                        | none              |          lock: PMD_LOCK of the PMD table
 *                                        +-------------------+
 * </pre>
 *
 * <p><b>Locks.</b> As on x86-64 with split page-table locks, each leaf table and each PMD table has a lock of its own, named by the
 * handle of the table. Entries of a leaf table change under its PTL, entries of a PMD table under its PMD lock; whoever replaces a leaf
 * table by something else holds both, the PMD lock first. Because a walker may wait for a PTL while somebody else removes the very
 * table, {@link org.polymm.engine.pagetable.PageTables#lockLeaf} looks again after it got the lock, as the kernel does. Upper tables
 * are installed without a lock: nothing else can be scheduled between the look and the store.
 *
 * <p><b>Deposited tables.</b> Whoever maps a PMD-sized folio sets a page table aside, so that a later split of that mapping cannot fail
 * for want of memory. Here such a table is only counted; its row is made when a split takes it out.
 *
 * <p><b>The leaf cache.</b> Most walks end in the same leaf table as the one before. The row of a root has room for the last address
 * range and its leaf table, so the cache belongs to the address space, is saved and rewound with it, and cannot be forgotten when a PMD
 * entry changes: all those changes go through {@link org.polymm.engine.pagetable.PageTables}.
 *
 * <p><b>Freeing.</b> Tables are freed when a range without VMAs is torn down, with the kernel's floor and ceiling: a table goes only if
 * no VMA that stays can have an entry in it. Freeing a table that still holds an entry is an error that is reported at once.
 */
@NullMarked
package org.polymm.engine.pagetable;

import org.jspecify.annotations.NullMarked;
