package org.polymm.engine.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.TestMachine.HUGE;
import static org.polymm.engine.testpolicy.TestMachine.PAGE;
import static org.polymm.engine.testpolicy.TestMachine.RO;
import static org.polymm.engine.testpolicy.TestMachine.RW;

import org.junit.jupiter.api.Test;
import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.ThpMode;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.SchedulingHook;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.FixedPolicies.FixedOrders;
import org.polymm.engine.testpolicy.TestMachine;
import org.polymm.engine.vma.VmFlags;

class AnonymousFaultTest {

    private static final long BASE = 64 * HUGE;
    private static final OrderSet ALL = OrderSet.upTo(9);

    private TestMachine m = new TestMachine(FixedPolicies.mainline(), 8_192);

    private static TestMachine with(OrderSet orders, RaceDecision race, Unpopulated unpopulated) {
        FixedPolicies policies = FixedPolicies.mainline();
        return new TestMachine(
                policies.with(Slot.COW_SIZING_ORDERS, new FixedOrders(orders, race, unpopulated)), 8_192);
    }

    private static TestMachine with(OrderSet orders) {
        return with(orders, RaceDecision.RELEASE, Unpopulated.NONE_ENTRIES);
    }

    private int mapped(long address, long pages) {
        int mm = m.newMm();
        m.map(mm, address, pages, RW);
        return mm;
    }

    // ---- one page

