package org.polymm.engine.split;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MlockBatch;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.rmap.RmapVisitor;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Takes away all entries that map a folio of the page cache, mlocked or not: {@code try_to_unmap} as collapses and splits of file memory call
 * it. Where userfaultfd protected a page, a marker stays. Faults map the pages again.
 */
public final class FilePageUnmap {

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final PageTables tables;
    private final MlockBatch mlock;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting counts;
    private final RssAccounting rss;
    private final PmdSplit pmdSplit;
    private final RmapWalk rmap;

    /**
     * Unmaps folios of one machine.
     *
     * @param sync the locks
     * @param memory the folios
     * @param tables the page tables
     * @param spaces the address spaces
     * @param mappings what counts mappings
     * @param rmap finds them
     */
    public FilePageUnmap(
            Sync sync,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Mappings mappings,
            RmapWalk rmap) {
        this.sync = sync;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.tables = tables;
        this.mlock = memory.mlock();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.counts = mappings.rmap();
        this.rss = mappings.rss();
        this.pmdSplit = mappings.pmdSplit();
        this.rmap = rmap;
    }

    /**
     * Unmaps a folio everywhere.
     *
     * @param head the folio, locked, to which the caller has a reference
     */
    public void unmap(int head) {
        if (frames.mapcount(head) != 0) {
            rmap.walk(head, visitor(head, false));
        }
    }

    /**
     * As {@link #unmap}, with the lock of the file's VMAs held by the caller.
     *
     * @param waits whether to wait for those who have cleared a huge entry and not yet counted that
     */
    void unmapLocked(int head, boolean waits) {
        if (frames.mapcount(head) != 0) {
            rmap.walkLocked(head, visitor(head, waits));
        }
    }

    private RmapVisitor visitor(int head, boolean waits) {
        return (mm, vma, address, firstPage, pages) -> unmapFrom(head, mm, vma, address, address + pages * PAGE, waits);
    }

    private boolean unmapFrom(int head, int mm, int vma, long from, long to, boolean waits) {
        int root = mms.pgd(mm);
        boolean cleared = false;
        for (long at = from; at < to; at = tables.pmdEnd(at, to)) {
            long pmd = tables.pmd(root, at);
            if (Pte.isHuge(pmd) && Pte.pfn(pmd) == head) {
                pmdSplit.split(vma, at);
            }
            int leaf = tables.lockLeaf(root, at);
            if (leaf != 0) {
                cleared |= clear(head, mm, vma, leaf, at, tables.pmdEnd(at, to));
                tables.unlockLeaf(leaf);
            } else if (waits) {
                tables.settlePmd(root, at);
            }
        }
        if (cleared) {
            sync.point(Point.TLB_FLUSH, mm);
        }
        return true;
    }

    private boolean clear(int head, int mm, int vma, int leaf, long from, long to) {
        long[] row = tables.row(leaf);
        boolean cleared = false;
        for (long at = from; at < to; at += PAGE) {
            int index = tables.pteIndex(at);
            if (Pte.isNormalPage(row[index]) && frames.head(Pte.pfn(row[index])) == head) {
                tables.writePoints(leaf, at, 1);
                long entry = row[index];
                if ((entry & Pte.DIRTY) != 0) {
                    frames.setFlags(head, Frames.DIRTY);
                }
                row[index] = (entry & Pte.UFFD_WP) != 0 ? Pte.marker(Pte.MARKER_UFFD_WP) : Pte.NONE;
                rss.add(mm, head, -1);
                counts.remove(Pte.pfn(entry), 1, vma, at);
                if (vmas.has(vma, VmFlags.VM_LOCKED)) {
                    // What waits in the batch to be munlocked has a reference, which would end the collapse.
                    mlock.drain();
                }
                folios.put(head, 1);
                cleared = true;
            }
        }
        return cleared;
    }
}
