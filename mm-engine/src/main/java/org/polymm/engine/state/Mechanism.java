package org.polymm.engine.state;

import java.util.List;

/**
 * Something that kernels do differently and that no policy decides. Each has a name, states, and is as in Linux 6.18 unless it is set.
 *
 * <p>Some states are those of kernels with a known bug: they are here so that what finds bugs can be shown to find these.
 */
public enum Mechanism {
    /** How translations of other processors are flushed. */
    TLB_FLUSH(
            "tlb-flush",
            "How translations of other processors are flushed: by interrupt, which waits for those that have interrupts off, as GUP-fast"
                    + " has; or by broadcast, an instruction that waits for nobody (arm64).",
            "interrupt",
            "broadcast"),
    /** Whether a collapse waits for GUP-fast before it reuses a page table. */
    COLLAPSE_SYNC(
            "collapse-sync",
            "Whether a collapse waits for GUP-fast before the old page table is put to another use: on since 6.1 (2ba99c5e0881); off"
                    + " is a bug where tlb-flush is broadcast.",
            "on",
            "off"),
    /** What fork does with a huge page that may be pinned. */
    FORK_OF_PINNED_HUGE_PAGES(
            "fork-of-pinned-huge-pages",
            "What fork does with a huge page that may be pinned: split its mapping and copy pages (since 5.10, d042035eaf5f), or share"
                    + " it, so that the parent's next write leaves the page to the pin (a bug).",
            "split",
            "share"),
    /** Whether walks of page tables under the mmap lock for writing lock the VMA too. */
    PAGE_WALK_VMA_LOCK(
            "page-walk-vma-lock",
            "Whether a walk of page tables that must keep faults out locks the VMA besides the mmap lock: on since 6.5 (49b0638502da);"
                    + " off, faults under the lock of the VMA alone go on meanwhile (a bug). Asked by mprotect.",
            "on",
            "off"),
    /** What fault-around takes for granted about the page table that it fills. */
    FAULT_AROUND_TABLE(
            "fault-around-table",
            "What fault-around does where it found a page table, and finds none when it comes to fill it: since 6.7 (9aa1345d66b8) it looks"
                    + " whether it has one to install, and leaves the page to the rest of the fault; before, it installed the one that it had not"
                    + " allocated (a bug since 6.6, when collapses began to take tables away without the mmap lock).",
            "check",
            "assume"),
    /** Whether the split of a folio waits for those who are taking its last mappings away. */
    SPLIT_UNMAP_SYNC(
            "split-unmap-sync",
            "Whether the walk that unmaps a folio to split it takes the page-table lock where it sees an entry cleared, and so waits for the"
                    + " mapcount to follow: on since 5.13 (732ed55823fc); off, the split finds a folio that is mapped still, which no kernel"
                    + " expects (a bug).",
            "on",
            "off"),
    /** Which faults run under the lock of their VMA alone. */
    FAULT_VMA_LOCK(
            "fault-vma-lock",
            "Which faults run under the lock of their VMA and leave the mmap lock alone: all (since 6.7); anonymous, those in anonymous VMAs"
                    + " that have an anon_vma (6.4 to 6.6); or none (to 6.3).",
            "all",
            "anonymous",
            "none"),
    /** How a VMA in which guard regions were installed is told from others. */
    GUARD_INSTALL(
            "guard-install",
            "What says that a VMA may have guard regions: a bit that stays with it (as 6.18 shows), or its anon_vma (since 6.13), which"
                    + " a mapping of a file gets for that, too, and which keeps it from being merged.",
            "sticky-bit",
            "anon-vma"),
    /** What a page is that comes back from swap past the swap cache. */
    SWAP_IN_PAST_CACHE(
            "swap-in-past-cache",
            "What a page is that a read brings back from a swap device of memory (zram), past the swap cache: clean, as in 6.18, so that"
                    + " MADV_FREE by one process lets reclaim take it from another that it was shared with by fork (a bug, which 6.18 shows);"
                    + " or dirty, as any page is that leaves the swap cache.",
            "clean",
            "dirty"),
    /** What becomes of a page table that MADV_DONTNEED leaves empty. */
    PT_RECLAIM(
            "pt-reclaim",
            "What becomes of a page table that MADV_DONTNEED leaves empty: freed at once (since 6.14, CONFIG_PT_RECLAIM), or kept until"
                    + " the addresses around it are unmapped.",
            "on",
            "off");

    private final String key;
    private final String help;
    private final List<String> states;

    Mechanism(String key, String help, String... states) {
        this.key = key;
        this.help = help;
        this.states = List.of(states);
    }

    /** {@return its name in scenarios, and behind {@code mechanism.} in configurations} */
    public String key() {
        return key;
    }

    /** {@return what it is about and what its states mean} */
    public String help() {
        return help;
    }

    /** {@return its states, that of 6.18 first} */
    public List<String> states() {
        return states;
    }
}
