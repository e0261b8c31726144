package org.polymm.api.collapse;

import org.polymm.api.OrderSet;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/**
 * A PMD-sized range that khugepaged or MADV_COLLAPSE looks at; of anonymous memory its page-table entries, of file memory the slots of the
 * page cache. If the policy would rather have a smaller order of a range of anonymous memory, each aligned piece of that order is a candidate in
 * its turn, with fewer {@link #entries}; then the range is once more, for an order that is smaller still. Valid during the call. Open: methods may be added.
 */
public interface CollapseCandidate {

    /** {@return whether MADV_COLLAPSE asks, which obeys none of the khugepaged limits} */
    boolean isForced();

    /**
     * {@return whether this is the last look: the page table is out of its PMD entry, what was swapped out has been brought back, and the
     * range is collapsed if the policy still says so}
     */
    boolean isLastLook();

    /** {@return the VMA} */
    VmaView vma();

    /** {@return the first page number of the range} */
    long page();

    /** {@return how many entries the range has} */
    int entries();

    /** {@return the settings in force} */
    ThpView thp();

    /**
     * {@return the orders that may be collapsed to: of a range the PMD order and, of anonymous memory, smaller ones that are enabled for the
     * VMA (all, for MADV_COLLAPSE); of a piece its own}
     */
    OrderSet allowedOrders();

    /**
     * What an entry is.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return its kind
     */
    EntryKind kind(int index);

    /**
     * The order of the folio behind a present entry with an ordinary page.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return its order
     */
    int folioOrder(int index);

    /**
     * Tells whether a present entry's folio may be shared, by the mapcount scheme.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return whether it may be
     */
    boolean isMaybeShared(int index);

    /**
     * Tells whether a present entry was accessed since the last look.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return whether it is young
     */
    boolean isYoung(int index);

    /**
     * Tells whether the userfaultfd write-protect bit is set, in a present entry or a swap entry.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return whether it is
     */
    boolean isUffdWriteProtected(int index);

    /**
     * Tells whether a present entry's folio is on an LRU list.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return whether it is
     */
    boolean isOnLru(int index);

    /**
     * Tells whether a present entry's folio is locked.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return whether it is
     */
    boolean isLocked(int index);

    /**
     * Tells whether a present entry's folio has references beyond its mappings and caches.
     *
     * @param index from 0 to {@code entries() - 1}
     * @return whether it has
     */
    boolean hasUnexpectedReferences(int index);

    /**
     * The policy's memory.
     *
     * @param scope MACHINE, MM or VMA
     * @return the row
     */
    PolicyMemory memory(StateScope scope);

    /** What an entry of the range is. Open: constants may be added. */
    enum EntryKind {
        NONE,
        ZERO_PAGE,
        ANON,
        FILE,
        KSM,
        SWAP,
        MIGRATION,
        MARKER,
        /** A present entry without an ordinary page behind it. */
        NO_PAGE,
        /** A slot whose folio already is a huge folio at the right place. */
        HUGE
    }
}
