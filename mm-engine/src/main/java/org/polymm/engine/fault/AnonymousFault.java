package org.polymm.engine.fault;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.AnonFaultFacts;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Fills anonymous memory that nothing is mapped in: {@code do_anonymous_page} and {@code alloc_anon_folio}.
 *
 * <pre>
 *    write:  orders the policy wants, that fit, and whose aligned range is empty      looked at without the page-table lock
 *            allocate the largest that can be had                                      no lock, may reclaim
 *            still empty? map it                                                       under the page-table lock
 *    read:   the shared zero page, or the huge one
 * </pre>
 */
final class AnonymousFault {

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Frames frames;
    private final Folios folios;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Decisions decisions;
    private final AnonFaultFacts facts;
    private final RmapAccounting rmap;
    private final UserfaultEvents userfault;
    private final EventLog events;
    private final FaultLocks locks;
    private final LargeFolioAllocation large;
    private final HugeAnonymousFault huge;
    private final int pmdOrder;

    AnonymousFault(FaultParts parts, FaultLocks locks, LargeFolioAllocation large, HugeAnonymousFault huge) {
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        vmstat = parts.memory().vmstat();
        mthp = parts.memory().mthp();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        decisions = parts.policies().decisions();
        facts = parts.policies().anonFault();
        rmap = parts.mappings().rmap();
        userfault = parts.userfault();
        events = parts.events();
        pmdOrder = parts.geometry().pmdOrder();
        this.locks = locks;
        this.large = large;
        this.huge = huge;
    }

    /**
     * Handles a fault on an empty entry.
     *
     * @param original what the entry was when it was looked at: none, or a userfaultfd marker
     * @param pmdIsNone whether the PMD entry was none
     */
    int fault(int mm, int vma, int root, long address, int flags, long original, boolean pmdIsNone) {
        if (vmas.has(vma, VmFlags.VM_SHARED)) {
            return FaultResult.SIGBUS;
        }
        OrderSet orders = OrderSet.NONE;
        if (pmdIsNone && largestFit(vma, address, pmdOrder) == pmdOrder) {
            orders = askOrders(AnonFaultKind.FIRST_TOUCH, mm, vma, address, pmdOrder);
            if (orders.contains(pmdOrder)) {
                int result = huge.fault(mm, vma, root, address, flags);
                if (result != FaultResult.FALLBACK) {
                    return result;
                }
                orders = afterHugeFailed(mm, vma, address, flags, orders);
            }
        }
        if (tables.leafAlloc(root, address) == 0) {
            return FaultResult.DONE;
        }
        if ((flags & FaultFlags.WRITE) == 0) {
            return mapZeroPage(mm, vma, root, address, flags, original);
        }
        int prepared = locks.prepareAnonVma(mm, vma, flags);
        if (prepared != FaultResult.DONE) {
            return prepared;
        }
        if (orders == OrderSet.NONE) {
            orders = askOrders(AnonFaultKind.FIRST_TOUCH, mm, vma, address, pmdOrder - 1);
        }
        if (orders.highest() > 0) {
            int result = mapLarge(AnonFaultKind.FIRST_TOUCH, mm, vma, root, address, original, orders);
            if (result != FaultResult.FALLBACK) {
                return result;
            }
        }
        return mapBasePage(mm, vma, root, address, flags, original);
    }

    /**
     * Handles a write to an entry that maps the shared zero page, if the policy treats such entries as empty.
     *
     * @param original the entry
     * @return FALLBACK if the one page is to be copied, as mainline does
     */
    int replaceZeroPage(int mm, int vma, int root, long address, int flags, long original) {
        facts.at(AnonFaultKind.ZERO_PAGE_WRITE, mm, vma, address >>> Geometry.PAGE_SHIFT, OrderSet.BASE_PAGE.mask());
        if (decisions.unpopulated(facts) != Unpopulated.NONE_OR_ZERO_PAGE) {
            return FaultResult.FALLBACK;
        }
        OrderSet orders = askOrders(AnonFaultKind.ZERO_PAGE_WRITE, mm, vma, address, pmdOrder - 1);
        if (orders.highest() == 0) {
            return FaultResult.FALLBACK;
        }
        int prepared = locks.prepareAnonVma(mm, vma, flags);
        return prepared != FaultResult.DONE
                ? prepared
                : mapLarge(AnonFaultKind.ZERO_PAGE_WRITE, mm, vma, root, address, original, orders);
    }

