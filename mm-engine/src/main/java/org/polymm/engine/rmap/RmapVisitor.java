package org.polymm.engine.rmap;

/**
 * Sees each place where a folio may be mapped. The walk knows VMAs, not page tables: whether an entry really maps the
 * folio is the visitor's to check, under the page-table lock, with the anon_vma's or the file's lock held by the walk.
 */
@FunctionalInterface
public interface RmapVisitor {

    /**
     * A VMA could map pages of the folio.
     *
     * <pre>
     *   folio        |-0-|-1-|-2-|-3-|-4-|-5-|-6-|-7-|
     *   VMA                  |==============|                firstPage 2, pages 4, address = start of the VMA
     * </pre>
     *
     * @param mm its address space
     * @param vma the VMA
     * @param address where the first of those pages would be, in bytes
     * @param firstPage which page of the walked range that is, from 0 on
     * @param pages how many pages, from there on, lie within the VMA
     * @return whether to go on; the kernel's {@code rmap_one}
     */
    boolean visit(int mm, int vma, long address, int firstPage, int pages);
}
