package org.polymm.engine.fault;

import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Maps a huge folio of the page cache by one entry of a PMD table: {@code do_set_pmd}. */
final class HugeFileMapping {

    private final Frames frames;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final VmaTable vmas;
    private final RmapAccounting rmap;
    private final RssAccounting rss;
    private final EventLog events;
    private final int pmdOrder;

    HugeFileMapping(FaultParts parts) {
        frames = parts.memory().frames();
        vmstat = parts.memory().vmstat();
        tables = parts.tables();
        vmas = parts.spaces().vmas();
        rmap = parts.mappings().rmap();
        rss = parts.mappings().rss();
        events = parts.events();
        pmdOrder = parts.geometry().pmdOrder();
    }

    /**
     * Whether the folio of a page could be mapped by a PMD entry: it is of PMD order, and the VMA shows all of it in one aligned block, refuses no
     * huge pages and is not write-protected by userfaultfd, which needs entries of its own.
     *
     * @param page any page of the folio
     * @param address where the VMA shows that page, in bytes
     */
    boolean fits(int vma, int page, long address) {
        int head = frames.head(page);
        return frames.order(head) == pmdOrder
                && !vmas.has(vma, VmFlags.VM_NOHUGEPAGE | VmFlags.VM_UFFD_WP)
                && tables.pteIndex(address) == page - head
                && tables.pmdStart(address) >= vmas.start(vma)
                && tables.pmdStart(address) + tables.pmdSize() <= vmas.end(vma);
    }

    /**
     * Maps the folio if the PMD entry is none. The folio is locked; one reference of the caller becomes the entry's.
     *
     * @param head the folio, for which {@link #fits} holds
     * @param bits protection, and {@link Pte#DIRTY} for a write
     * @return whether it was mapped
     */
    boolean tryMap(int mm, int vma, int root, long address, int head, long bits) {
        long start = tables.pmdStart(address);
        int pmdTable = tables.pmdTableAlloc(root, start);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, start);
        boolean empty = tables.pmd(root, start) == Pte.NONE;
        if (empty) {
            rss.add(mm, head, frames.pages(head));
            rmap.addFilePmd(head, vma, start);
            tables.setPmd(root, pmdTable, start, Pte.present(head, bits | Pte.HUGE));
            vmstat.increment(VmstatItem.THP_FILE_MAPPED);
            vmstat.did(Work.FILE_FAULTS, 1);
            events.record(EventKind.FILE_PMD_MAPPED, mm, start, head);
        }
        tables.unlockPmd(pmdTable);
        return empty;
    }

    /** The bits of an entry that a fault makes. */
    static long bits(long protection, long vmFlags, boolean write) {
        return protection | Pte.ACCESSED | (write ? Pte.DIRTY | PageProtection.writeBit(vmFlags) : 0);
    }
}
