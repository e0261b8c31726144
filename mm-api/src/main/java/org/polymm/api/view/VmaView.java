package org.polymm.api.view;

/** A virtual memory area. Page numbers are addresses divided by the page size. Valid during the call. Open: methods may be added. */
public interface VmaView {

    /** {@return the first page} */
    long startPage();

    /** {@return the page after the last} */
    long endPage();

    /** {@return the length in base pages} */
    default long pages() {
        return endPage() - startPage();
    }

    /**
     * Tells whether a run of pages lies inside.
     *
     * @param firstPage a page number
     * @param count a number of pages
     * @return whether all of them belong to this VMA
     */
    default boolean contains(long firstPage, long count) {
        return firstPage >= startPage() && firstPage + count <= endPage();
    }

    /** {@return whether it maps no file} */
    boolean isAnonymous();

    /** {@return whether it is a shared mapping (VM_SHARED)} */
    boolean isShared();

    /** {@return whether writing is allowed (VM_WRITE)} */
    boolean isWritable();

    /** {@return whether it is mlocked (VM_LOCKED)} */
    boolean isLocked();

    /** {@return whether pages are locked only as they are faulted in (VM_LOCKONFAULT)} */
    boolean isLockedOnFault();

    /** {@return whether MADV_HUGEPAGE was given} */
    boolean wantsHugePages();

    /** {@return whether MADV_NOHUGEPAGE was given} */
    boolean refusesHugePages();

    /** {@return whether any userfaultfd mode is registered} */
    boolean isUffdArmed();

    /** {@return whether userfaultfd missing mode is registered} */
    boolean isUffdMissing();

    /** {@return whether userfaultfd write-protect mode is registered} */
    boolean isUffdWriteProtect();

    /** {@return whether it has an anon_vma: an anonymous page was faulted here, or somewhere it was split, moved or merged from} */
    boolean hasAnonVma();

    /** {@return whether its anon_vma came from a parent process by fork} */
    boolean isForkChild();

    /** {@return whether guard regions were ever installed (recorded where the configured kernel mechanism keeps that bit)} */
    boolean hadGuardRegions();
}
