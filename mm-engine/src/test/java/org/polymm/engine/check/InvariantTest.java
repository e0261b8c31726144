package org.polymm.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.InvariantViolatedException;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaDamage;

/**
 * Each invariant against the bug it is there for: a machine in which nothing is wrong, one thing spoilt, and the report.
 *
 * <pre>
 *   parent and child   base      16 pages, the first 8 shared in two folios of 4, the rest not touched
 *   parent alone       own       8 pages written after the fork, exclusive
 *   parent alone       readOnly  4 pages, written, then protected
 *   parent alone       locked    4 pages, mlocked
 *   parent alone       swapped   4 pages, written, swapped out
 * </pre>
 */
class InvariantTest {

    private static final long PAGE = Machines.PAGE;

    private final long base = 8L << 21;
    private final long own = base + 64 * PAGE;
    private final long readOnly = base + 128 * PAGE;
    private final long locked = base + 192 * PAGE;
    private final long swapped = base + 256 * PAGE;
    private final long block = base + 512 * PAGE;

    private Machine machine = machine(FixedPolicies.whole(), CheckLevel.OFF);
    private int parent;
    private int child;

    /** What was seen beside what the machine says itself. */
    private final List<Violation> seen = new ArrayList<>();

    private static Machine machine(FixedPolicies policies, CheckLevel level) {
        return Machines.large(policies)
                .withThp("hugepages-16kB/enabled", "always")
                .withSwap(new MachineBlueprint.Swap(64 * PAGE, SwapDevice.BLOCK))
                .withCheck(level)
                .create();
    }

    private void populate() {
        parent = machine.spawn();
        Machines.map(machine, parent, base, 16);
        Machines.fill(machine, parent, base, 8);
        child = machine.fork(parent);
        Machines.map(machine, parent, own, 8);
        Machines.fill(machine, parent, own, 8);
        Machines.map(machine, parent, readOnly, 4);
        Machines.fill(machine, parent, readOnly, 4);
        assertEquals(0, machine.mprotect(parent, readOnly, 4 * PAGE, Mman.PROT_READ));
        Machines.map(machine, parent, locked, 4);
        assertEquals(0, machine.mlock(parent, locked, 4 * PAGE));
        Machines.map(machine, parent, swapped, 4);
        Machines.fill(machine, parent, swapped, 4);
        assertEquals(0, machine.madvise(parent, swapped, 4 * PAGE, Mman.MADV_PAGEOUT));
    }

