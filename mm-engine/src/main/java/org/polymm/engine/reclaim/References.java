package org.polymm.engine.reclaim;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.rmap.RmapVisitor;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Finds out, and forgets, who used a folio since the last time: {@code folio_referenced}. */
final class References {

    /** The walk could not be made, or the folio belongs to a process that is going: keep it. */
    static final int KEEP = -1;

    /** The folio is in locked memory and was mlocked. */
    static final int LOCKED = 1 << 30;

    /** Or-ed to the count: one of them may execute it, and page cache that is executed goes late. */
    static final int CODE = 1 << 29;

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Frames frames;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapWalk rmap;
    private final LockedVmaWalk locked;

    /** The walk that nobody makes now, to be made again: a walk a folio would be most of what reclaim allocates. */
    private @Nullable Visit idle = new Visit();

    References(ReclaimParts parts, LockedVmaWalk locked) {
        frames = parts.memory().frames();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        rmap = parts.rmap();
        this.locked = locked;
    }

    /**
     * Walks.
     *
     * @param head a locked folio
     * @return how many VMAs used it, perhaps with {@link #CODE}; {@link #KEEP}, or {@link #LOCKED}
     */
    int of(int head) {
        int mapcount = frames.mapcount(head);
        if (mapcount == 0) {
            return 0;
        }
        Visit visit = idle != null ? idle : new Visit();
        idle = null;
        visit.begin(head, mapcount);
        int result = rmap.tryWalk(head, visit) == RmapWalk.CONTENDED ? KEEP : visit.result;
        visit.begin(0, 0);
        idle = visit;
        return result;
    }

    /** One walk. */
    private final class Visit implements RmapVisitor {

        private final int[] seen = new int[2];
        private int head;
        private int left;
        private int result;

        void begin(int folio, int mapcount) {
            head = folio;
            left = mapcount;
            result = 0;
            seen[0] = 0;
            seen[1] = 0;
        }

        @Override
        public boolean visit(int mm, int vma, long address, int firstPage, int pages) {
            if (vmas.has(vma, VmFlags.VM_LOCKED)) {
                seen[0] = 0;
                seen[1] = 0;
                int found = locked.walk(vma, head, address, pages, false, seen);
                if ((found & LockedVmaWalk.MLOCKED) != 0) {
                    result = LOCKED;
                    return false;
                }
                left -= seen[0];
                result += seen[1] != 0 ? 1 : 0;
                return left > 0;
            }
            int root = mms.pgd(mm);
            long end = address + pages * PAGE;
            boolean young = false;
            for (long at = address; at < end; at = tables.pmdEnd(at, end)) {
                young |= clearYoung(root, at, tables.pmdEnd(at, end));
            }
            if (young) {
                result = result + 1 | (vmas.has(vma, VmFlags.VM_EXEC) ? CODE : 0);
            }
            return left > 0;
        }

        private boolean clearYoung(int root, long from, long to) {
            int leaf = tables.lockLeaf(root, from);
            if (leaf == 0) {
                long pmd = tables.pmd(root, from);
                return Pte.isHuge(pmd) && Pte.pfn(pmd) == head && clearHuge(root, from);
            }
            long[] row = tables.row(leaf);
            boolean young = false;
            for (long at = from; at < to; at += PAGE) {
                int index = tables.pteIndex(at);
                if (Pte.isNormalPage(row[index]) && frames.head(Pte.pfn(row[index])) == head) {
                    tables.writePoints(leaf, at, 1);
                    young |= (row[index] & Pte.ACCESSED) != 0;
                    row[index] &= ~Pte.ACCESSED;
                    left--;
                }
            }
            tables.unlockLeaf(leaf);
            return young;
        }

        private boolean clearHuge(int root, long address) {
            int pmdTable = tables.pmdTable(root, address);
            tables.lockPmd(pmdTable);
            tables.writePmdPoint(pmdTable, address);
            long entry = tables.pmd(root, address);
            boolean ours = Pte.isHuge(entry) && Pte.pfn(entry) == head;
            boolean young = ours && (entry & Pte.ACCESSED) != 0;
            if (ours) {
                tables.setPmd(root, pmdTable, tables.pmdStart(address), entry & ~Pte.ACCESSED);
                left--;
            }
            tables.unlockPmd(pmdTable);
            return young;
        }
    }
}
