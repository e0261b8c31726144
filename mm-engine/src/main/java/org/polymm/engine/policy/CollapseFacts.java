package org.polymm.engine.policy;

import org.polymm.api.OrderSet;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.plugin.Slot;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/** The facts of a range that could be collapsed: of anonymous memory, its page table locked, or of slots of the page cache. */
public final class CollapseFacts implements CollapseCandidate {

    private static final long[] NO_TABLE = new long[0];
    /** Orders 2 and up: an anonymous folio of order 1 does not exist. */
    private static final int SMALLER_ORDERS = -1 << 2;

    private final Frames frames;
    private final Folios folios;
    private final FolioMapcounts mapcounts;
    private final Sync sync;
    private final VmaFacts vma;
    private final ThpFacts thp;
    private final PolicyMemories memories;

    private int mm;
    private long page;
    private boolean forced;
    private boolean lastLook;
    private long[] table = NO_TABLE;
    private boolean cache;
    private int first;
    private int order;
    private OrderSet allowed = OrderSet.NONE;

    CollapseFacts(
            Frames frames,
            Folios folios,
            FolioMapcounts mapcounts,
            Sync sync,
            VmaFacts vma,
            ThpFacts thp,
            PolicyMemories memories) {
        this.frames = frames;
        this.folios = folios;
        this.mapcounts = mapcounts;
        this.sync = sync;
        this.vma = vma;
        this.thp = thp;
        this.memories = memories;
    }

    /**
     * Describes a range.
     *
     * @param newMm the address space
     * @param newVma the VMA
     * @param newPage the first page number of the range
     * @param leafTable the page table that maps it
     * @param isForced whether MADV_COLLAPSE asks
     * @return these facts
     */
    public CollapseFacts at(int newMm, int newVma, long newPage, long[] leafTable, boolean isForced) {
        mm = newMm;
        vma.at(newVma);
        page = newPage;
        table = leafTable;
        forced = isForced;
        lastLook = false;
        cache = false;
        first = 0;
        order = thp.pmdOrder();
        int smaller = (isForced ? -1 : thp.enabledOrders(vma).mask()) & SMALLER_ORDERS & (1 << order) - 1;
        allowed = OrderSet.ofMask(1 << order | smaller);
        return this;
    }

    /**
     * Says of the range or piece that was described last that its page table is out of its PMD entry.
     *
     * @return these facts
     */
    public CollapseFacts lastLook() {
        lastLook = true;
        return this;
    }

    /**
     * Describes a piece of the range that was described last.
     *
     * @param index its first entry, a multiple of its size
     * @param pieceOrder its order
     * @return these facts
     */
    public CollapseFacts piece(int index, int pieceOrder) {
        page += index;
        first = index;
        order = pieceOrder;
        allowed = OrderSet.of(pieceOrder);
        return this;
    }

    /**
     * Describes a block of a file.
     *
     * @param newMm the address space on whose behalf
     * @param newVma a VMA that shows the block
     * @param newPage the page number where it does
     * @param slots what the page cache holds, as entries of a page table would
     * @param isForced whether MADV_COLLAPSE asks
     * @return these facts
     */
    public CollapseFacts atCache(int newMm, int newVma, long newPage, long[] slots, boolean isForced) {
        at(newMm, newVma, newPage, slots, isForced);
        cache = true;
        allowed = OrderSet.of(order);
        return this;
    }

    @Override
    public boolean isForced() {
        return forced;
    }

    @Override
    public boolean isLastLook() {
        return lastLook;
    }

    @Override
    public VmaView vma() {
        return vma;
    }

    @Override
    public long page() {
        return page;
    }

    @Override
    public int entries() {
        return 1 << order;
    }

    @Override
    public ThpView thp() {
        return thp;
    }

    @Override
    public OrderSet allowedOrders() {
        return allowed;
    }

    @Override
    public EntryKind kind(int index) {
        long entry = table[first + index];
        if (Pte.isNone(entry)) {
            return EntryKind.NONE;
        }
        if (!Pte.isPresent(entry)) {
            return Pte.isSwap(entry) ? EntryKind.SWAP : Pte.isMigration(entry) ? EntryKind.MIGRATION : EntryKind.MARKER;
        }
        if (Pte.isZeroPage(entry)) {
            return EntryKind.ZERO_PAGE;
        }
        if (!Pte.isNormalPage(entry)) {
            return EntryKind.NO_PAGE;
        }
        int head = head(index);
        if (cache && frames.order(head) == thp.pmdOrder() && Pte.pfn(entry) == head + index) {
            return EntryKind.HUGE;
        }
        if (frames.test(head, Frames.KSM)) {
            return EntryKind.KSM;
        }
        return frames.test(head, Frames.ANON) ? EntryKind.ANON : EntryKind.FILE;
    }

    private int head(int index) {
        return frames.head(Pte.pfn(table[first + index]));
    }

    @Override
    public int folioOrder(int index) {
        return frames.order(head(index));
    }

    @Override
    public boolean isMaybeShared(int index) {
        return mapcounts.peekMaybeShared(head(index));
    }

    @Override
    public boolean isYoung(int index) {
        return (table[first + index] & Pte.ACCESSED) != 0 || frames.test(head(index), Frames.REFERENCED);
    }

    @Override
    public boolean isUffdWriteProtected(int index) {
        return Pte.isUffdWp(table[first + index]);
    }

    @Override
    public boolean isOnLru(int index) {
        return frames.test(head(index), Frames.LRU);
    }

    @Override
    public boolean isLocked(int index) {
        return sync.isHeldByAnyone(LockClass.FOLIO_LOCK, head(index));
    }

    @Override
    public boolean hasUnexpectedReferences(int index) {
        int head = head(index);
        return frames.refcount(head) != folios.expectedRefs(head);
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        int handle = switch (scope) {
            case VMA -> vma.handle();
            case MM -> mm;
            default -> 0;
        };
        return memories.row(Slot.COLLAPSE_CHOICE, scope, handle);
    }
}
