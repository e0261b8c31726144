package org.polymm.engine.check;

import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;

/** Counts the entries by which one VMA maps one folio, where the reverse map says they could be. */
final class MappingsOf {

    private MappingsOf() {}

    /**
     * Counts entries.
     *
     * @param root the address space
     * @param head the folio
     * @param address where the first page would be, in bytes
     * @param firstPage which page of the folio that is
     * @param pages how many pages from there on
     * @return how many entries of that range map the folio's pages at the right place; an entry at PMD level counts once
     */
    static int count(PageTables tables, Frames frames, int root, int head, long address, int firstPage, int pages) {
        int entries = 0;
        int page = 0;
        while (page < pages) {
            long at = address + page * Geometry.PAGE_SIZE;
            long pmd = tables.pmd(root, at);
            int toBoundary = (int) ((tables.pmdStart(at) + tables.pmdSize() - at) / Geometry.PAGE_SIZE);
            if (!Pte.isTable(pmd)) {
                boolean maps = Pte.isPresent(pmd) && Pte.isHuge(pmd) && frames.head(Pte.pfn(pmd)) == head;
                entries += maps ? 1 : 0;
                page += toBoundary;
                continue;
            }
            long entry = tables.lookup(root, at);
            entries += Pte.isNormalPage(entry) && Pte.pfn(entry) == head + firstPage + page ? 1 : 0;
            page++;
        }
        return entries;
    }
}