    // ---- orders

    private OrderSet askOrders(AnonFaultKind kind, int mm, int vma, long address, int most) {
        return decisions.orders(describe(kind, mm, vma, address, most));
    }

    private AnonFaultFacts describe(AnonFaultKind kind, int mm, int vma, long address, int most) {
        int fit = largestFit(vma, address, most);
        int mask = fit < 2 ? 1 : (2 << fit) - 1 & ~2;
        if (fit == pmdOrder && vmas.has(vma, VmFlags.VM_UFFD_FLAGS)) {
            mask = 1 << pmdOrder | 1;
        }
        return facts.at(kind, mm, vma, address >>> Geometry.PAGE_SHIFT, mask);
    }

    /**
     * The largest order whose aligned range around an address lies in the VMA. Where userfaultfd is armed, only that of a PMD mapping may be
     * large: the fault of a large folio among page-table entries would hide faults of single pages.
     */
    private int largestFit(int vma, long address, int most) {
        long start = vmas.start(vma);
        long end = vmas.end(vma);
        for (int order = most; order > 1; order--) {
            long first = address & -(PAGE << order);
            if (first >= start && first + (PAGE << order) <= end) {
                return order == pmdOrder || !vmas.has(vma, VmFlags.VM_UFFD_FLAGS) ? order : 0;
            }
        }
        return 0;
    }

    private OrderSet afterHugeFailed(int mm, int vma, long address, int flags, OrderSet orders) {
        OrderSet below = orders.below(pmdOrder);
        return (flags & FaultFlags.WRITE) == 0
                ? below
                : decisions.afterAllocationFailure(
                        describe(AnonFaultKind.FIRST_TOUCH, mm, vma, address, pmdOrder), pmdOrder, below);
    }

    // ---- one page

