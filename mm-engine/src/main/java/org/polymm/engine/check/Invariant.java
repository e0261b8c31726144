package org.polymm.engine.check;

import java.util.Locale;

/** What must hold in every machine, whatever its policies decide. Checked between operations. */
public enum Invariant {
    /** See {@link #sentence()}. */
    WRITABLE_ANON_PAGE_IS_EXCLUSIVE(
            "a writable entry maps an anonymous page only if the page is exclusive",
            "PG_anon_exclusive, mm/gup.c and mm/memory.c"),
    /** See {@link #sentence()}. */
    EXCLUSIVE_PAGE_IS_MAPPED_ONCE(
            "an exclusive anonymous page is mapped by one entry at most", "PG_anon_exclusive, page-flags.h"),
    /** See {@link #sentence()}. */
    MAPPED_FRAME_IS_ALLOCATED("no free frame is mapped", "free_pages_prepare()"),
    /** See {@link #sentence()}. */
    MAPCOUNTS_ADD_UP("a folio's mapcounts are the entries that map it", "folio_mapcount()"),
    /** See {@link #sentence()}. */
    REFCOUNTS_ADD_UP(
            "a folio's references are its mappings, its place in the page cache, its place in a batch and its pins",
            "folio_expected_ref_count()"),
    /** See {@link #sentence()}. */
    PINS_ADD_UP(
            "a folio's pin count is the number of its pages that handles have pinned", "FOLL_PIN, pin_user_pages.rst"),
    /** See {@link #sentence()}. */
    PINNED_PAGE_STAYS_MAPPED(
            "a pinned page stays under the address it was pinned at until user space unmaps, discards or moves it",
            "gup_must_unshare(), pin_user_pages.rst"),
    /** See {@link #sentence()}. */
    PINNED_PAGE_IS_EXCLUSIVE(
            "a pinned anonymous page stays exclusive while it is mapped where it was pinned",
            "sanity_check_pinned_pages(), mm/gup.c"),
    /** See {@link #sentence()}. */
    RSS_ADDS_UP("an address space's RSS counters are the pages its entries map", "check_mm()"),
    /** See {@link #sentence()}. */
    ENTRY_LIES_IN_A_VMA("every entry lies in a VMA and permits no more than the VMA does", "vm_get_page_prot()"),
    /** See {@link #sentence()}. */
    RMAP_FINDS_EVERY_MAPPING("the reverse map of a folio finds every entry that maps it", "rmap_walk()"),
    /** See {@link #sentence()}. */
    ANON_PAGES_ADD_UP("nr_anon_pages counts the anonymous pages that are mapped", "NR_ANON_MAPPED"),
    /** See {@link #sentence()}. */
    MLOCKED_PAGES_ADD_UP("nr_mlock counts the pages of mlocked folios", "NR_MLOCK"),
    /** See {@link #sentence()}. */
    PAGE_TABLES_ADD_UP("nr_page_table_pages counts the page tables there are", "NR_PAGETABLE"),
    /** See {@link #sentence()}. */
    SCHEME_MISSES_NO_SHARING(
            "the mapcount scheme never says that a folio mapped by two address spaces is not shared",
            "folio_maybe_mapped_shared()"),
    /** See {@link #sentence()}. */
    VMAS_ARE_IN_ORDER(
            "VMAs are sorted, do not overlap, are counted, and stand in the trees of their files and anon_vmas",
            "validate_mm()"),
    /** See {@link #sentence()}. */
    LOCKED_PAGES_ADD_UP("locked_vm counts the pages of VM_LOCKED VMAs", "mm->locked_vm"),
    /** See {@link #sentence()}. */
    FRAMES_ADD_UP(
            "every frame is free, reserved, mapped, cached, pinned or waiting in a batch, and the free lists are counted",
            "free_area[].nr_free, NR_FREE_PAGES"),
    /** See {@link #sentence()}. */
    SWAP_COUNTS_ADD_UP(
            "a swap slot's count is the entries that refer to it, and one in use has an entry or a folio", "swap_map"),
    /** See {@link #sentence()}. */
    EXCLUSIVE_SWAP_ENTRY_IS_ALONE("a swap entry that is exclusive is the only one of its slot", "pte_swp_exclusive()"),
    /** See {@link #sentence()}. */
    SWAP_CACHE_IS_CONSISTENT("a folio is in the swap cache exactly if its slots say so", "swap_cache_get_folio()"),
    /** See {@link #sentence()}. */
    MLOCKED_FOLIO_IS_NOT_SWAPPED_OUT(
            "a folio that is mlocked is not unmapped by reclaim: none is in the swap cache without a mapping, unless it"
                    + " waits to be munlocked or MREMAP_DONTUNMAP took the lock from more than it moved",
            "try_to_unmap_one()"),
    /** See {@link #sentence()}. */
    DEFERRED_QUEUE_IS_CONSISTENT(
            "the deferred split queue holds large anonymous folios that are flagged so, each once, and a folio flagged partially mapped is large",
            "deferred_split_folio()"),
    /** See {@link #sentence()}. */
    FOLIO_IS_ON_ONE_LIST(
            "a folio is on one LRU list at most, the one its flags say, and the lists are counted", "lru_to_folio()"),
    /** See {@link #sentence()}. */
    MLOCKED_FOLIO_IS_LOCKED(
            "a folio that is mlocked and mapped is mapped by a VM_LOCKED VMA, or waits to be munlocked, unless MREMAP_DONTUNMAP"
                    + " took the lock from more than it moved",
            "munlock_folio(), unevictable-lru.rst"),
    /** See {@link #sentence()}. */
    LOCKED_PAGE_STAYS(
            "a page that is present in a VM_LOCKED VMA is not swapped out as long as the VMA is there",
            "mlock(2), try_to_unmap_one()"),
    /** See {@link #sentence()}. */
    UFFD_WP_PAGE_IS_NOT_WRITABLE(
            "an entry that userfaultfd write-protects is not writable", "page_table_check_pte_flags()"),
    /** See {@link #sentence()}. */
    NO_MARKER_IS_LOST(
            "what a process has made a guard region, poisoned or write-protected by userfaultfd stays so until the process ends it",
            "pte_marker, userfaultfd.rst, madvise(2)"),
    /** See {@link #sentence()}. */
    RETRACTED_TABLE_IS_EMPTY(
            "a page table that is taken away after a collapse holds no page and no marker", "retract_page_tables()"),
    /** See {@link #sentence()}. */
    TABLE_IS_A_TABLE("what is freed or moved as a page table is one at that moment", "move_normal_pmd(), 6fa1066fc5d0"),
    /** See {@link #sentence()}. */
    TABLES_ARE_IN_PLACE(
            "the page tables of an address space are those that its root leads to, and those set aside",
            "mm_pgtables_bytes()"),
    /** See {@link #sentence()}. */
    CACHED_FOLIO_IS_WHERE_IT_SAYS(
            "a folio of the page cache is in the slots of its file that its index says, all of it, and nothing waits for a collapse",
            "folio_file_page(), xas_retry()"),
    /** See {@link #sentence()}. */
    CACHE_COUNTS_ADD_UP("pages and huge folios of the page cache are counted", "/proc/vmstat nr_file_pages, nr_shmem"),
    /** See {@link #sentence()}. */
    NO_CALL_FAILS_FOR_A_FOLIO(
            "no system call fails because a folio is large", "Documentation/admin-guide/mm/transhuge.rst"),
    /** See {@link #sentence()}. */
    CACHE_ENDS_WITH_THE_FILE(
            "no page is cached beyond the end of a file but of a folio that begins before it",
            "truncate_inode_pages()"),
    /** See {@link #sentence()}. */
    NO_LOCK_IS_HELD("no lock is held between operations", "lockdep_sys_exit()"),
    /** See {@link #sentence()}. */
    CONTENTS_ARE_RIGHT("a process reads what was written", "POSIX");

    private final String sentence;
    private final String reference;

    Invariant(String sentence, String reference) {
        this.sentence = sentence;
        this.reference = reference;
    }

    /** {@return the name in reports, such as {@code rss-adds-up}} */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return what must be true} */
    public String sentence() {
        return sentence;
    }

    /** {@return where the kernel has it from, or asserts it} */
    public String reference() {
        return reference;
    }
}
