package org.polymm.engine.mapping;

import java.util.Arrays;
import org.polymm.api.split.DeferredReason;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * Replaces a huge entry of a PMD table by a page table that maps the same pages: {@code __split_huge_pmd}. The folio stays whole.
 *
 * <pre>
 *    PMD entry: huge, folio F, exclusive               PMD entry: table, the one that was set aside
 *    refs 1, entire mappings 1                          |  F0  F1  F2 ... F511 |  each exclusive if F was
 *                                                       refs 512, mappings 512
 * </pre>
 *
 * <p>A huge entry of a file is just removed: the page cache still has the pages, and faults bring them back one by one.
 */
public final class PmdSplit {

    private final PageTables tables;
    private final Frames frames;
    private final Folios folios;
    private final RmapAccounting rmap;
    private final RssAccounting rss;
    private final DeferredSplits deferred;
    private final Vmstat vmstat;
    private final MmTable mms;
    private final VmaTable vmas;
    private final EventLog events;

    PmdSplit(
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            RmapAccounting rmap,
            RssAccounting rss,
            DeferredSplits deferred) {
        this.tables = tables;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.rmap = rmap;
        this.rss = rss;
        this.deferred = deferred;
        this.vmstat = memory.vmstat();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.events = events;
    }

    /**
     * Splits the huge entry that maps an address, if there is one, and offers its folio to the deferred split queue. No page-table lock may be held; the PMD lock is taken and dropped.
     *
     * @param vma the VMA
     * @param address any address that the entry maps, in bytes
     * @return the head of the anonymous folio whose mapping was split, for a boundary policy to be told; 0 if nothing was split that maps
     *     a folio still
     */
    public int split(int vma, long address) {
        int root = mms.pgd(vmas.mm(vma));
        int pmdTable = tables.pmdTable(root, address);
        if (pmdTable == 0) {
            return 0;
        }
        tables.lockPmd(pmdTable);
        long entry = tables.row(pmdTable)[tables.pmdIndex(address)];
        int head = Pte.isNone(entry) || Pte.isTable(entry)
                ? 0
                : splitLocked(root, pmdTable, vma, tables.pmdStart(address), entry);
        tables.unlockPmd(pmdTable);
        if (head != 0) {
            deferred.offer(head, DeferredReason.PTE_MAPPED);
        }
        return head;
    }

    private int splitLocked(int root, int pmdTable, int vma, long address, long entry) {
        vmstat.increment(VmstatItem.THP_SPLIT_PMD);
        events.record(EventKind.SPLIT_PMD, vmas.mm(vma), address, Pte.pfn(entry));
        if (Pte.isZeroPage(entry)) {
            splitZero(root, pmdTable, address, entry);
            return 0;
        }
        if (Pte.isMigration(entry)) {
            install(root, pmdTable, address, entry);
            return 0;
        }
        int head = Pte.pfn(entry);
        if (!frames.test(head, Frames.ANON)) {
            removeFile(root, pmdTable, vma, address, entry, head);
            return 0;
        }
        splitAnon(root, pmdTable, vma, address, head);
        return head;
    }

    private void splitAnon(int root, int pmdTable, int vma, long address, int head) {
        int pages = frames.pages(head);
        boolean exclusive = frames.test(head, Frames.ANON_EXCLUSIVE);
        frames.addRefs(head, pages - 1);
        rmap.addAnon(head, pages, vma, address, exclusive);
        tables.writePmdPoint(pmdTable, address);
        long entry = tables.row(pmdTable)[tables.pmdIndex(address)]; // with what the processor has set meanwhile
        if ((entry & Pte.DIRTY) != 0) {
            frames.setFlags(head, Frames.DIRTY);
        }
        install(root, pmdTable, address, Pte.pageOfHuge(entry, 0));
        rmap.removePmd(head, vma, address);
    }

    /** Fills the table that was set aside with consecutive pages and installs it. */
    private void install(int root, int pmdTable, long address, long first) {
        int leaf = tables.withdraw(root);
        long[] row = tables.row(leaf);
        for (int i = 0; i < tables.entries(); i++) {
            row[i] = first + i * Pte.NEXT_PAGE;
        }
        tables.installLeaf(root, pmdTable, address, leaf);
    }

    private void splitZero(int root, int pmdTable, long address, long entry) {
        int leaf = tables.withdraw(root);
        long zero = Pte.present(
                frames.zeroPfn(), entry & (Pte.PROTECTION | Pte.ACCESSED | Pte.SPECIAL | Pte.UFFD_WP | Pte.SOFT_DIRTY));
        Arrays.fill(tables.row(leaf), 0, tables.entries(), zero);
        tables.installLeaf(root, pmdTable, address, leaf);
    }

    private void removeFile(int root, int pmdTable, int vma, long address, long entry, int head) {
        tables.setPmd(root, pmdTable, address, Pte.NONE);
        if ((entry & Pte.DIRTY) != 0) {
            frames.setFlags(head, Frames.DIRTY);
        }
        if ((entry & Pte.ACCESSED) != 0) {
            frames.setFlags(head, Frames.REFERENCED);
        }
        rmap.removePmd(head, vma, address);
        rss.add(vmas.mm(vma), head, -frames.pages(head));
        folios.put(head, 1);
    }
}
