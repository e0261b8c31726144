package org.polymm.api.view;

/** A folio as the engine knows it. Valid during the call. Open: methods may be added. */
public interface FolioView {

    /** {@return the order: the folio has 2<sup>order</sup> base pages} */
    int order();

    /** {@return its size in base pages} */
    default int pages() {
        return 1 << order();
    }

    /** {@return whether it has more than one page} */
    default boolean isLarge() {
        return order() > 0;
    }

    /** {@return whether it is anonymous memory (KSM included)} */
    boolean isAnon();

    /** {@return whether it is a KSM page} */
    boolean isKsm();

    /** {@return whether PG_mlocked is set} */
    boolean isMlocked();

    /** {@return whether it is on the unevictable list} */
    boolean isUnevictable();

    /** {@return the reference count} */
    int refcount();

    /** {@return how many page-table entries map a part of it, over all address spaces; an entry at PMD level counts once} */
    int mapcount();

    /** {@return how many entries map it as a whole, at PMD level} */
    int entireMapcount();

    /**
     * The configured {@link org.polymm.api.mapcount.MapcountScheme}'s word on sharing; of a small folio, whether its mapcount
     * exceeds 1.
     *
     * @return false only if the folio is mapped by one address space at most
     */
    boolean maybeMappedShared();

    /** {@return whether it may be pinned: exact for large folios; for small ones also true after 1,024 plain references} */
    boolean maybePinned();

    /** {@return whether the folio was found partially mapped and flagged so} */
    boolean isPartiallyMapped();

    /** {@return whether it is on the deferred split queue} */
    boolean isOnDeferredQueue();

    /** {@return whether it is in the swap cache} */
    boolean isInSwapCache();

    /** {@return whether it was ever mapped by two address spaces after a fork, now or earlier} */
    boolean wasEverCowShared();
}
