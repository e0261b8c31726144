/**
 * Files and shared memory, as far as memory management sees them: a size, and which page is where.
 *
 * <p>A file is an {@code address_space}: an index leads to a page, or to a value that stands for one
 * ({@link org.polymm.engine.pagecache.CacheEntry}): a shmem page in swap, the shadow of a reclaimed one, or the mark by
 * which a collapse holds up whoever looks the index up. Anonymous shared memory, memfd and shmem are files as well; a
 * hugetlb file is one whose pages come from elsewhere.
 *
 * <pre>
 *   index           0     1     2     3     4     5
 *   before      | p 7 | p 9 |  -  | s 3 | p 2 |  -  |     s: in swap
 *   collapsing  | p 7 | p 9 |  r  |  r  | p 2 |  r  |     r: try again, nobody can fault these in
 *   collapsed   | h+0 | h+1 | h+2 | h+3 | h+4 | h+5 |     h: pages of one large folio
 * </pre>
 *
 * <p>There is no device below: a page that is not cached is read by the fault handler, which counts it as a major fault
 * unless the file is {@linkplain org.polymm.engine.pagecache.Files#RESIDENT resident}. Contents are tokens kept with
 * the frames, not here.
 *
 * <p>Which VMAs map a file is known one floor below, in {@link org.polymm.engine.vma.FileMappings}, because merging and
 * splitting change it; this package adds what it means for the file: one that nobody has open or maps has no use.
 */
@NullMarked
package org.polymm.engine.pagecache;

import org.jspecify.annotations.NullMarked;
