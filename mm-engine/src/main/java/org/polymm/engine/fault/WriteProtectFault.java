package org.polymm.engine.fault;

import org.polymm.api.PageSpan;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.FolioCuts;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.policy.WriteFaultFacts;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Writes to a page that is mapped read-only: {@code do_wp_page}.
 *
 * <pre>
 *    userfaultfd protects it ----------------------------------------&gt; report
 *    shared mapping --------------------------------------------------&gt; the file's business, never a copy
 *    anonymous, exclusive or proved so -------------------------------&gt; reuse: writable, and as many neighbours as the policy says
 *    else (maybe shared, a private file page, the zero page) ---------&gt; copy: one page, or as far as the policy says
 * </pre>
 *
 * An unshare fault is the same for a pin: the page becomes exclusive and stays read-only.
 */
final class WriteProtectFault {

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Decisions decisions;
    private final WriteFaultFacts facts;
    private final RmapAccounting rmap;
    private final FolioCuts cuts;
    private final RssAccounting rss;
    private final UserfaultEvents userfault;
    private final EventLog events;
    private final FaultLocks locks;
    private final ReuseProof proof;
    private final WideCopy wide;
    private final AnonymousFault anonymous;
    private final FileFault file;

    WriteProtectFault(
            FaultParts parts,
            FaultLocks locks,
            ReuseProof proof,
            WideCopy wide,
            AnonymousFault anonymous,
            FileFault file) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        contents = parts.memory().contents();
        vmstat = parts.memory().vmstat();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        decisions = parts.policies().decisions();
        facts = parts.policies().writeFault();
        rmap = parts.mappings().rmap();
        cuts = parts.mappings().cuts();
        rss = parts.mappings().rss();
        userfault = parts.userfault();
        events = parts.events();
        this.locks = locks;
        this.proof = proof;
        this.wide = wide;
        this.anonymous = anonymous;
        this.file = file;
    }

    /**
     * Handles a write or an unshare fault.
     *
     * @param leaf the leaf table; its lock is held, and is not when this returns
     * @param entry the entry, present and not writable
     */
    int fault(int mm, int vma, int root, int leaf, long address, int flags, long entry) {
        long vmFlags = vmas.flags(vma);
        if ((flags & FaultFlags.UNSHARE) == 0 && (entry & Pte.UFFD_WP) != 0 && (vmFlags & VmFlags.VM_UFFD_WP) != 0) {
            return protectedByUserfault(mm, vma, root, leaf, address, flags, entry);
        }
        if ((vmFlags & (VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE)) != 0) {
            return file.writeShared(mm, vma, root, leaf, address, entry);
        }
        if (Pte.isZeroPage(entry)) {
            tables.unlockLeaf(leaf);
            return copyZeroPage(mm, vma, root, address, flags, entry);
        }
        int page = Pte.pfn(entry);
        int pageFlags = frames.flags(page);
        int head = page & -1 << (pageFlags & Frames.ORDER_MASK);
        int headFlags = head == page ? pageFlags : frames.flags(head);
        if ((headFlags & Frames.ANON) == 0) {
            return copyUnlocking(mm, vma, root, leaf, address, flags, entry, page, head);
        }
        if ((pageFlags & Frames.ANON_EXCLUSIVE) != 0) {
            return reuse(mm, vma, leaf, address, flags, entry, page, head, false);
        }
        boolean isLarge = (headFlags & Frames.ORDER_MASK) != 0;
        return sharedPage(mm, vma, root, leaf, address, flags, entry, page, head, isLarge);
    }

    private int protectedByUserfault(int mm, int vma, int root, int leaf, long address, int flags, long entry) {
        if (!userfault.isWpAsync(vma)) {
            tables.unlockLeaf(leaf);
            return userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.WRITE_PROTECT);
        }
        long unprotected = entry & ~Pte.UFFD_WP;
        tables.row(leaf)[tables.pteIndex(address)] = unprotected;
        return fault(mm, vma, root, leaf, address, flags, unprotected);
    }

    /** An anonymous page that is not marked exclusive: reused if that can be proved, else copied. */
    private int sharedPage(
            int mm,
            int vma,
            int root,
            int leaf,
            long address,
            int flags,
            long entry,
            int page,
            int head,
            boolean isLarge) {
        sync.point(Point.READ_COUNT, head);
        describe(mm, vma, leaf, address, flags, page, head);
        if (proof.holds(mm, vma, leaf, address, page, head, isLarge)) {
            return reuse(mm, vma, leaf, address, flags, entry, page, head, true);
        }
        if (isLarge) {
            long span = decisions.copyExtent(describe(mm, vma, leaf, address, flags, page, head));
            if (span != PageSpan.ONE_PAGE && wide.isAllowed(page, span)) {
                int result = wide.copy(mm, vma, root, leaf, address, flags, entry, page, span);
                return result == FaultResult.FALLBACK
                        ? copyHoldingReference(mm, vma, root, address, flags, entry, page, head)
                        : result;
            }
        }
        return copyUnlocking(mm, vma, root, leaf, address, flags, entry, page, head);
    }

    /** Fills in the facts. To be done before each question: other tasks may have used them since the last. */
    private WriteFaultFacts describe(int mm, int vma, int leaf, long address, int flags, int page, int head) {
        boolean unshare = (flags & FaultFlags.UNSHARE) != 0;
        return facts.atPte(mm, vma, address >>> Geometry.PAGE_SHIFT, page, head, tables.row(leaf), unshare);
    }

    // ---- reuse

    /** Makes the page, and the neighbours that the policy names, exclusive and writable. Drops the page-table lock. */
    private int reuse(
            int mm, int vma, int leaf, long address, int flags, long entry, int page, int head, boolean proven) {
        boolean unshare = (flags & FaultFlags.UNSHARE) != 0;
        long write = unshare ? 0 : PageProtection.writeBit(vmas.flags(vma));
        if (proven) {
            frames.setFlags(page, Frames.ANON_EXCLUSIVE);
        }
        if (!unshare) {
            tables.row(leaf)[tables.pteIndex(address)] = entry | Pte.ACCESSED | Pte.DIRTY | write;
            vmstat.increment(VmstatItem.PGREUSE);
        }
        if (frames.isLarge(head)) {
            describe(mm, vma, leaf, address, flags, page, head).setProven(proven);
            long span = decisions.reuseExtent(facts);
            if (span != PageSpan.ONE_PAGE && isReuseAllowed(page, span, proven)) {
                reuseNeighbours(tables.row(leaf), tables.pteIndex(address), page, span, write);
            }
        }
        tables.unlockLeaf(leaf);
        events.record(unshare ? EventKind.UNSHARE : EventKind.COW_REUSE, mm, address, page);
        return FaultResult.DONE;
    }

    /** Whether each page of a span is exclusive or proved so; else whether the decision is carried out all the same. */
    private boolean isReuseAllowed(int page, long span, boolean proven) {
        if (proven) {
            return true;
        }
        for (int offset = PageSpan.first(span); offset < PageSpan.end(span); offset++) {
            if (!frames.test(page + offset, Frames.ANON_EXCLUSIVE)) {
                return !decisions.refuses(SafetyRule.REUSE_WITHOUT_PROOF);
            }
        }
        return true;
    }

    private void reuseNeighbours(long[] row, int index, int page, long span, long write) {
        for (int offset = PageSpan.first(span); offset < PageSpan.end(span); offset++) {
            frames.setFlags(page + offset, Frames.ANON_EXCLUSIVE);
            if (offset != 0 && (row[index + offset] & Pte.UFFD_WP) == 0) {
                row[index + offset] |= write;
            }
        }
    }

    // ---- copy

    private int copyUnlocking(
            int mm, int vma, int root, int leaf, long address, int flags, long entry, int page, int head) {
        frames.get(head);
        tables.unlockLeaf(leaf);
        return copyHoldingReference(mm, vma, root, address, flags, entry, page, head);
    }

    /** Copies one page: {@code wp_page_copy}. A reference to the old folio is held, and given up. */
    private int copyHoldingReference(
            int mm, int vma, int root, long address, int flags, long entry, int page, int head) {
        int headFlags = frames.flags(head);
        if ((headFlags & Frames.KSM) != 0) {
            vmstat.increment(VmstatItem.COW_KSM);
        }
        int prepared = locks.prepareAnonVma(mm, vma, flags);
        if (prepared != FaultResult.DONE) {
            folios.put(head, 1);
            return prepared;
        }
        int copy = folios.allocAnon(0);
        if (copy == 0) {
            folios.put(head, 1);
            return FaultResult.OOM;
        }
        contents.copy(page, copy, 1);
        int leaf = tables.lockLeaf(root, address);
        tables.writePoints(leaf, address, 1);
        if (leaf == 0 || tables.row(leaf)[tables.pteIndex(address)] != entry) {
            giveBack(leaf, copy);
            folios.put(head, 1);
            return FaultResult.DONE;
        }
        if ((headFlags & Frames.ANON) == 0) {
            rss.add(mm, head, -1);
            mms.addRssAnon(mm, 1);
        }
        install(vma, leaf, address, flags, entry, copy);
        boolean partially = rmap.remove(page, 1, vma, address);
        tables.unlockLeaf(leaf);
        if (partially) {
            cuts.askAndDefer(BoundaryKind.RMAP_REMOVAL, BoundaryCause.FAULT, vma, head, address, true);
        }
        if (frames.test(head, Frames.SWAPCACHE)) {
            proof.freeSwapOf(head);
        }
        sync.point(Point.WRITE_COUNT, head);
        folios.put(head, 2);
        vmstat.did(Work.COW_COPIES, 1);
        vmstat.did(Work.COPIED_PAGES, 1);
        events.record(EventKind.COW_COPY, mm, address, copy);
        return FaultResult.DONE;
    }

    private int copyZeroPage(int mm, int vma, int root, long address, int flags, long entry) {
        if ((flags & FaultFlags.UNSHARE) == 0) {
            int replaced = anonymous.replaceZeroPage(mm, vma, root, address, flags, entry);
            if (replaced != FaultResult.FALLBACK) {
                return replaced;
            }
        }
        int prepared = locks.prepareAnonVma(mm, vma, flags);
        if (prepared != FaultResult.DONE) {
            return prepared;
        }
        int copy = folios.allocAnon(0);
        if (copy == 0) {
            return FaultResult.OOM;
        }
        int leaf = tables.lockLeaf(root, address);
        tables.writePoints(leaf, address, 1);
        if (leaf == 0 || tables.row(leaf)[tables.pteIndex(address)] != entry) {
            giveBack(leaf, copy);
            return FaultResult.DONE;
        }
        mms.addRssAnon(mm, 1);
        install(vma, leaf, address, flags, entry, copy);
        tables.unlockLeaf(leaf);
        vmstat.did(Work.COW_COPIES, 1);
        vmstat.did(Work.ZEROED_PAGES, 1);
        events.record(EventKind.COW_COPY, mm, address, copy);
        return FaultResult.DONE;
    }

    /** Maps a copy in place of the old page, which is unmapped by the caller afterwards. */
    private void install(int vma, int leaf, long address, int flags, long entry, int copy) {
        rmap.addNewAnon(copy, vma, address);
        rmap.addNewToLru(copy, vma, address, MappingLevel.PTE);
        long vmFlags = vmas.flags(vma);
        long bits = (flags & FaultFlags.UNSHARE) != 0
                ? PageProtection.ofPrivate(vmFlags) | Pte.ACCESSED | entry & (Pte.UFFD_WP | Pte.SOFT_DIRTY)
                : PageProtection.ofPrivate(vmFlags) | Pte.ACCESSED | Pte.DIRTY | PageProtection.writeBit(vmFlags);
        tables.row(leaf)[tables.pteIndex(address)] = Pte.present(copy, bits);
    }

    private void giveBack(int leaf, int copy) {
        if (leaf != 0) {
            tables.unlockLeaf(leaf);
        }
        folios.put(copy, 1);
    }
}
