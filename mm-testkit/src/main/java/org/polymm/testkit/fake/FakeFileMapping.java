package org.polymm.testkit.fake;

import org.jspecify.annotations.Nullable;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * One process's mapping of a file range that was just collapsed: an empty page table, no anon_vma, no userfaultfd,
 * unless said otherwise.
 *
 * <p>The setters arrange the mapping before a procedure runs. The methods named after what another task does ({@link
 * #registerUffdWriteProtect}, {@link #placeMarker}, ...) act in the middle of one, from a {@link
 * FakeRetractionSteps.Racer}: each happens only if the locks that it needs are not held by the procedure, and says
 * whether it did. The lock of the huge folio, which the collapse holds throughout, keeps ordinary faults out.
 */
public final class FakeFileMapping {

    private boolean fitsPmd = true;
    private boolean target;
    private boolean anonVma;
    private boolean uffdWriteProtect;
    private boolean guardRegions;
    private boolean guardBit;
    private boolean exiting;
    private boolean mmapLockBusy;
    private boolean notifierUser;
    private PmdState pmd = PmdState.TABLE;
    private int pages;
    private int markers;

    // What the procedure holds and has done here; kept by FakeRetractionSteps.
    @Nullable
    LockMode mmapLock;

    boolean vmaWriteLocked;
    boolean pmdLocked;
    boolean tableLocked;
    boolean inNotifier;
    boolean wasNotified;
    boolean cleared;
    boolean freed;
    boolean hugeInstalled;
    boolean deferred;

    /** Makes the plainest of its kind. */
    public FakeFileMapping() {}

    /**
     * Says whether the range is PMD-aligned here and fits the VMA.
     *
     * @param fitsPmd the fact
     * @return this
     */
    public FakeFileMapping fitsPmd(boolean fitsPmd) {
        this.fitsPmd = fitsPmd;
        return this;
    }

    /**
     * Says whether MADV_COLLAPSE was called on this mapping.
     *
     * @param target the fact
     * @return this
     */
    public FakeFileMapping target(boolean target) {
        this.target = target;
        return this;
    }

    /**
     * Says whether the VMA has an anon_vma.
     *
     * @param anonVma the fact
     * @return this
     */
    public FakeFileMapping anonVma(boolean anonVma) {
        this.anonVma = anonVma;
        return this;
    }

    /**
     * Says whether userfaultfd write-protection is registered.
     *
     * @param uffdWriteProtect the fact
     * @return this
     */
    public FakeFileMapping uffdWriteProtect(boolean uffdWriteProtect) {
        this.uffdWriteProtect = uffdWriteProtect;
        return this;
    }

    /**
     * Says how this kernel remembers guard regions: by a sticky bit of the VMA (7.0), or by an anon_vma (6.13 to 6.18).
     *
     * @param guardBit true for the sticky bit
     * @return this
     */
    public FakeFileMapping guardBit(boolean guardBit) {
        this.guardBit = guardBit;
        return this;
    }

    /**
     * Says whether the address space is being torn down.
     *
     * @param exiting the fact
     * @return this
     */
    public FakeFileMapping exiting(boolean exiting) {
        this.exiting = exiting;
        return this;
    }

    /**
     * Says whether somebody holds the mmap_lock, for reading, so that trying to take it for writing fails.
     *
     * @param mmapLockBusy the fact
     * @return this
     */
    public FakeFileMapping mmapLockBusy(boolean mmapLockBusy) {
        this.mmapLockBusy = mmapLockBusy;
        return this;
    }

    /**
     * Says whether an MMU notifier, such as that of an IOMMU, keeps copies of page-table addresses.
     *
     * @param notifierUser the fact
     * @return this
     */
    public FakeFileMapping notifierUser(boolean notifierUser) {
        this.notifierUser = notifierUser;
        return this;
    }

    /**
     * Sets what the PMD entry is.
     *
     * @param pmd the state
     * @return this
     */
    public FakeFileMapping pmd(PmdState pmd) {
        this.pmd = pmd;
        return this;
    }

    /**
     * Puts entries into the table.
     *
     * @param pages how many map anonymous pages
     * @param markers how many are markers
     * @return this
     */
    public FakeFileMapping table(int pages, int markers) {
        this.pages = pages;
        this.markers = markers;
        return this;
    }

    /** {@return whether the table was cleared from the PMD entry} */
    public boolean wasCleared() {
        return cleared;
    }

    /** {@return whether the cleared table was freed} */
    public boolean wasFreed() {
        return freed;
    }

    /** {@return whether the huge folio was mapped in place of the table} */
    public boolean wasMappedHuge() {
        return hugeInstalled;
    }

    /** {@return whether a retry was asked for} */
    public boolean wasDeferred() {
        return deferred;
    }

    /** {@return how many markers the table holds} */
    public int markers() {
        return markers;
    }

    /** {@return how many anonymous pages the table maps} */
    public int pages() {
        return pages;
    }

    // ---- what other tasks do ----

    /**
     * Another task registers the VMA for userfaultfd write-protection, which takes the mmap_lock for writing.
     *
     * @return whether it could
     */
    public boolean registerUffdWriteProtect() {
        if (mmapLock != null || vmaWriteLocked) {
            return false;
        }
        uffdWriteProtect = true;
        return true;
    }

    /**
     * Another task write-protects a page that is not mapped, which leaves a marker: mmap_lock for reading and the
     * page-table lock, in a VMA registered for it.
     *
     * @return whether it could
     */
    public boolean placeMarker() {
        if (!uffdWriteProtect || !canChangeTable()) {
            return false;
        }
        markers++;
        return true;
    }

    /**
     * Another task prepares an anon_vma for a page it is about to copy into a private mapping: mmap_lock for reading,
     * or the VMA's own lock.
     *
     * @return whether it could
     */
    public boolean prepareAnonVma() {
        if (excludesReaders()) {
            return false;
        }
        anonVma = true;
        return true;
    }

    /**
     * Another task installs an anonymous page by UFFDIO_COPY, once the anon_vma is there: the page-table lock besides.
     *
     * @return whether it could
     */
    public boolean placeAnonPage() {
        if (!anonVma || !canChangeTable()) {
            return false;
        }
        pages++;
        return true;
    }

    /**
     * Another task says that guard regions will be installed: by the VMA's sticky bit, or by an anon_vma.
     *
     * @return whether it could
     */
    public boolean announceGuardRegion() {
        if (excludesReaders()) {
            return false;
        }
        guardRegions = true;
        if (!guardBit) {
            anonVma = true;
        }
        return true;
    }

    /**
     * Another task installs a guard marker, once announced.
     *
     * @return whether it could
     */
    public boolean placeGuardMarker() {
        if (!guardRegions || !canChangeTable()) {
            return false;
        }
        markers++;
        return true;
    }

    /**
     * Another task frees the page table because it is empty.
     *
     * @return whether it could
     */
    public boolean freeEmptyTable() {
        if (pmd != PmdState.TABLE || pages + markers > 0 || pmdLocked || tableLocked || excludesReaders()) {
            return false;
        }
        pmd = PmdState.NONE;
        return true;
    }

    /**
     * Another task's fault, which then waits for the huge folio, leaves a new empty table.
     *
     * @return whether it could
     */
    public boolean allocateTable() {
        if (pmd != PmdState.NONE || pmdLocked || excludesReaders()) {
            return false;
        }
        pmd = PmdState.TABLE;
        return true;
    }

    /** The process begins to exit, which takes no lock that matters here. */
    public void beginExit() {
        exiting = true;
    }

    private boolean excludesReaders() {
        return mmapLock == LockMode.WRITE && vmaWriteLocked;
    }

    private boolean canChangeTable() {
        return pmd == PmdState.TABLE && !tableLocked && mmapLock != LockMode.WRITE;
    }

    // ---- for FakeRetractionSteps ----

    boolean fitsPmd() {
        return fitsPmd;
    }

    boolean isTarget() {
        return target;
    }

    boolean hasAnonVma() {
        return anonVma;
    }

    boolean isUffdWriteProtect() {
        return uffdWriteProtect;
    }

    boolean hadGuardRegions() {
        return guardBit && guardRegions;
    }

    boolean isExiting() {
        return exiting;
    }

    boolean hasNotifierUser() {
        return notifierUser;
    }

    PmdState pmd() {
        return pmd;
    }

    boolean tryLock(LockMode mode) {
        if (mode == LockMode.WRITE && mmapLockBusy) {
            return false;
        }
        mmapLock = mode;
        return true;
    }

    boolean holdsEntries() {
        return pages + markers > 0;
    }

    void clear() {
        pmd = PmdState.NONE;
        cleared = true;
        pages = 0;
        markers = 0;
    }

    void installHuge() {
        pmd = PmdState.HUGE;
        hugeInstalled = true;
    }
}