    @Test
    void the_first_write_maps_a_new_exclusive_writable_dirty_page_of_zeroes() {
        int mm = mapped(BASE, 4);
        int pfn = m.write(mm, BASE + PAGE + 5);
        assertTrue(pfn > Frames.ZERO_PFN);
        assertEquals(pfn, m.pfn(mm, BASE + PAGE));
        assertTrue(m.isExclusive(mm, BASE + PAGE) && m.isWritable(mm, BASE + PAGE));
        long bits = Pte.ACCESSED | Pte.DIRTY | Pte.USER | Pte.NO_EXEC;
        assertEquals(bits, m.entry(mm, BASE + PAGE) & bits);
        assertEquals(0, m.memory.contents().read(pfn));
        assertEquals(1, m.frames.pageMapcount(pfn));
        assertEquals(2, m.frames.refcount(pfn), "the mapping, and the batch in front of the LRU list");
        assertEquals(1, m.mms.rssAnon(mm));
        assertEquals(1, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT));
        assertEquals(0, m.pfn(mm, BASE), "and nothing else");
        m.sync.assertNothingHeld("after a fault");
    }

    @Test
    void the_page_belongs_to_the_anon_vma_of_its_vma_at_the_index_of_its_address() {
        int mm = mapped(BASE, 4);
        int pfn = m.write(mm, BASE + 3 * PAGE);
        int vma = m.spaces.find(mm, BASE);
        assertNotEquals(0, m.vmas.anonVma(vma));
        assertEquals(m.vmas.anonVma(vma), m.frames.mapping(pfn));
        assertEquals(BASE / PAGE + 3, m.frames.index(pfn));
    }

    @Test
    void the_first_read_maps_the_zero_page_which_is_nobodys() {
        int mm = mapped(BASE, 4);
        assertEquals(Frames.ZERO_PFN, m.read(mm, BASE));
        assertTrue(Pte.isZeroPage(m.entry(mm, BASE)));
        assertFalse(m.isWritable(mm, BASE));
        assertEquals(0, m.mms.rss(mm));
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(0, m.vmas.anonVma(m.spaces.find(mm, BASE)), "a read needs no anon_vma");
    }

    @Test
    void an_access_without_a_vma_or_against_its_rights_is_a_segmentation_fault() {
        int mm = m.newMm();
        m.map(mm, BASE, 1, RO);
        m.map(mm, BASE + 8 * PAGE, 1, RW & ~(VmFlags.VM_READ | VmFlags.VM_WRITE));
        assertEquals(FaultResult.SIGSEGV, m.read(mm, BASE + PAGE));
        assertEquals(FaultResult.SIGSEGV, m.write(mm, BASE));
        assertEquals(FaultResult.SIGSEGV, m.access.access(mm, BASE, MemoryAccess.EXEC));
        assertEquals(FaultResult.SIGSEGV, m.read(mm, BASE + 8 * PAGE));
        assertEquals(Frames.ZERO_PFN, m.read(mm, BASE));
        assertEquals(
                1,
                m.vmstat(VmstatItem.PGFAULT),
                "what the VMA does not allow never becomes a fault of the memory manager");
        m.sync.assertNothingHeld("after segmentation faults");
    }

    @Test
    void a_fault_below_a_stack_extends_it() {
        int mm = m.newMm();
        int vma = m.map(mm, BASE, 4, RW | VmFlags.VM_GROWSDOWN);
        assertTrue(m.write(mm, BASE - 3 * PAGE) > 0);
        assertEquals(BASE - 3 * PAGE, m.vmas.start(vma));
        assertEquals(7, m.vmas.pages(vma));
        assertEquals(FaultResult.SIGSEGV, m.write(mm, BASE - (64L << 20)), "the stack limit is 8 MiB");
        m.sync.assertNothingHeld("after a stack grew");
    }

    @Test
    void without_memory_a_write_fails_and_a_read_does_not() {
        int mm = mapped(BASE, 4);
        m.memory.buddy().failNext(0, 1);
        assertEquals(FaultResult.OOM, m.write(mm, BASE));
        assertEquals(0, m.pfn(mm, BASE));
        assertEquals(0, m.mms.rss(mm));
        assertTrue(m.read(mm, BASE) > 0);
    }

    @Test
    void a_marker_of_a_guard_region_or_of_poison_ends_the_access() {
        int mm = mapped(BASE, 4);
        m.setEntry(mm, BASE, Pte.marker(Pte.MARKER_GUARD));
        m.setEntry(mm, BASE + PAGE, Pte.marker(Pte.MARKER_POISON));
        m.setEntry(mm, BASE + 2 * PAGE, Pte.marker(Pte.MARKER_UFFD_WP));
        assertEquals(FaultResult.SIGSEGV, m.read(mm, BASE));
        assertEquals(FaultResult.SIGBUS, m.write(mm, BASE + PAGE));
        assertTrue(m.write(mm, BASE + 2 * PAGE) > 0, "a marker that nobody registered for is erased");
    }

    @Test
    void faults_run_under_the_lock_of_the_vma_and_the_first_of_a_vma_tries_the_mmap_lock_too() {
        int mm = mapped(BASE, 4);
        m.write(mm, BASE);
        long before = m.sync.acquisitions(LockClass.MMAP_LOCK);
        m.write(mm, BASE + PAGE);
        assertEquals(before, m.sync.acquisitions(LockClass.MMAP_LOCK));
        assertEquals(2, m.vmstat(VmstatItem.VMA_LOCK_SUCCESS));
        m.read(mm, BASE - PAGE);
        assertEquals(1, m.vmstat(VmstatItem.VMA_LOCK_MISS));
    }

    @Test
    void a_fault_in_a_vma_that_is_being_changed_waits_for_the_mmap_lock() {
        int mm = mapped(BASE, 4);
        int vma = m.spaces.find(mm, BASE);
        m.spaces.locks().writeLock(mm);
        m.spaces.locks().startWrite(vma);
        assertFalse(m.spaces.locks().tryStartRead(vma));
        m.spaces.locks().writeUnlock(mm);
        assertTrue(m.write(mm, BASE) > 0);
    }

    // ---- several pages

    @Test
    void an_enabled_size_fills_its_aligned_range_at_once() {
        m.enable(4);
        int mm = mapped(BASE, 64);
        int pfn = m.write(mm, BASE + 21 * PAGE);
        int head = m.frames.head(pfn);
        assertEquals(head + 5, pfn);
        for (int i = 16; i < 32; i++) {
            assertEquals(head + i - 16, m.pfn(mm, BASE + i * PAGE));
            assertTrue(m.isExclusive(mm, BASE + i * PAGE) && m.isWritable(mm, BASE + i * PAGE));
        }
        assertEquals(0, m.pfn(mm, BASE + 15 * PAGE));
        assertEquals(0, m.pfn(mm, BASE + 32 * PAGE));
        assertEquals(16, m.frames.refcount(head), "one reference for each entry");
        assertEquals(16, m.frames.largeMapcount(head));
        assertEquals(16, m.mms.rssAnon(mm));
        assertEquals(16, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(1, m.mthp(MthpStat.ANON_FAULT_ALLOC, 4));
        assertEquals(1, m.mthp(MthpStat.NR_ANON, 4));
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT));
        assertTrue(m.frames.test(head, Frames.LRU), "a large folio goes straight to its list");
        m.exit(mm);
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(0, m.mthp(MthpStat.NR_ANON, 4));
    }

    @Test
    void orders_are_cut_down_to_what_fits_the_vma() {
        m.enable(2, 3, 4, 5, 6, 7, 8, 9);
        int mm = m.newMm();
        m.map(mm, BASE + 0x10000, 12, RW);
        m.write(mm, BASE + 0x10000);
        assertEquals(3, m.order(mm, BASE + 0x10000));
        m.write(mm, BASE + 0x18000);
        assertEquals(2, m.order(mm, BASE + 0x18000));
        m.map(mm, BASE + 0x40000, 2, RW);
        m.write(mm, BASE + 0x40000);
        assertEquals(0, m.order(mm, BASE + 0x40000), "two pages are never one folio");
    }

    @Test
    void a_preferred_order_that_does_not_fit_leaves_base_pages() {
        m = with(OrderSet.of(4));
        int mm = mapped(BASE + 0x10000, 12);
        m.write(mm, BASE + 0x10000);
        m.write(mm, BASE + 0x18000);
        assertEquals(0, m.order(mm, BASE + 0x10000));
        assertEquals(0, m.order(mm, BASE + 0x18000));
    }

    @Test
    void a_range_that_is_not_empty_leaves_smaller_orders() {
        m = with(ALL.without(9));
        int mm = mapped(BASE, 512);
        m.write(mm, BASE);
        assertEquals(8, m.order(mm, BASE));
        m.unmap(mm, BASE, 256);
        m.setEntry(mm, BASE + 9 * PAGE, Pte.marker(Pte.MARKER_GUARD));
        m.write(mm, BASE);
        assertEquals(3, m.order(mm, BASE), "entry 9 is taken, so of 8 entries the first range is empty");
    }

    @Test
    void orders_that_cannot_be_had_are_counted_and_the_next_enabled_one_is_tried() {
        m.enable(4, 2);
        int mm = mapped(BASE, 64);
        m.memory.buddy().failNext(4, 1);
        m.write(mm, BASE);
        assertEquals(2, m.order(mm, BASE));
        assertEquals(1, m.mthp(MthpStat.ANON_FAULT_FALLBACK, 4));
        assertEquals(0, m.mthp(MthpStat.ANON_FAULT_ALLOC, 4));
        assertEquals(1, m.mthp(MthpStat.ANON_FAULT_ALLOC, 2));
    }

    @Test
    void a_policy_may_give_up_large_orders_after_the_first_failure() {
        m = new TestMachine(
                FixedPolicies.mainline().with(Slot.COW_SIZING_ORDERS, new FixedPolicies.EnabledOrders() {
                    @Override
                    public OrderSet afterAllocationFailure(AnonFault fault, int failedOrder, OrderSet remaining) {
                        return OrderSet.NONE;
                    }
                }),
                8_192);
        m.enable(4, 3, 2);
        int mm = mapped(BASE, 64);
        m.memory.buddy().failNext(4, 1);
        m.write(mm, BASE);
        assertEquals(0, m.order(mm, BASE));
    }

    @Test
    void a_vma_that_refuses_huge_pages_gets_none_and_one_that_wants_them_gets_madvised_sizes() {
        m.thp().setEnabled(4, ThpMode.MADVISE);
        m.thp().setEnabled(3, ThpMode.ALWAYS);
        int mm = m.newMm();
        m.map(mm, BASE, 16, RW | VmFlags.VM_NOHUGEPAGE);
        m.map(mm, BASE + HUGE, 16, RW | VmFlags.VM_HUGEPAGE);
        m.map(mm, BASE + 2 * HUGE, 16, RW);
        m.write(mm, BASE);
        m.write(mm, BASE + HUGE);
        m.write(mm, BASE + 2 * HUGE);
        assertEquals(0, m.order(mm, BASE));
        assertEquals(4, m.order(mm, BASE + HUGE));
        assertEquals(3, m.order(mm, BASE + 2 * HUGE));
    }

    // ---- zero pages in the way

    @Test
    void pages_that_were_only_read_are_written_one_by_one_whatever_size_is_enabled() {
        m.enable(4);
        int mm = mapped(BASE, 16);
        for (int i = 0; i < 16; i++) {
            assertEquals(Frames.ZERO_PFN, m.read(mm, BASE + i * PAGE));
        }
        m.write(mm, BASE);
        assertEquals(Frames.ZERO_PFN, m.pfn(mm, BASE + PAGE), "the neighbours stay zero");
        for (int i = 1; i < 16; i++) {
            m.write(mm, BASE + i * PAGE);
        }
        assertEquals(32, m.vmstat(VmstatItem.PGFAULT));
        assertEquals(0, m.order(mm, BASE + 7 * PAGE));
        assertEquals(16, m.mms.rssAnon(mm));
    }

    @Test
    void a_policy_may_treat_zero_pages_as_empty_and_replace_them_by_one_folio() {
        m = with(OrderSet.of(4), RaceDecision.RELEASE, Unpopulated.NONE_OR_ZERO_PAGE);
        int mm = mapped(BASE, 16);
        for (int i = 0; i < 16; i++) {
            m.read(mm, BASE + i * PAGE);
        }
        m.write(mm, BASE + 3 * PAGE);
        for (int i = 0; i < 16; i++) {
            assertEquals(m.frames.head(m.pfn(mm, BASE)) + i, m.pfn(mm, BASE + i * PAGE));
        }
        assertEquals(17, m.vmstat(VmstatItem.PGFAULT));
        assertEquals(16, m.mms.rssAnon(mm));
    }

    @Test
    void zero_pages_beside_an_untouched_page_do_not_stop_such_a_policy_either() {
        m = with(OrderSet.of(4), RaceDecision.RELEASE, Unpopulated.NONE_OR_ZERO_PAGE);
        int mm = mapped(BASE, 16);
        m.read(mm, BASE + 3 * PAGE);
        m.write(mm, BASE);
        assertEquals(4, m.order(mm, BASE + 3 * PAGE));
    }

    // ---- races

    /** Lets another task write to an address when the first task is about to take its first page-table lock. */
    private static final class OneWriteBetween implements SchedulingHook {

        private final TestMachine m;
        private final int mm;
        private final long address;
        private boolean done;

        OneWriteBetween(TestMachine m, int mm, long address) {
            this.m = m;
            this.mm = mm;
            this.address = address;
            m.sync.newTask("other");
        }

        @Override
        public void point(int kind, long object) {
            if (!done && kind == Point.LOCK && object >>> 32 == LockClass.PTL.rank()) {
                done = true;
                m.sync.switchTo(1);
                assertTrue(m.write(mm, address) > 0);
                m.sync.switchTo(0);
            }
        }

        @Override
        public void block(LockClass lockClass, int mode, int id) {
            throw new AssertionError("blocked on " + lockClass + " " + id);
        }
    }

    private void raceFor(int mm, long address, long other) {
        OneWriteBetween hook = new OneWriteBetween(m, mm, other);
        m.sync.install(hook);
        assertTrue(m.write(mm, address) > 0);
        m.sync.install(null);
        assertTrue(hook.done, "the other task ran");
        m.sync.assertNothingHeld("after a race");
    }

    @Test
    void the_loser_of_a_race_gives_its_folio_back_and_finds_the_winners() {
        m.enable(4);
        int mm = mapped(BASE, 16);
        m.write(mm, BASE);
        m.unmap(mm, BASE, 16);
        raceFor(mm, BASE, BASE + 9 * PAGE);
        assertEquals(4, m.order(mm, BASE));
        assertEquals(m.frames.head(m.pfn(mm, BASE)), m.frames.head(m.pfn(mm, BASE + 9 * PAGE)));
        assertEquals(16, m.mms.rssAnon(mm));
        assertEquals(1, m.mthp(MthpStat.NR_ANON, 4));
        assertEquals(2, m.mthp(MthpStat.ANON_FAULT_ALLOC, 4), "the first, and the winner's");
    }

    @Test
    void the_loser_of_a_race_against_a_smaller_folio_faults_again() {
        raceAgainstBasePage(RaceDecision.RELEASE, 3, 2);
    }

    @Test
    void a_policy_may_retry_a_smaller_order_at_once() {
        raceAgainstBasePage(RaceDecision.RETRY_SMALLER, 3, 1);
    }

    @Test
    void a_policy_may_retry_a_base_page_at_once() {
        raceAgainstBasePage(RaceDecision.RETRY_BASE_PAGE, 0, 1);
    }

    /** Wants order 4 for page 0, while the other task fills page 9 with a base page. */
    private void raceAgainstBasePage(RaceDecision race, int expectedOrder, int expectedFaults) {
        m = new TestMachine(
                FixedPolicies.mainline()
                        .with(Slot.COW_SIZING_ORDERS, new FixedOrders(ALL.without(9), race, Unpopulated.NONE_ENTRIES) {
                            @Override
                            public OrderSet candidates(AnonFault fault) {
                                boolean other = fault.page() % 16 == 9;
                                return other ? OrderSet.BASE_PAGE : super.candidates(fault);
                            }
                        }),
                8_192);
        int mm = mapped(BASE, 16);
        m.write(mm, BASE + 9 * PAGE);
        m.unmap(mm, BASE, 16);
        long faults = m.vmstat(VmstatItem.PGFAULT);
        raceFor(mm, BASE, BASE + 9 * PAGE);
        assertEquals(expectedOrder, m.order(mm, BASE));
        assertEquals(0, m.order(mm, BASE + 9 * PAGE));
        assertEquals(expectedFaults, m.vmstat(VmstatItem.PGFAULT) - faults - 1, "besides the winner's");
        assertEquals((1 << expectedOrder) + 1, m.mms.rssAnon(mm));
    }

    // ---- PMD order

    @Test
    void an_empty_aligned_range_gets_a_folio_mapped_by_one_entry() {
        m.enable(9);
        int mm = mapped(BASE, 1024);
        int pfn = m.write(mm, BASE + HUGE + 7 * PAGE);
        int head = pfn - 7;
        assertTrue(m.isHuge(mm, BASE + HUGE) && m.isWritable(mm, BASE + HUGE));
        assertFalse(m.isHuge(mm, BASE));
        assertEquals(9, m.frames.order(head));
        assertEquals(1, m.frames.refcount(head));
        assertEquals(1, m.frames.largeMapcount(head));
        assertEquals(1, m.frames.entireMapcount(head));
        assertTrue(m.isExclusive(mm, BASE + HUGE));
        assertFalse(m.frames.isMaterialised(head), "nothing is kept for single pages");
        assertEquals(512, m.mms.rssAnon(mm));
        assertEquals(512, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(1, m.vmstat(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES));
        assertEquals(1, m.vmstat(VmstatItem.THP_FAULT_ALLOC));
        assertEquals(1, m.mthp(MthpStat.ANON_FAULT_ALLOC, 9));
        assertEquals(1, m.tables.depositedTables(m.mms.pgd(mm)));
        assertEquals(1, m.memory.deferred().length(), "it may turn out underused");
        assertFalse(m.frames.test(head, Frames.PARTIALLY_MAPPED));
        m.exit(mm);
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES));
        assertEquals(0, m.memory.deferred().length());
    }

    @Test
    void a_range_that_a_vma_does_not_cover_or_that_has_a_table_gets_no_huge_entry() {
        m.enable(9);
        int mm = mapped(BASE + PAGE, 1024);
        m.write(mm, BASE + PAGE);
        assertFalse(m.isHuge(mm, BASE + PAGE), "not inside the VMA");
        m.tables.leafAlloc(m.mms.pgd(mm), BASE + HUGE);
        m.write(mm, BASE + HUGE);
        assertEquals(0, m.order(mm, BASE + HUGE), "an empty table is in the way");
    }

    @Test
    void a_huge_fault_without_memory_falls_back_to_the_next_order() {
        m.enable(9, 4);
        int mm = mapped(BASE, 512);
        m.memory.buddy().failNext(9, 1);
        m.write(mm, BASE);
        assertEquals(4, m.order(mm, BASE));
        assertEquals(1, m.vmstat(VmstatItem.THP_FAULT_FALLBACK));
        assertEquals(1, m.mthp(MthpStat.ANON_FAULT_FALLBACK, 9));
        assertEquals(1, m.mthp(MthpStat.ANON_FAULT_ALLOC, 4));
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT), "all in one fault");
    }

    @Test
    void reading_a_huge_range_maps_the_huge_zero_folio_which_is_made_once() {
        m.enable(9);
        int mm = mapped(BASE, 1024);
        int pfn = m.read(mm, BASE + 3 * PAGE);
        m.read(mm, BASE + HUGE);
        assertTrue(m.memory.folios().isHugeZero(pfn));
        assertTrue(m.isHuge(mm, BASE) && m.isHuge(mm, BASE + HUGE));
        assertEquals(1, m.vmstat(VmstatItem.THP_ZERO_PAGE_ALLOC));
        assertEquals(0, m.mms.rss(mm));
        assertEquals(2, m.tables.depositedTables(m.mms.pgd(mm)));
    }

    @Test
    void a_write_to_the_huge_zero_folio_gets_a_huge_folio_at_once() {
        m.enable(9);
        int mm = mapped(BASE, 512);
        m.read(mm, BASE);
        m.write(mm, BASE + PAGE);
        assertTrue(m.isHuge(mm, BASE) && m.isWritable(mm, BASE));
        assertEquals(9, m.order(mm, BASE));
        assertEquals(512, m.mms.rssAnon(mm));
        assertEquals(1, m.vmstat(VmstatItem.THP_FAULT_ALLOC));
        assertEquals(1, m.tables.depositedTables(m.mms.pgd(mm)), "the zero mapping's table serves on");
    }

    @Test
    void a_write_to_the_huge_zero_folio_without_memory_splits_it_into_zero_pages() {
        m.enable(9);
        int mm = mapped(BASE, 512);
        m.read(mm, BASE);
        m.memory.buddy().failNext(9, 1);
        m.write(mm, BASE + PAGE);
        assertFalse(m.isHuge(mm, BASE));
        assertEquals(0, m.order(mm, BASE + PAGE));
        assertEquals(Frames.ZERO_PFN, m.pfn(mm, BASE));
        assertEquals(Frames.ZERO_PFN, m.pfn(mm, BASE + 511 * PAGE));
        assertEquals(1, m.mms.rssAnon(mm));
        assertEquals(1, m.vmstat(VmstatItem.THP_FAULT_FALLBACK));
        assertEquals(1, m.vmstat(VmstatItem.THP_SPLIT_PMD));
    }

    // ---- locked VMAs

    @Test
    void new_folios_of_any_size_are_mlocked_in_a_locked_vma() {
        m.enable(9, 4);
        int mm = m.newMm();
        long locked = RW | VmFlags.VM_LOCKED | VmFlags.VM_LOCKONFAULT;
        m.map(mm, BASE, 512, locked);
        m.map(mm, BASE + HUGE, 16, locked);
        m.map(mm, BASE + 2 * HUGE, 1, locked);
        for (int i = 0; i < 3; i++) {
            int head = m.frames.head(m.write(mm, BASE + i * HUGE));
            assertTrue(m.frames.test(head, Frames.MLOCKED));
        }
        assertEquals(512 + 16 + 1, m.vmstat(VmstatItem.NR_MLOCK));
        m.memory.lru().drain();
        assertEquals(512 + 16 + 1, m.vmstat(VmstatItem.NR_UNEVICTABLE));
        m.exit(mm);
        m.memory.lru().drain();
        assertEquals(0, m.vmstat(VmstatItem.NR_MLOCK));
    }

    // ---- work, rewinding, allocation

    @Test
    void the_work_of_faults_is_counted() {
        m.enable(4);
        int mm = mapped(BASE, 32);
        m.write(mm, BASE);
        m.read(mm, BASE + 16 * PAGE);
        assertEquals(2, m.work(Work.TRAPS));
        assertEquals(16, m.work(Work.ZEROED_PAGES));
        assertEquals(1, m.work(Work.ANON_FOLIOS));
        assertEquals(1, m.work(Work.ZERO_PAGES_MAPPED));
    }

    @Test
    void a_machine_that_faulted_can_be_rewound() {
        m.enable(9, 4);
        int mm = mapped(BASE, 1024);
        m.write(mm, BASE + HUGE);
        var saved = m.space.save();
        m.write(mm, BASE);
        m.read(mm, BASE + HUGE + PAGE);
        m.exit(mm);
        m.space.rewind(saved);
        assertNull(m.space.firstDifference(saved));
        assertTrue(m.isHuge(mm, BASE + HUGE));
        assertEquals(0, m.pfn(mm, BASE));
    }

    @Test
    void everything_that_faults_took_comes_back_when_the_process_exits() {
        m.enable(9, 4, 2);
        long free = m.memory.buddy().freeFrames();
        int mm = mapped(BASE + 4 * PAGE, 1500);
        for (long at = BASE + 4 * PAGE; at < BASE + 1500 * PAGE; at += 7 * PAGE) {
            if (at / PAGE % 3 == 0) {
                m.read(mm, at);
            } else {
                m.write(mm, at);
            }
        }
        m.exit(mm);
        m.memory.lru().drain();
        assertEquals(free, m.memory.buddy().freeFrames());
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(0, m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES));
        assertEquals(0, m.vmstat(VmstatItem.NR_INACTIVE_ANON) + m.vmstat(VmstatItem.NR_ACTIVE_ANON));
    }
}
