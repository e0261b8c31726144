package org.polymm.testkit.fake;

import java.util.Arrays;
import org.polymm.api.OrderSet;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/**
 * A range that khugepaged looks at: every entry a present page of its own, young, on the LRU, unlocked, unshared and
 * referenced by its mapping only, unless said otherwise.
 */
public final class FakeCandidate implements CollapseCandidate {

    private final VmaView vma;
    private final ThpView thp;
    private final EntryKind[] kinds;
    private final boolean[] shared;
    private final boolean[] old;
    private final boolean[] writeProtected;
    private final boolean[] offLru;
    private final boolean[] locked;
    private final boolean[] referenced;
    private final int[] folioOrders;
    private int entries;
    private OrderSet allowedOrders;
    private boolean forced;
    private boolean lastLook;
    private FakeMemory memory = new FakeMemory();

    private FakeCandidate(VmaView vma, ThpView thp) {
        this.vma = vma;
        this.thp = thp;
        this.entries = 1 << thp.pmdOrder();
        this.kinds = new EntryKind[entries];
        Arrays.fill(kinds, vma.isAnonymous() ? EntryKind.ANON : EntryKind.FILE);
        this.shared = new boolean[entries];
        this.old = new boolean[entries];
        this.writeProtected = new boolean[entries];
        this.offLru = new boolean[entries];
        this.locked = new boolean[entries];
        this.referenced = new boolean[entries];
        this.folioOrders = new int[entries];
        this.allowedOrders = OrderSet.of(thp.pmdOrder());
    }

    /**
     * A range at the beginning of a VMA.
     *
     * @param vma the VMA; a file's has slots of the page cache for entries
     * @param thp the settings, which say how many entries the range has
     * @return a new fake
     */
    public static FakeCandidate of(VmaView vma, ThpView thp) {
        return new FakeCandidate(vma, thp);
    }

    /**
     * Says whether MADV_COLLAPSE asks.
     *
     * @param forced the fact
     * @return this
     */
    public FakeCandidate forced(boolean forced) {
        this.forced = forced;
        return this;
    }

    /**
     * Says whether the page table is out of its PMD entry already.
     *
     * @param lastLook the fact
     * @return this
     */
    public FakeCandidate lastLook(boolean lastLook) {
        this.lastLook = lastLook;
        return this;
    }

    /**
     * Sets what may be collapsed to.
     *
     * @param allowedOrders the orders
     * @return this
     */
    public FakeCandidate allowedOrders(OrderSet allowedOrders) {
        this.allowedOrders = allowedOrders;
        return this;
    }

    /**
     * Makes some entries something else.
     *
     * @param first the first of them
     * @param count how many
     * @param kind what they are
     * @return this
     */
    public FakeCandidate entries(int first, int count, EntryKind kind) {
        Arrays.fill(kinds, first, first + count, kind);
        return this;
    }

    /**
     * Makes some entries' folios maybe shared.
     *
     * @param first the first of them
     * @param count how many
     * @return this
     */
    public FakeCandidate shared(int first, int count) {
        Arrays.fill(shared, first, first + count, true);
        return this;
    }

    /**
     * Makes some entries not accessed since the last look.
     *
     * @param first the first of them
     * @param count how many
     * @return this
     */
    public FakeCandidate old(int first, int count) {
        Arrays.fill(old, first, first + count, true);
        return this;
    }

    /**
     * Gives an entry the write-protect bit of userfaultfd.
     *
     * @param index the entry
     * @return this
     */
    public FakeCandidate writeProtected(int index) {
        writeProtected[index] = true;
        return this;
    }

    /**
     * Takes an entry's folio off the LRU.
     *
     * @param index the entry
     * @return this
     */
    public FakeCandidate offLru(int index) {
        offLru[index] = true;
        return this;
    }

    /**
     * Locks an entry's folio.
     *
     * @param index the entry
     * @return this
     */
    public FakeCandidate locked(int index) {
        locked[index] = true;
        return this;
    }

    /**
     * Gives an entry's folio a reference of somebody else.
     *
     * @param index the entry
     * @return this
     */
    public FakeCandidate referenced(int index) {
        referenced[index] = true;
        return this;
    }

    /**
     * Gives some entries a folio of some order.
     *
     * @param first the first of them
     * @param count how many
     * @param order the folio's order
     * @return this
     */
    public FakeCandidate folioOrder(int first, int count, int order) {
        Arrays.fill(folioOrders, first, first + count, order);
        return this;
    }

    /**
     * Makes this a piece of a range: the first entries alone.
     *
     * @param order the order of the piece, which is the one that is allowed
     * @return this
     */
    public FakeCandidate piece(int order) {
        entries = 1 << order;
        allowedOrders = OrderSet.of(order);
        return this;
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeCandidate memory(FakeMemory memory) {
        this.memory = memory;
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
        return vma.startPage();
    }

    @Override
    public int entries() {
        return entries;
    }

    @Override
    public ThpView thp() {
        return thp;
    }

    @Override
    public OrderSet allowedOrders() {
        return allowedOrders;
    }

    @Override
    public EntryKind kind(int index) {
        return kinds[index];
    }

    @Override
    public int folioOrder(int index) {
        return folioOrders[index];
    }

    @Override
    public boolean isMaybeShared(int index) {
        return shared[index];
    }

    @Override
    public boolean isYoung(int index) {
        return !old[index];
    }

    @Override
    public boolean isUffdWriteProtected(int index) {
        return writeProtected[index];
    }

    @Override
    public boolean isOnLru(int index) {
        return !offLru[index];
    }

    @Override
    public boolean isLocked(int index) {
        return locked[index];
    }

    @Override
    public boolean hasUnexpectedReferences(int index) {
        return referenced[index];
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memory.of(scope);
    }
}
