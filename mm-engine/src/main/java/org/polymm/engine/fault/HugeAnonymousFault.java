package org.polymm.engine.fault;

import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.DeferredSplits;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Fills a whole empty PMD entry at once: {@code do_huge_pmd_anonymous_page}. */
final class HugeAnonymousFault {

    private final Folios folios;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final ThpSettings settings;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting rmap;
    private final DeferredSplits deferred;
    private final UserfaultEvents userfault;
    private final EventLog events;
    private final FaultLocks locks;
    private final LargeFolioAllocation large;
    private final int pmdOrder;

    HugeAnonymousFault(FaultParts parts, FaultLocks locks, LargeFolioAllocation large) {
        folios = parts.memory().folios();
        vmstat = parts.memory().vmstat();
        mthp = parts.memory().mthp();
        settings = parts.memory().thp();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        rmap = parts.mappings().rmap();
        deferred = parts.mappings().deferred();
        userfault = parts.userfault();
        events = parts.events();
        pmdOrder = parts.geometry().pmdOrder();
        this.locks = locks;
        this.large = large;
    }

    /**
     * Maps a new folio of PMD order, or the huge zero folio for a read.
     *
     * @return FALLBACK if there was no memory for it
     */
    int fault(int mm, int vma, int root, long address, int flags) {
        int prepared = locks.prepareAnonVma(mm, vma, flags);
        if (prepared != FaultResult.DONE) {
            return prepared;
        }
        boolean read = (flags & FaultFlags.WRITE) == 0;
        if (read && settings.isOn(ThpTunable.USE_ZERO_PAGE)) {
            return mapZero(mm, vma, root, address, flags);
        }
        int head = allocate(vma);
        if (head == 0) {
            return FaultResult.FALLBACK;
        }
        int pmdTable = tables.pmdTableAlloc(root, address);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        boolean missing = tables.pmd(root, address) == Pte.NONE;
        boolean reported = missing && vmas.has(vma, VmFlags.VM_UFFD_MISSING);
        if (missing && !reported) {
            tables.deposit(root);
            map(mm, vma, root, pmdTable, tables.pmdStart(address), head);
        }
        tables.unlockPmd(pmdTable);
        if (!missing || reported) {
            folios.put(head, 1);
        }
        return reported ? userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.MISSING) : FaultResult.DONE;
    }

    private int mapZero(int mm, int vma, int root, long address, int flags) {
        int zero = folios.hugeZeroPfn();
        if (zero == 0) {
            vmstat.increment(VmstatItem.THP_FAULT_FALLBACK);
            return FaultResult.FALLBACK;
        }
        int pmdTable = tables.pmdTableAlloc(root, address);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        boolean missing = tables.pmd(root, address) == Pte.NONE;
        boolean reported = missing && vmas.has(vma, VmFlags.VM_UFFD_MISSING);
        if (missing && !reported) {
            tables.deposit(root);
            long bits = PageProtection.ofPrivate(vmas.flags(vma)) | Pte.HUGE | Pte.SPECIAL | Pte.ACCESSED;
            tables.setPmd(root, pmdTable, address, Pte.present(zero, bits));
            vmstat.did(Work.ZERO_PAGES_MAPPED, 1);
            events.record(EventKind.ZERO_PAGE, mm, tables.pmdStart(address), 0);
        }
        tables.unlockPmd(pmdTable);
        return reported ? userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.MISSING) : FaultResult.DONE;
    }

    /**
     * Replaces the huge zero folio, on a write, by a new folio: {@code do_huge_zero_wp_pmd}.
     *
     * @param original the entry when it was looked at
     * @return FALLBACK if there was no memory for it
     */
    int replaceZero(int mm, int vma, int root, long address, int flags, long original) {
        int prepared = locks.prepareAnonVma(mm, vma, flags);
        if (prepared != FaultResult.DONE) {
            return prepared;
        }
        int head = allocate(vma);
        if (head == 0) {
            return FaultResult.FALLBACK;
        }
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        boolean same = tables.pmd(root, address) == original;
        if (same) {
            map(mm, vma, root, pmdTable, tables.pmdStart(address), head);
        }
        tables.unlockPmd(pmdTable);
        if (!same) {
            folios.put(head, 1);
        }
        return FaultResult.DONE;
    }

    private int allocate(int vma) {
        int head = large.allocate(vma, pmdOrder);
        if (head == 0) {
            vmstat.increment(VmstatItem.THP_FAULT_FALLBACK);
            mthp.increment(MthpStat.ANON_FAULT_FALLBACK, pmdOrder);
        }
        return head;
    }

    /** Maps a new folio under the PMD lock: {@code map_anon_folio_pmd}. */
    private void map(int mm, int vma, int root, int pmdTable, long first, int head) {
        rmap.addNewAnonPmd(head, vma, first);
        rmap.addNewToLru(head, vma, first, MappingLevel.PMD);
        tables.setPmd(root, pmdTable, first, Pte.present(head, AnonymousFault.writtenBits(vmas.flags(vma)) | Pte.HUGE));
        mms.addRssAnon(mm, 1L << pmdOrder);
        vmstat.increment(VmstatItem.THP_FAULT_ALLOC);
        mthp.increment(MthpStat.ANON_FAULT_ALLOC, pmdOrder);
        deferred.maybeUnderused(head);
        vmstat.did(Work.ZEROED_PAGES, 1L << pmdOrder);
        vmstat.did(Work.ANON_FOLIOS, 1);
    }
}
