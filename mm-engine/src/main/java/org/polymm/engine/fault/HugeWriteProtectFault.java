package org.polymm.engine.fault;

import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryKind;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.mapping.FolioCuts;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.WriteFaultFacts;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Writes to a folio that is mapped, read-only, by a PMD entry: {@code do_huge_pmd_wp_page}. The folio is made writable as a whole if it belongs
 * to this process alone; else the mapping, not the folio, is split, and the fault goes on at the level of pages.
 */
final class HugeWriteProtectFault {

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final PageTables tables;
    private final VmaTable vmas;
    private final Decisions decisions;
    private final WriteFaultFacts facts;
    private final RmapAccounting rmap;
    private final PmdSplit pmdSplit;
    private final FolioCuts cuts;
    private final SwapCache swap;
    private final UserfaultEvents userfault;
    private final EventLog events;
    private final HugeAnonymousFault huge;

    HugeWriteProtectFault(FaultParts parts, HugeAnonymousFault huge) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        tables = parts.tables();
        vmas = parts.spaces().vmas();
        decisions = parts.policies().decisions();
        facts = parts.policies().writeFault();
        rmap = parts.mappings().rmap();
        pmdSplit = parts.mappings().pmdSplit();
        cuts = parts.mappings().cuts();
        swap = parts.swap();
        userfault = parts.userfault();
        events = parts.events();
        this.huge = huge;
    }

    /**
     * Handles a write or an unshare fault.
     *
     * @param entry the huge entry when it was looked at, without the PMD lock
     * @return FALLBACK when the mapping was split
     */
    int fault(int mm, int vma, int root, long address, int flags, long entry) {
        boolean unshare = (flags & FaultFlags.UNSHARE) != 0;
        if (!vmas.isAnonymous(vma)) {
            return splitMapping(vma, address);
        }
        if (!unshare && (entry & Pte.UFFD_WP) != 0 && vmas.has(vma, VmFlags.VM_UFFD_WP)) {
            if (!userfault.isWpAsync(vma)) {
                return userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.WRITE_PROTECT);
            }
            return splitMapping(vma, address);
        }
        int result = Pte.isZeroPage(entry)
                ? huge.replaceZero(mm, vma, root, address, flags, entry)
                : reuse(mm, vma, root, address, unshare, entry);
        return result == FaultResult.FALLBACK ? splitMapping(vma, address) : result;
    }

    private int splitMapping(int vma, long address) {
        int head = pmdSplit.split(vma, address);
        if (head != 0) {
            cuts.askAndDefer(BoundaryKind.PMD_SPLIT, BoundaryCause.FAULT, vma, head, address, false);
        }
        return FaultResult.FALLBACK;
    }

    private int reuse(int mm, int vma, int root, long address, boolean unshare, long entry) {
        int head = Pte.pfn(entry);
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        if (tables.pmd(root, address) != entry) {
            tables.unlockPmd(pmdTable);
            return FaultResult.DONE;
        }
        if (!frames.test(head, Frames.ANON_EXCLUSIVE)) {
            int proved = prove(mm, vma, root, pmdTable, address, unshare, entry);
            if (proved != FaultResult.DONE) {
                return proved == FaultResult.LOST ? FaultResult.DONE : proved;
            }
        }
        if (!unshare) {
            tables.setPmd(
                    root,
                    pmdTable,
                    address,
                    entry | Pte.ACCESSED | Pte.DIRTY | PageProtection.writeBit(vmas.flags(vma)));
        }
        tables.unlockPmd(pmdTable);
        events.record(unshare ? EventKind.UNSHARE : EventKind.COW_REUSE, mm, address, head);
        return FaultResult.DONE;
    }

    /**
     * Finds out under the folio lock whether the folio belongs to this process alone, and makes it exclusive then.
     *
     * @return DONE with the PMD lock still held; LOST or FALLBACK without it
     */
    private int prove(int mm, int vma, int root, int pmdTable, long address, boolean unshare, long entry) {
        int head = Pte.pfn(entry);
        facts.atPmd(mm, vma, address >>> Geometry.PAGE_SHIFT, head + tables.pteIndex(address), unshare);
        if (decisions.proof(facts) == ExclusivityProof.NOTHING) {
            tables.unlockPmd(pmdTable);
            return FaultResult.FALLBACK;
        }
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            frames.get(head);
            tables.unlockPmd(pmdTable);
            sync.lock(LockClass.FOLIO_LOCK, head);
            tables.lockPmd(pmdTable);
            boolean same = tables.pmd(root, address) == entry;
            if (!same) {
                tables.unlockPmd(pmdTable);
                sync.unlock(LockClass.FOLIO_LOCK, head);
            }
            folios.put(head, 1);
            if (!same) {
                return FaultResult.LOST;
            }
        }
        boolean exclusive = frames.test(head, Frames.ANON_EXCLUSIVE) || hasNoOtherReference(head);
        if (exclusive && !frames.test(head, Frames.ANON_EXCLUSIVE)) {
            rmap.moveAnon(head, vma);
            frames.setFlags(head, Frames.ANON_EXCLUSIVE);
        }
        sync.unlock(LockClass.FOLIO_LOCK, head);
        if (!exclusive) {
            tables.unlockPmd(pmdTable);
            return FaultResult.FALLBACK;
        }
        return FaultResult.DONE;
    }

    private boolean hasNoOtherReference(int head) {
        boolean cached = frames.test(head, Frames.SWAPCACHE);
        if (frames.refcount(head) > 1 + (cached ? frames.pages(head) : 0)) {
            return false;
        }
        if (cached) {
            swap.tryFreeSwap(head);
        }
        return frames.refcount(head) == 1;
    }
}