    private int mapZeroPage(int mm, int vma, int root, long address, int flags, long original) {
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            return FaultResult.DONE;
        }
        tables.writePoints(leaf, address, 1);
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        if (row[index] != original) {
            tables.unlockLeaf(leaf);
            return FaultResult.DONE;
        }
        if (vmas.has(vma, VmFlags.VM_UFFD_MISSING)) {
            tables.unlockLeaf(leaf);
            return userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.MISSING);
        }
        row[index] = Pte.present(
                Frames.ZERO_PFN,
                keepingUffdWp(PageProtection.ofPrivate(vmas.flags(vma)) | Pte.SPECIAL | Pte.ACCESSED, original));
        tables.unlockLeaf(leaf);
        vmstat.did(Work.ZERO_PAGES_MAPPED, 1);
        events.record(EventKind.ZERO_PAGE, mm, address, 0);
        return FaultResult.DONE;
    }

    private int mapBasePage(int mm, int vma, int root, long address, int flags, long original) {
        int pfn = folios.allocAnon(0);
        if (pfn == 0) {
            return FaultResult.OOM;
        }
        // As in the kernel, before the lock: what keeps the VMA as it is must be held by now.
        long bits = writtenBits(vmas.flags(vma));
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            folios.put(pfn, 1);
            return FaultResult.DONE;
        }
        tables.writePoints(leaf, address, 1);
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        if (row[index] != original || vmas.has(vma, VmFlags.VM_UFFD_MISSING)) {
            return giveBackBasePage(mm, vma, leaf, pfn, address, flags, row[index] == original);
        }
        mms.addRssAnon(mm, 1);
        rmap.addNewAnon(pfn, vma, address);
        rmap.addNewToLru(pfn, vma, address, MappingLevel.PTE);
        row[index] = Pte.present(pfn, keepingUffdWp(bits, original));
        tables.unlockLeaf(leaf);
        vmstat.did(Work.ZEROED_PAGES, 1);
        vmstat.did(Work.ANON_FOLIOS, 1);
        return FaultResult.DONE;
    }

    private int giveBackBasePage(int mm, int vma, int leaf, int pfn, long address, int flags, boolean isMissing) {
        tables.unlockLeaf(leaf);
        folios.put(pfn, 1);
        return isMissing ? userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.MISSING) : FaultResult.DONE;
    }

    /** The bits of an entry through which a new anonymous page is about to be written, as far as the VMA allows it. */
    static long writtenBits(long vmFlags) {
        long bits = PageProtection.ofPrivate(vmFlags) | Pte.ACCESSED;
        return (vmFlags & VmFlags.VM_WRITE) != 0 ? bits | Pte.WRITE | Pte.DIRTY : bits;
    }

    /** The bits of an entry, write-protected where a marker kept that for userfaultfd. */
    static long keepingUffdWp(long bits, long original) {
        return Pte.isUffdWp(original) ? bits & ~Pte.WRITE | Pte.UFFD_WP : bits;
    }

    // ---- several pages

    /**
     * Tries large orders, highest first.
     *
     * @return FALLBACK if a base page is to be tried
     */
    private int mapLarge(
            AnonFaultKind kind, int mm, int vma, int root, long address, long original, OrderSet candidates) {
        boolean zeroIsEmpty =
                decisions.unpopulated(describe(kind, mm, vma, address, pmdOrder - 1)) == Unpopulated.NONE_OR_ZERO_PAGE;
        OrderSet orders = large.startingWithEmpty(root, address, candidates, zeroIsEmpty);
        while (orders.highest() > 0) {
            int order = orders.highest();
            int head = large.allocate(vma, order);
            if (head == 0) {
                mthp.increment(MthpStat.ANON_FAULT_FALLBACK, order);
                orders = decisions.afterAllocationFailure(
                        describe(kind, mm, vma, address, pmdOrder - 1), order, orders.below(order));
                continue;
            }
            int result = mapIfEmpty(mm, vma, root, address, head, order, zeroIsEmpty);
            if (result != FaultResult.LOST) {
                return result;
            }
            RaceDecision race = decisions.afterLostRace(describe(kind, mm, vma, address, pmdOrder - 1), order);
            if (race == RaceDecision.RELEASE || tables.peek(root, address) != original) {
                return FaultResult.DONE;
            }
            orders = race == RaceDecision.RETRY_BASE_PAGE
                    ? OrderSet.BASE_PAGE
                    : large.startingWithEmpty(root, address, orders.below(order), zeroIsEmpty);
        }
        return FaultResult.FALLBACK;
    }

    private int mapIfEmpty(int mm, int vma, int root, long address, int head, int order, boolean zeroIsEmpty) {
        long first = address & -(PAGE << order);
        int pages = 1 << order;
        long bits = writtenBits(vmas.flags(vma));
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            folios.put(head, 1);
            return FaultResult.DONE;
        }
        tables.writePoints(leaf, first, pages);
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(first);
        if (!LargeFolioAllocation.isEmpty(row, index, pages, zeroIsEmpty)) {
            tables.unlockLeaf(leaf);
            folios.put(head, 1);
            return FaultResult.LOST;
        }
        frames.addRefs(head, pages - 1);
        mms.addRssAnon(mm, pages);
        mthp.increment(MthpStat.ANON_FAULT_ALLOC, order);
        rmap.addNewAnon(head, vma, first);
        rmap.addNewToLru(head, vma, first, MappingLevel.PTE);
        fill(row, index, pages, Pte.present(head, bits));
        tables.unlockLeaf(leaf);
        vmstat.did(Work.ZEROED_PAGES, pages);
        vmstat.did(Work.ANON_FOLIOS, 1);
        return FaultResult.DONE;
    }

    /** Maps consecutive pages by consecutive entries: {@code set_ptes}. */
    static void fill(long[] row, int index, int pages, long first) {
        for (int i = 0; i < pages; i++) {
            row[index + i] = first + i * Pte.NEXT_PAGE;
        }
    }
}