    @ParameterizedTest
    @EnumSource(Invariant.class)
    void a_planted_fault_is_reported_by_the_invariant_it_breaks_and_by_no_other(Invariant invariant) {
        if (invariant == Invariant.SCHEME_MISSES_NO_SHARING) {
            machine = machine(FixedPolicies.whole().with(Slot.MAPCOUNT_FOLIO, new NeverShared()), CheckLevel.OFF);
        } else if (invariant == Invariant.CONTENTS_ARE_RIGHT
                || invariant == Invariant.PINNED_PAGE_IS_EXCLUSIVE
                || invariant == Invariant.NO_MARKER_IS_LOST) {
            machine = machine(FixedPolicies.whole(), CheckLevel.EVERY);
        } else if (invariant == Invariant.NO_CALL_FAILS_FOR_A_FOLIO) {
            machine = machine(
                    FixedPolicies.whole().with(Slot.FOLIO_SPLIT_BOUNDARY, (FolioSplitPolicy.Boundary)
                            event -> SplitPlan.fail(org.polymm.api.Errno.EAGAIN)),
                    CheckLevel.OFF);
        } else if (invariant == Invariant.RETRACTED_TABLE_IS_EMPTY || invariant == Invariant.TABLE_IS_A_TABLE) {
            machine = machine(
                    FixedPolicies.whole()
                            .with(Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice)
                                    range -> new CollapseDecision.Collapse(9))
                            .with(Slot.COLLAPSE_RETRACTION, (CollapsePolicy.Retraction) InvariantTest::retractBlindly),
                    CheckLevel.OFF);
        } else if (invariant == Invariant.PINNED_PAGE_STAYS_MAPPED) {
            machine = machine(
                    FixedPolicies.whole().with(Slot.COW_SIZING_COPY, new FixedPolicies.RunCopy(false)),
                    CheckLevel.EVERY);
        }
        populate();
        if (invariant != Invariant.SCHEME_MISSES_NO_SHARING) {
            assertEquals(List.of(), machine.check());
        }
        plant(invariant);
        assertOnly(invariant, alsoBroken(invariant));
    }

    private int slot(long address) {
        return Pte.swapOffset(entry(address));
    }

    /** Reads a swapped page into the swap cache, and leaves it unmapped there. */
    private int swappedIn() {
        int head = machine.memory().folios().allocAnon(0);
        assertTrue(machine.swap().read(slot(swapped), head));
        machine.sync().unlock(LockClass.FOLIO_LOCK, head);
        machine.memory().lru().drain();
        machine.memory().folios().put(head, 1);
        assertEquals(List.of(), machine.check());
        return head;
    }

    private void plant(Invariant invariant) {
        int shared = machine.inspect().folio(parent, base);
        Frames frames = machine.memory().frames();
        switch (invariant) {
            case WRITABLE_ANON_PAGE_IS_EXCLUSIVE -> setEntry(base, entry(base) | Pte.WRITE);
            case EXCLUSIVE_PAGE_IS_MAPPED_ONCE -> frames.setFlags(shared + 1, Frames.ANON_EXCLUSIVE);
            case MAPPED_FRAME_IS_ALLOCATED -> setEntry(base + 9 * PAGE, Pte.present(freeFrame(), Pte.USER));
            case MAPCOUNTS_ADD_UP -> {
                frames.addLargeMapcount(shared, 1);
                frames.get(shared);
            }
            case REFCOUNTS_ADD_UP -> frames.get(shared);
            case PINS_ADD_UP -> machine.memory().folios().pin(machine.inspect().folio(parent, own), 1);
            case PINNED_PAGE_STAYS_MAPPED -> copyUnderAPin();
            case PINNED_PAGE_IS_EXCLUSIVE -> {
                assertTrue(machine.pins().pin(parent, readOnly + PAGE, PAGE, false, true) > 0);
                frames.clearFlags(machine.pins().page(1, 0), Frames.ANON_EXCLUSIVE);
            }
            case UFFD_WP_PAGE_IS_NOT_WRITABLE -> setEntry(own, entry(own) | Pte.UFFD_WP);
            case NO_MARKER_IS_LOST -> {
                assertEquals(0, machine.madvise(parent, own, 2 * PAGE, Mman.MADV_GUARD_INSTALL));
                setEntry(own + PAGE, Pte.NONE);
            }
            case RETRACTED_TABLE_IS_EMPTY -> collapseBesides(Mman.MADV_GUARD_INSTALL);
            case TABLE_IS_A_TABLE -> collapseBesides(0);
            case TABLES_ARE_IN_PLACE -> {
                long address = block;
                int root = machine.spaces().mms().pgd(parent);
                machine.pageTables().leafAlloc(root, address);
                machine.pageTables().detachLeaf(root, machine.pageTables().pmdTable(root, address), address);
            }
            case CACHED_FOLIO_IS_WHERE_IT_SAYS -> {
                int file = machine.memfd(1, 8);
                machine.files().replace(file, 3, CacheEntry.value(CacheEntry.RETRY, 1));
            }
            case CACHE_ENDS_WITH_THE_FILE -> {
                int file = machine.memfd(1, 8);
                int both = Mman.PROT_READ | Mman.PROT_WRITE;
                long address = machine.mmap(parent, 0, 8 * PAGE, both, Mman.MAP_SHARED, file, 0);
                assertTrue(machine.write(parent, address + 5 * PAGE, 5) > 0);
                machine.files().resize(file, 4);
            }
            case CACHE_COUNTS_ADD_UP -> machine.memory().vmstat().add(VmstatItem.NR_SHMEM, 1);
            case RSS_ADDS_UP -> machine.spaces().mms().addRssAnon(parent, 1);
            case ENTRY_LIES_IN_A_VMA -> setEntry(readOnly, entry(readOnly) | Pte.WRITE);
            case RMAP_FINDS_EVERY_MAPPING ->
                frames.setMapping(shared, frames.mapping(shared), frames.index(shared) + 1);
            case ANON_PAGES_ADD_UP -> machine.memory().vmstat().add(VmstatItem.NR_ANON_PAGES, 1);
            case MLOCKED_PAGES_ADD_UP -> machine.memory().vmstat().add(VmstatItem.NR_MLOCK, -1);
            case PAGE_TABLES_ADD_UP -> machine.memory().vmstat().add(VmstatItem.NR_PAGE_TABLE_PAGES, 1);
            case SCHEME_MISSES_NO_SHARING -> {
                /* The scheme lies from the start. */
            }
            case VMAS_ARE_IN_ORDER -> VmaDamage.miscount(machine.spaces().mms(), child);
            case LOCKED_PAGES_ADD_UP -> machine.spaces().mms().addLockedVm(parent, 1);
            case FRAMES_ADD_UP -> machine.memory().folios().allocAnon(2);
            case SWAP_COUNTS_ADD_UP -> machine.swap().duplicate(slot(swapped));
            case EXCLUSIVE_SWAP_ENTRY_IS_ALONE -> {
                machine.swap().duplicate(slot(swapped));
                machine.swap().put(slot(swapped + PAGE));
                setEntry(swapped + PAGE, entry(swapped));
            }
            case SWAP_CACHE_IS_CONSISTENT -> {
                int head = swappedIn();
                frames.setPrivateWord(head, frames.privateWord(head) + 1);
            }
            case MLOCKED_FOLIO_IS_NOT_SWAPPED_OUT -> {
                frames.setFlags(swappedIn(), Frames.MLOCKED);
                machine.memory().vmstat().add(VmstatItem.NR_MLOCK, 1);
            }
            case DEFERRED_QUEUE_IS_CONSISTENT -> frames.setFlags(shared, Frames.ON_DEFERRED);
            case FOLIO_IS_ON_ONE_LIST -> frames.clearFlags(shared, Frames.LRU);
            case MLOCKED_FOLIO_IS_LOCKED -> {
                machine.memory().mlock().mlockFolio(machine.inspect().folio(parent, own));
                machine.memory().mlock().drain();
            }
            case LOCKED_PAGE_STAYS -> swapOutLocked();
            case NO_CALL_FAILS_FOR_A_FOLIO -> failForAFolio();
            case NO_LOCK_IS_HELD -> machine.sync().lock(LockClass.FOLIO_LOCK, shared);
            case CONTENTS_ARE_RIGHT -> machine.memory().contents().write(shared, 77);
        }
    }

    /** A retraction that looks neither before it takes the locks nor after. */
    private static void retractBlindly(RetractionSteps steps) {
        steps.lockMapping(RetractionSteps.LockMode.READ);
        while (steps.nextMapping()) {
            if (!steps.isTarget() && steps.tryLockMmap(RetractionSteps.LockMode.WRITE)) {
                steps.lockPmd();
                boolean cleared = steps.clearPmd();
                steps.unlockPmd();
                if (cleared) {
                    steps.freeTableDeferred();
                }
                steps.unlockMmap();
            }
        }
        steps.unlockMapping();
    }

    /** The parent collapses a block of shared memory that the child maps, too: with a guard region, or with nothing there yet. */
    private void collapseBesides(int advice) {
        int file = machine.memfd(1, 512);
        int both = Mman.PROT_READ | Mman.PROT_WRITE;
        for (int mm : new int[] {parent, child}) {
            assertEquals(block, machine.mmap(mm, block, 512 * PAGE, both, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0));
        }
        assertTrue(machine.write(parent, block, 5) > 0);
        if (advice != 0) {
            assertEquals(0, machine.madvise(child, block + PAGE, PAGE, advice));
        }
        assertEquals(0, machine.madvise(parent, block, 512 * PAGE, Mman.MADV_COLLAPSE));
    }

    /** Reclaim takes pages of a VMA that says for so long that it is not locked. The folio is not mlocked, since half of it is locked. */
    private void swapOutLocked() {
        LockedPages watch = new LockedPages(machine.spaces(), machine.pageTables());
        assertEquals(0, machine.mlock(parent, own, 2 * PAGE));
        assertEquals(List.of(), machine.check());
        watch.note();
        int vma = machine.spaces().find(parent, own);
        long flags = machine.spaces().vmas().flags(vma);
        machine.spaces().vmas().flags(vma, flags & ~VmFlags.VM_LOCKED);
        assertEquals(0, machine.madvise(parent, own, 2 * PAGE, Mman.MADV_PAGEOUT));
        machine.spaces().vmas().flags(vma, flags);
        watch.check(seen);
    }

    /** A policy has mprotect fail where it would cut a folio. */
    private void failForAFolio() {
        assertEquals(-Errno.EAGAIN, machine.mprotect(parent, own, 2 * PAGE, Mman.PROT_READ));
    }

    /** A folio that is half shared, half exclusive and pinned there, is copied as a whole. */
    private void copyUnderAPin() {
        machine.madvise(parent, own + 2 * PAGE, 2 * PAGE, Mman.MADV_DONTFORK);
        assertTrue(machine.fork(parent) > 0);
        machine.madvise(parent, own + 2 * PAGE, 2 * PAGE, Mman.MADV_DOFORK);
        assertTrue(machine.pins().pin(parent, own + 3 * PAGE, PAGE, false, true) > 0);
        assertThrows(InvariantViolatedException.class, () -> machine.write(parent, own, 99));
    }

    /** Some bugs cannot help to be two: locked_vm is one of the counts of VMAs. */
    private static Set<Invariant> alsoBroken(Invariant invariant) {
        return invariant == Invariant.LOCKED_PAGES_ADD_UP ? EnumSet.of(Invariant.VMAS_ARE_IN_ORDER) : Set.of();
    }

    private void assertOnly(Invariant invariant, Set<Invariant> others) {
        Set<Invariant> expected = new HashSet<>(others);
        expected.add(invariant);
        Set<Invariant> broken = new HashSet<>(Machines.broken(machine));
        seen.forEach(violation -> broken.add(violation.invariant()));
        assertEquals(expected, broken, () -> "reported: " + machine.check());
    }

    private long entry(long address) {
        return machine.inspect().entry(parent, address);
    }

    private void setEntry(long address, long entry) {
        int leaf = machine.pageTables().leaf(machine.spaces().mms().pgd(parent), address);
        machine.pageTables().row(leaf)[machine.pageTables().pteIndex(address)] = entry;
    }

    private int freeFrame() {
        int pfn = machine.memory().frames().frameCount() - 1;
        assertTrue(!machine.memory().frames().isAllocated(pfn));
        return pfn;
    }

    @Test
    void an_entry_outside_every_vma_is_reported() {
        populate();
        setEntry(base + 40 * PAGE, Pte.present(Frames.ZERO_PFN, Pte.USER | Pte.SPECIAL));
        assertOnly(Invariant.ENTRY_LIES_IN_A_VMA, Set.of());
    }

    @Test
    void a_clear_exclusive_flag_under_a_writable_entry_is_reported() {
        populate();
        machine.memory().frames().clearFlags(machine.inspect().folio(parent, own) + 1, Frames.ANON_EXCLUSIVE);
        assertOnly(Invariant.WRITABLE_ANON_PAGE_IS_EXCLUSIVE, Set.of());
    }

    @Test
    void an_entry_that_vanishes_without_accounting_is_missed_by_every_count() {
        populate();
        setEntry(own + PAGE, Pte.NONE);
        assertOnly(Invariant.MAPCOUNTS_ADD_UP, EnumSet.of(Invariant.RSS_ADDS_UP, Invariant.ANON_PAGES_ADD_UP));
    }

    @Test
    void a_small_folio_with_a_mapping_too_many_is_reported() {
        machine = Machines.large(FixedPolicies.whole()).create();
        populate();
        int page = machine.inspect().folio(parent, own);
        assertEquals(0, machine.inspect().folioOrder(parent, own));
        machine.memory().frames().addPageMapcount(page, 1);
        machine.memory().frames().get(page);
        assertOnly(Invariant.MAPCOUNTS_ADD_UP, Set.of());
    }

    @Test
    void a_vma_without_its_chain_loses_its_pages_to_the_reverse_map() {
        populate();
        int vma = machine.spaces().find(parent, own);
        machine.spaces().anonVmas().unlink(vma);
        assertOnly(Invariant.RMAP_FINDS_EVERY_MAPPING, Set.of());
    }

    @Test
    void a_vma_that_reaches_into_the_next_is_reported() {
        populate();
        long first = base + 256 * PAGE;
        Machines.map(machine, parent, first, 8);
        machine.mprotect(parent, first + 4 * PAGE, 4 * PAGE, Mman.PROT_READ);
        assertEquals(List.of(), machine.check());
        VmaDamage.moveEnd(machine.spaces().vmas(), machine.spaces().find(parent, first), first + 6 * PAGE);
        assertOnly(Invariant.VMAS_ARE_IN_ORDER, Set.of());
    }

    @Test
    void a_vma_whose_offset_differs_from_its_place_in_the_tree_of_its_file_is_reported() {
        populate();
        long address = base + 256 * PAGE;
        int file = machine.file(1, 64);
        machine.mmap(parent, address, 4 * PAGE, Machines.RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 8 * PAGE);
        assertEquals(List.of(), machine.check());
        VmaDamage.moveOffset(machine.spaces().vmas(), machine.spaces().find(parent, address), 9);
        assertOnly(Invariant.VMAS_ARE_IN_ORDER, Set.of());
    }

    @Test
    void a_munlock_that_forgets_the_counter_is_reported() {
        populate();
        machine.memory().mlock().drain();
        machine.memory().frames().clearFlags(machine.inspect().folio(parent, locked), Frames.MLOCKED);
        assertOnly(Invariant.MLOCKED_PAGES_ADD_UP, Set.of());
    }

    @Test
    void a_folio_that_nothing_leads_to_is_named() {
        populate();
        int lost = machine.memory().folios().allocAnon(3);
        List<Violation> found = machine.check();
        assertEquals(1, found.size(), found::toString);
        assertTrue(found.getFirst().detail().contains(machine.memory().frames().describe(lost)), found::toString);
    }

    @Test
    void a_pinned_folio_is_not_lost_when_it_is_unmapped() {
        populate();
        int pin = machine.pins().pin(parent, own, PAGE, true, true);
        assertTrue(pin > 0);
        machine.munmap(parent, own, 8 * PAGE);
        assertEquals(List.of(), machine.check());
    }

    @Test
    void a_free_page_that_is_not_counted_is_reported() {
        populate();
        machine.memory().vmstat().add(VmstatItem.NR_FREE_PAGES, -1);
        assertOnly(Invariant.FRAMES_ADD_UP, Set.of());
    }

    @Test
    void a_page_of_the_cache_that_nobody_maps_is_reachable_and_its_references_are_counted() {
        populate();
        long address = base + 256 * PAGE;
        int file = machine.file(1, 64);
        machine.mmap(parent, address, 4 * PAGE, Machines.RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        machine.write(parent, address, 5);
        int page = machine.inspect().folio(parent, address);
        machine.munmap(parent, address, 4 * PAGE);
        assertEquals(List.of(), machine.check());
        machine.memory().frames().get(page);
        assertOnly(Invariant.REFCOUNTS_ADD_UP, Set.of());
    }

    @Test
    void the_huge_zero_folio_is_not_lost() {
        machine = Machines.large(FixedPolicies.whole())
                .withThp("hugepages-2048kB/enabled", "always")
                .create();
        parent = machine.spawn();
        Machines.map(machine, parent, base, 512);
        machine.touch(parent, base, 0);
        assertTrue(machine.inspect().isPmdMapped(parent, base));
        assertEquals(List.of(), machine.check());
        machine.exit(parent);
        assertEquals(List.of(), machine.check());
    }

    @Test
    void a_report_is_cut_at_twenty_violations() {
        populate();
        for (int page = 0; page < 8; page++) {
            machine.memory().frames().setFlags(machine.inspect().folio(parent, base) + page, Frames.ANON_EXCLUSIVE);
            setEntry(base + page * PAGE, entry(base + page * PAGE) | Pte.WRITE);
            machine.memory().frames().get(machine.inspect().folio(parent, own));
        }
        Machines.map(machine, parent, base + 256 * PAGE, 32);
        Machines.fill(machine, parent, base + 256 * PAGE, 32);
        for (int page = 0; page < 32; page++) {
            long address = base + (256 + page) * PAGE;
            machine.memory().frames().clearFlags(Pte.pfn(entry(address)), Frames.ANON_EXCLUSIVE);
        }
        assertEquals(20, machine.check().size());
    }

    @Test
    void a_violation_tells_its_id_its_sentence_and_where_the_kernel_has_it_from() {
        String text = new Violation(Invariant.RSS_ADDS_UP, "mm 1 maps 2 and counts 3").toString();
        assertTrue(text.startsWith("rss-adds-up: mm 1 maps 2 and counts 3 ("), text);
        assertTrue(text.contains(Invariant.RSS_ADDS_UP.sentence()), text);
        assertTrue(text.contains("check_mm()"), text);
    }

    /** Counts nothing and always says that a folio is not shared. */
    private static final class NeverShared implements MapcountScheme.Folio {
        @Override
        public CounterLayout counters() {
            return CounterLayout.of(0, 1);
        }

        @Override
        public void onMap(MappingRun run) {
            run.addToPages(1);
        }

        @Override
        public void onUnmap(MappingRun run) {
            run.addToPages(-1);
        }

        @Override
        public boolean maybeMappedShared(FolioCounters folio) {
            return false;
        }

        @Override
        public boolean isExclusiveTo(FolioCounters folio, int mmId) {
            return false;
        }

        @Override
        public boolean isPartiallyMapped(MappingRun run) {
            return false;
        }

        @Override
        public int reportedMapcount(FolioCounters folio, int page) {
            return 1;
        }

        @Override
        public boolean reportedExclusive(FolioCounters folio, int page) {
            return true;
        }

        @Override
        public int pssDivisor(FolioCounters folio, int page) {
            return 1;
        }
    }
}
