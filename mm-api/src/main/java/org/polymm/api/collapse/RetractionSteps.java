package org.polymm.api.collapse;

import org.polymm.api.ScanResult;

/**
 * The steps a {@link CollapsePolicy.Retraction} procedure is made of.
 *
 * <p>Every method that locks, reads or clears is a scheduling point: other tasks may run before it takes effect. Reads without the lock
 * that protects what is read are <em>racy</em>, and that is the point. Methods about a mapping may be called between a successful
 * {@link #nextMapping()} and the next one.
 *
 * <p>The protocol. Whoever breaks it is a faulty policy and reported as such:
 *
 * <ul>
 *   <li>locks are taken in the order i_mmap_rwsem, PMD lock, page-table lock, and released before the procedure returns; the mmap_lock
 *       ranks before i_mmap_rwsem and so can only be tried for; nothing is released that is not held;
 *   <li>{@link #startVmaWrite} needs the mmap_lock for writing, which {@link #unlockMmap} ends;
 *   <li>{@link #clearPmd} needs the PMD lock, and the page-table lock or the mmap_lock for writing;
 *   <li>a table is freed once, after it was cleared and before the next mapping;
 *   <li>{@link #installHugePmd} needs the PMD lock and a cleared entry.
 * </ul>
 *
 * <p>What a policy leaves out beyond that (a repeated check, a notifier) is its proposal, and its own risk. Open: methods may be added.
 */
public interface RetractionSteps {

    /** How a lock is taken. */
    enum LockMode {
        READ,
        WRITE
    }

    /** What a PMD entry is. Open: constants may be added. */
    enum PmdState {
        NONE,
        TABLE,
        HUGE,
        BAD
    }

    /**
     * Takes i_mmap_rwsem of the file, waiting for it.
     *
     * @param mode READ or WRITE
     */
    void lockMapping(LockMode mode);

    /** Releases i_mmap_rwsem. */
    void unlockMapping();

    /**
     * Goes to the next mapping of the collapsed range, or to the next deferred range. i_mmap_rwsem must be held, except in
     * {@link CollapsePolicy.Retraction#retryDeferred}.
     *
     * @return false after the last
     */
    boolean nextMapping();

    /** {@return whether khugepaged collapsed, rather than MADV_COLLAPSE} */
    boolean isKhugepaged();

    /** {@return whether this mapping is the one that MADV_COLLAPSE was called on} */
    boolean isTarget();

    /** {@return whether the range is PMD-aligned in this mapping and fits its VMA} */
    boolean fitsPmd();

    /** {@return whether the VMA has an anon_vma: racy} */
    boolean readHasAnonVma();

    /** {@return whether the VMA is registered for userfaultfd write-protect: racy} */
    boolean readUffdWriteProtect();

    /** {@return whether the VMA ever had guard regions: racy} */
    boolean readGuardRegions();

    /** {@return whether the address space is being torn down: racy} */
    boolean readMmExiting();

    /** {@return the PMD entry: racy without the PMD lock} */
    PmdState readPmd();

    /**
     * Tries to take the mmap_lock of this mapping's address space.
     *
     * @param mode READ or WRITE
     * @return whether it was taken
     */
    boolean tryLockMmap(LockMode mode);

    /** Releases the mmap_lock. */
    void unlockMmap();

    /**
     * Excludes per-VMA-lock readers of the VMA until the mmap_lock, which must be held for writing, is released. Does not wait for readers
     * that there are: some of them may be waiting for the huge folio.
     *
     * @return whether they are excluded
     */
    boolean startVmaWrite();

    /** Tells MMU notifiers that the range is about to change. */
    void startNotifier();

    /** Tells MMU notifiers that the range has changed. */
    void endNotifier();

    /** Takes the PMD lock. */
    void lockPmd();

    /** Releases the PMD lock. */
    void unlockPmd();

    /** Takes the page-table lock of the table that the PMD entry was last read to be; nested if the PMD lock is held. */
    void lockTable();

    /** Releases the page-table lock. */
    void unlockTable();

    /** {@return whether every entry of the table is empty: costs a look at each; racy without the page-table lock} */
    boolean isTableEmpty();

    /**
     * Clears the PMD entry and flushes the TLB. Under {@code safety=enforce} the engine refuses while the table holds a live entry or a
     * marker.
     *
     * @return whether the entry was cleared
     */
    boolean clearPmd();

    /** Frees the cleared table when no lockless walker can still be reading it. */
    void freeTableDeferred();

    /** Frees the cleared table at once. */
    void freeTableNow();

    /** Maps the huge folio by a PMD entry in place of the cleared table. */
    void installHugePmd();

    /** Remembers this range for {@link CollapsePolicy.Retraction#retryDeferred}. */
    void deferRetry();

    /**
     * Says what became of the mapping that MADV_COLLAPSE was called on, and that nothing remains to be done there. Without it the engine
     * collapses the target's PTE-mapped range itself when the procedure has returned, as mainline does since 6.6.
     *
     * @param result the outcome, from which MADV_COLLAPSE's errno follows
     */
    void reportTarget(ScanResult result);
}
