/**
 * From a folio to the places where it may be mapped.
 *
 * <pre>
 *   folio: anon, mapping = anon_vma 2, index 40, 16 pages
 *
 *     anon_vma 2, tree over page offsets     [40,55] meets
 *        avc [0,63]   -&gt; vma 3 of mm 1       visit(mm 1, vma 3, start + 40 pages, page 0, 16 pages)
 *        avc [0,63]   -&gt; vma 7 of mm 2       visit(mm 2, ...): a forked child
 *        avc [48,63]  -&gt; vma 8 of mm 1       visit(mm 1, vma 8, start, page 8, 8 pages): moved by mremap
 *        avc [64,99]  -&gt; vma 9               not met
 * </pre>
 *
 * <p>The index of a folio and the offsets of VMAs are one coordinate: whoever moves memory keeps offset minus index
 * ({@code mremap} keeps the offset of faulted VMAs for that reason). So the walk needs neither page tables nor a list
 * per page; the price is that it visits every VMA that <em>could</em> map the folio, such as all children of a parent
 * which unmapped it long ago. The visitor looks at the page table and finds out.
 *
 * <p>Locks are the kernel's: the root anon_vma's, or the file's, for reading during the whole walk, so that no VMA
 * enters or leaves the tree. A walk that would have to wait may be told not to ({@link
 * org.polymm.engine.rmap.RmapWalk#tryWalk}), a caller that holds the lock says so ({@link
 * org.polymm.engine.rmap.RmapWalk#walkLocked}).
 */
@NullMarked
package org.polymm.engine.rmap;

import org.jspecify.annotations.NullMarked;
