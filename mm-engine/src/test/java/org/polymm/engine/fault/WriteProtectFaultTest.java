package org.polymm.engine.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.TestMachine.HUGE;
import static org.polymm.engine.testpolicy.TestMachine.PAGE;
import static org.polymm.engine.testpolicy.TestMachine.RW;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.api.PageSpan;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.FixedPolicies.OnePageReuse;
import org.polymm.engine.testpolicy.FixedPolicies.RunCopy;
import org.polymm.engine.testpolicy.FixedPolicies.RunReuse;
import org.polymm.engine.testpolicy.TestMachine;
import org.polymm.engine.vma.VmFlags;

class WriteProtectFaultTest {

    private static final long BASE = 64 * HUGE;

    private TestMachine m = new TestMachine(FixedPolicies.mainline(), 8_192);
    private int parent;
    private int child;
    private int grandchild;

    private static TestMachine reusing(FixedPolicies.OnePageReuse reuse) {
        return new TestMachine(FixedPolicies.mainline().with(Slot.COW_SIZING_REUSE, reuse), 8_192);
    }

    private static TestMachine copying(RunCopy copy, SafetyMode safety) {
        return new TestMachine(
                FixedPolicies.mainline().with(Slot.COW_SIZING_COPY, copy), 8_192, Geometry.X86_64, safety, true);
    }

    /** A process with one folio of an order at BASE, page i of which holds 100 + i. */
    private void folioOfOrder(int order) {
        if (order > 0) {
            m.enable(order);
        }
        parent = m.newMm();
        m.map(parent, BASE, 1L << order, RW);
        for (int i = 0; i < 1 << order; i++) {
            m.store(parent, BASE + i * PAGE, 100 + i);
        }
        assertEquals(order, m.order(parent, BASE));
    }

    private int frame(int mm, int page) {
        return m.pfn(mm, BASE + page * PAGE);
    }

    private void pin(int mm, int page) {
        m.mms.hasPinned(mm, true);
        m.memory.folios().pin(m.frames.head(frame(mm, page)), 1);
    }

    private int unshare(int mm, int page) {
        m.spaces.locks().readLock(mm);
        int vma = m.spaces.find(mm, BASE + page * PAGE);
        int result = m.faults.handle(mm, vma, BASE + page * PAGE, FaultFlags.UNSHARE);
        m.spaces.locks().readUnlock(mm);
        return result;
    }

    // ---- base pages

    @Test
    void after_a_fork_the_first_to_write_copies_and_the_other_keeps_its_page() {
        folioOfOrder(0);
        child = m.share(parent);
        int old = frame(parent, 0);
        m.store(child, BASE, 7);
        assertNotEquals(old, frame(child, 0));
        assertEquals(old, frame(parent, 0));
        assertEquals(100, m.load(parent, BASE));
        assertEquals(7, m.load(child, BASE));
        assertTrue(m.isExclusive(child, BASE) && m.isWritable(child, BASE));
        assertFalse(m.isExclusive(parent, BASE) || m.isWritable(parent, BASE));
        assertEquals(1, m.work(Work.COW_COPIES));
        assertEquals(1, m.mms.rssAnon(child));
    }

    @Test
    void the_last_owner_reuses_its_page_without_a_copy() {
        folioOfOrder(0);
        child = m.share(parent);
        int old = frame(parent, 0);
        m.store(child, BASE, 7);
        m.store(parent, BASE, 8);
        assertEquals(old, frame(parent, 0));
        assertTrue(m.isExclusive(parent, BASE) && m.isWritable(parent, BASE));
        assertEquals(1, m.work(Work.COW_COPIES));
        assertEquals(1, m.vmstat(VmstatItem.PGREUSE));
    }

    @Test
    void a_page_that_waits_for_its_lru_list_is_reused_once_the_batch_is_drained() {
        folioOfOrder(0);
        child = m.share(parent);
        assertFalse(m.frames.test(frame(parent, 0), Frames.LRU));
        m.exit(child);
        int old = frame(parent, 0);
        m.store(parent, BASE, 8);
        assertEquals(old, frame(parent, 0));
        assertTrue(m.frames.test(old, Frames.LRU));
    }

    @Test
    void a_plain_reference_of_somebody_else_forces_a_copy() {
        folioOfOrder(0);
        child = m.share(parent);
        m.exit(child);
        int old = frame(parent, 0);
        m.frames.get(old);
        m.store(parent, BASE, 8);
        assertNotEquals(old, frame(parent, 0));
        assertEquals(100, m.memory.contents().read(old), "whoever holds the reference keeps the old contents");
    }

    @Test
    void a_reused_page_moves_to_the_anon_vma_of_the_one_that_has_it() {
        folioOfOrder(0);
        child = m.share(parent);
        m.exit(parent);
        m.store(child, BASE, 8);
        int vma = m.spaces.find(child, BASE);
        assertEquals(m.vmas.anonVma(vma), m.frames.mapping(frame(child, 0)));
    }

    @Test
    void a_page_that_is_exclusive_already_is_reused_whatever_refers_to_it() {
        folioOfOrder(0);
        int pfn = frame(parent, 0);
        m.frames.addRefs(pfn, 50);
        m.setEntry(parent, BASE, m.entry(parent, BASE) & ~Pte.WRITE);
        assertEquals(pfn, m.write(parent, BASE));
    }

    @Test
    void an_old_page_goes_when_its_last_mapping_is_replaced() {
        folioOfOrder(0);
        child = m.share(parent);
        int old = frame(parent, 0);
        m.frames.get(old);
        m.write(child, BASE);
        m.write(parent, BASE);
        assertEquals(0, m.frames.mapcount(old));
        m.memory.lru().drain();
        assertEquals(1, m.frames.refcount(old), "the reference held here is the last");
        m.memory.folios().put(old, 1);
        assertFalse(m.frames.isAllocated(old));
        assertEquals(2, m.vmstat(VmstatItem.NR_ANON_PAGES));
    }

    @Test
    void without_memory_for_a_copy_the_write_fails_and_nothing_changes() {
        folioOfOrder(0);
        child = m.share(parent);
        m.memory.lru().drain();
        int refs = m.frames.refcount(frame(parent, 0));
        m.memory.buddy().failNext(0, 1);
        assertEquals(FaultResult.OOM, m.write(child, BASE));
        assertEquals(refs, m.frames.refcount(frame(parent, 0)));
        assertEquals(frame(parent, 0), frame(child, 0));
        m.sync.assertNothingHeld("after a failed copy");
    }

    @Test
    void a_copy_into_a_locked_vma_is_mlocked_and_takes_the_old_page_out() {
        folioOfOrder(0);
        child = m.share(parent);
        m.vmas.changeFlags(m.spaces.find(parent, BASE), VmFlags.VM_LOCKED, 0);
        m.write(parent, BASE);
        assertTrue(m.frames.test(frame(parent, 0), Frames.MLOCKED));
        assertEquals(1, m.vmstat(VmstatItem.NR_MLOCK));
    }

    // ---- unsharing

    @Test
    void unsharing_a_shared_page_copies_it_read_only() {
        folioOfOrder(0);
        child = m.share(parent);
        int old = frame(parent, 0);
        assertEquals(FaultResult.DONE, unshare(parent, 0));
        assertNotEquals(old, frame(parent, 0));
        assertTrue(m.isExclusive(parent, BASE));
        assertFalse(m.isWritable(parent, BASE));
        assertEquals(0, m.entry(parent, BASE) & Pte.DIRTY);
        int copied = frame(parent, 0);
        m.store(parent, BASE, 5);
        assertEquals(copied, frame(parent, 0), "the later write reuses it");
    }

    @Test
    void unsharing_a_page_of_the_last_owner_just_makes_it_exclusive() {
        folioOfOrder(4);
        child = m.share(parent);
        m.exit(child);
        int old = frame(parent, 3);
        unshare(parent, 3);
        assertEquals(old, frame(parent, 3));
        assertTrue(m.isExclusive(parent, BASE + 3 * PAGE));
        assertFalse(m.isWritable(parent, BASE + 3 * PAGE));
        assertEquals(0, m.vmstat(VmstatItem.PGREUSE));
    }

    @Test
    void unsharing_means_nothing_in_a_shared_mapping() {
        int file = m.files.create(1, 4, Files.SHMEM);
        parent = m.newMm();
        m.mapFile(parent, BASE, 4, TestMachine.SHARED, file, 0);
        int page = m.read(parent, BASE);
        m.setEntry(parent, BASE, m.entry(parent, BASE) & ~Pte.WRITE);
        unshare(parent, 0);
        assertEquals(page, frame(parent, 0));
        assertFalse(m.frames.test(page, Frames.ANON_EXCLUSIVE));
    }

    // ---- large folios: who may reuse what

    @Test
    void after_fork_and_exit_of_the_child_every_page_is_reused_one_fault_each() {
        folioOfOrder(4);
        child = m.share(parent);
        m.exit(child);
        int head = frame(parent, 0);
        long faults = m.vmstat(VmstatItem.PGFAULT);
        for (int i = 0; i < 16; i++) {
            m.write(parent, BASE + i * PAGE);
            assertEquals(head + i, frame(parent, i));
        }
        assertEquals(16, m.vmstat(VmstatItem.PGFAULT) - faults);
        assertEquals(0, m.work(Work.COW_COPIES));
        assertEquals(16, m.vmstat(VmstatItem.PGREUSE));
    }

    @Test
    void with_no_proof_for_large_folios_they_are_copied_page_by_page_until_they_are_gone() {
        m = reusing(new OnePageReuse(ExclusivityProof.REFERENCES));
        folioOfOrder(4);
        child = m.share(parent);
        m.exit(child);
        int head = frame(parent, 0);
        for (int i = 0; i < 16; i++) {
            m.write(parent, BASE + i * PAGE);
            assertEquals(0, m.order(parent, BASE + i * PAGE));
        }
        assertEquals(16, m.work(Work.COW_COPIES));
        assertFalse(m.frames.isAllocated(head) && m.frames.order(head) == 4, "the folio went with its last page");
        assertEquals(0, m.mthp(MthpStat.NR_ANON, 4));
    }

    @Test
    void a_scan_of_the_entries_proves_the_folio_and_one_fault_reuses_the_run() {
        m = reusing(new RunReuse(ExclusivityProof.SCAN));
        folioOfOrder(4);
        child = m.share(parent);
        m.exit(child);
        long faults = m.vmstat(VmstatItem.PGFAULT);
        for (int i = 0; i < 16; i++) {
            m.write(parent, BASE + i * PAGE);
        }
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT) - faults);
        assertEquals(0, m.work(Work.COW_COPIES));
        for (int i = 0; i < 16; i++) {
            assertTrue(m.isExclusive(parent, BASE + i * PAGE) && m.isWritable(parent, BASE + i * PAGE));
        }
    }

    @Test
    void a_scan_proves_nothing_while_the_child_lives() {
        m = reusing(new RunReuse(ExclusivityProof.SCAN));
        folioOfOrder(4);
        child = m.share(parent);
        m.write(parent, BASE);
        assertEquals(1, m.work(Work.COW_COPIES));
        assertFalse(m.isExclusive(parent, BASE + PAGE));
    }

    @Test
    void while_the_child_lives_a_write_copies_one_base_page_and_leaves_the_neighbours() {
        folioOfOrder(4);
        child = m.share(parent);
        int head = frame(parent, 0);
        m.store(parent, BASE + 5 * PAGE, 1);
        assertEquals(0, m.order(parent, BASE + 5 * PAGE));
        assertEquals(head + 4, frame(parent, 4));
        assertEquals(105, m.load(child, BASE + 5 * PAGE));
        assertEquals(31, m.frames.largeMapcount(head));
        assertEquals(31, m.frames.refcount(head));
        m.exit(child);
        m.store(parent, BASE + 6 * PAGE, 1);
        assertEquals(head + 6, frame(parent, 6), "reused although the folio lost a page");
        assertEquals(1, m.work(Work.COW_COPIES));
    }

    @Test
    void the_last_mapped_page_of_a_folio_is_copied_so_that_the_folio_can_go() {
        folioOfOrder(4);
        child = m.share(parent);
        m.exit(child);
        int head = frame(parent, 0);
        m.unmap(parent, BASE, 15);
        assertEquals(1, m.frames.largeMapcount(head));
        m.store(parent, BASE + 15 * PAGE, 1);
        assertEquals(1, m.work(Work.COW_COPIES));
        assertEquals(0, m.order(parent, BASE + 15 * PAGE));
        assertEquals(0, m.mthp(MthpStat.NR_ANON, 4));
    }

    @Test
    void of_three_owners_the_first_two_are_known_and_the_last_of_them_reuses() {
        folioOfOrder(4);
        child = m.share(parent);
        grandchild = m.share(child);
        m.exit(child);
        m.exit(grandchild);
        int head = frame(parent, 0);
        m.write(parent, BASE);
        assertEquals(head, frame(parent, 0));
        assertEquals(0, m.work(Work.COW_COPIES));
    }

    @Test
    void a_third_owner_that_is_the_last_copies_although_nobody_else_has_the_folio() {
        folioOfOrder(4);
        child = m.share(parent);
        grandchild = m.share(child);
        m.exit(parent);
        m.exit(child);
        int head = frame(grandchild, 0);
        m.write(grandchild, BASE);
        assertNotEquals(head, frame(grandchild, 0));
        assertEquals(1, m.work(Work.COW_COPIES));
    }

    @Test
    void a_wide_reuse_covers_the_exclusive_neighbours_and_stops_at_a_shared_one() {
        m = reusing(new RunReuse(ExclusivityProof.SCHEME));
        folioOfOrder(4);
        int head = frame(parent, 0);
        for (int i = 0; i < 16; i++) {
            m.setEntry(parent, BASE + i * PAGE, m.entry(parent, BASE + i * PAGE) & ~Pte.WRITE);
        }
        m.frames.clearFlags(head + 9, Frames.ANON_EXCLUSIVE);
        m.write(parent, BASE + 2 * PAGE);
        for (int i = 0; i < 16; i++) {
            assertEquals(i < 9, m.isWritable(parent, BASE + i * PAGE), "page " + i);
        }
        assertEquals(1, m.vmstat(VmstatItem.PGREUSE));
    }

    @Test
    void a_wide_reuse_leaves_out_what_userfaultfd_protects() {
        m = reusing(new RunReuse(ExclusivityProof.SCHEME));
        folioOfOrder(2);
        for (int i = 0; i < 4; i++) {
            m.setEntry(
                    parent,
                    BASE + i * PAGE,
                    m.entry(parent, BASE + i * PAGE) & ~Pte.WRITE | (i == 2 ? Pte.UFFD_WP : 0));
        }
        m.write(parent, BASE);
        assertTrue(m.isWritable(parent, BASE + PAGE) && m.isWritable(parent, BASE + 3 * PAGE));
        assertFalse(m.isWritable(parent, BASE + 2 * PAGE));
    }

    @Test
    void a_wide_reuse_without_proof_is_carried_out_or_refused_as_configured() {
        for (SafetyMode safety : SafetyMode.values()) {
            m = new TestMachine(
                    FixedPolicies.mainline().with(Slot.COW_SIZING_REUSE, new OnePageReuse(ExclusivityProof.NOTHING) {
                        @Override
                        public long reuseExtent(WriteFault fault) {
                            return PageSpan.of(0, 1 + fault.runAfter());
                        }
                    }),
                    8_192,
                    Geometry.X86_64,
                    safety,
                    true);
            folioOfOrder(2);
            child = m.share(parent);
            m.frames.setFlags(frame(parent, 0), Frames.ANON_EXCLUSIVE);
            m.write(parent, BASE);
            assertTrue(m.isWritable(parent, BASE));
            assertEquals(safety == SafetyMode.OBSERVE, m.isWritable(parent, BASE + PAGE));
            assertEquals(
                    safety == SafetyMode.OBSERVE ? 0 : 1,
                    m.policies.decisions().refusals(SafetyRule.REUSE_WITHOUT_PROOF));
        }
    }

    // ---- pins

    @Test
    void a_pinned_page_stays_exclusive_and_its_owner_writes_to_it_in_place() {
        folioOfOrder(0);
        pin(parent, 0);
        int vma = m.spaces.find(parent, BASE);
        int pinned = frame(parent, 0);
        assertFalse(m.mappings.rmap().tryDupAnon(pinned, 1, vma, vma), "fork must copy for the child");
        assertTrue(m.isExclusive(parent, BASE));
        m.setEntry(parent, BASE, m.entry(parent, BASE) & ~Pte.WRITE);
        assertEquals(pinned, m.write(parent, BASE));
    }

    @Test
    void an_exclusive_page_that_may_be_pinned_cannot_be_made_shared() {
        folioOfOrder(4);
        int page = frame(parent, 3);
        assertTrue(m.mappings.rmap().tryShareAnon(page));
        assertFalse(m.isExclusive(parent, BASE + 3 * PAGE));
        pin(parent, 0);
        assertFalse(m.mappings.rmap().tryShareAnon(page + 1));
        assertTrue(m.isExclusive(parent, BASE + 4 * PAGE));
    }

    // ---- wide copies

    @Test
    void a_wide_copy_takes_the_shared_folio_along_in_one_fault() {
        m = copying(new RunCopy(true), SafetyMode.OBSERVE);
        folioOfOrder(4);
        child = m.share(parent);
        int old = frame(parent, 0);
        long faults = m.vmstat(VmstatItem.PGFAULT);
        m.store(child, BASE + 6 * PAGE, 1);
        int head = frame(child, 0);
        assertNotEquals(old, head);
        assertEquals(4, m.order(child, BASE));
        for (int i = 0; i < 16; i++) {
            assertEquals(head + i, frame(child, i));
            assertTrue(m.isExclusive(child, BASE + i * PAGE) && m.isWritable(child, BASE + i * PAGE));
            assertEquals(i == 6 ? 1 : 100 + i, m.load(child, BASE + i * PAGE));
            assertEquals(100 + i, m.load(parent, BASE + i * PAGE));
        }
        assertEquals(16, m.frames.refcount(head));
        assertEquals(16, m.frames.refcount(old));
        assertEquals(16, m.frames.largeMapcount(old));
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT) - faults);
        assertEquals(16, m.work(Work.COPIED_PAGES));
        assertEquals(1, m.work(Work.COW_COPIES));
        assertEquals(16, m.mms.rssAnon(child));
    }

    @Test
    void a_wide_copy_stops_at_a_hole_in_the_run() {
        m = copying(new RunCopy(true), SafetyMode.OBSERVE);
        folioOfOrder(4);
        child = m.share(parent);
        m.unmap(child, BASE + 9 * PAGE, 1);
        m.write(child, BASE + 2 * PAGE);
        assertEquals(3, m.order(child, BASE));
        assertEquals(frame(parent, 8), frame(child, 8));
        m.write(child, BASE + 8 * PAGE);
        assertEquals(0, m.order(child, BASE + 8 * PAGE), "beside the hole only the page itself is left");
    }

    @Test
    void a_careful_wide_copy_leaves_exclusive_pages_alone_and_a_careless_one_is_judged() {
        m = copying(new RunCopy(true), SafetyMode.OBSERVE);
        mixOfSharedAndExclusive();
        m.write(parent, BASE);
        assertEquals(3, m.order(parent, BASE));
        assertEquals(105, m.load(parent, BASE + 5 * PAGE));

        m = copying(new RunCopy(false), SafetyMode.OBSERVE);
        int pinned = mixOfSharedAndExclusive();
        m.write(parent, BASE);
        assertEquals(4, m.order(parent, BASE));
        assertNotEquals(pinned, frame(parent, 8), "observed: the pin keeps a page that the process no longer has");

        m = copying(new RunCopy(false), SafetyMode.ENFORCE);
        pinned = mixOfSharedAndExclusive();
        m.write(parent, BASE);
        assertEquals(0, m.order(parent, BASE));
        assertEquals(pinned, frame(parent, 8));
        assertEquals(1, m.policies.decisions().refusals(SafetyRule.COPY_REPLACES_EXCLUSIVE_PAGE));
    }

    /** Pages 0 to 7 shared with a child, 8 to 15 exclusive and read-only as after MADV_DONTFORK, page 8 pinned. Returns page 8. */
    private int mixOfSharedAndExclusive() {
        folioOfOrder(4);
        child = m.share(parent);
        m.unmap(child, BASE + 8 * PAGE, 8);
        for (int i = 8; i < 16; i++) {
            m.frames.setFlags(frame(parent, i), Frames.ANON_EXCLUSIVE);
        }
        pin(parent, 8);
        return frame(parent, 8);
    }

    @Test
    void a_wide_copy_without_memory_is_asked_again_and_shrinks() {
        m = copying(new RunCopy(true), SafetyMode.OBSERVE);
        folioOfOrder(4);
        child = m.share(parent);
        m.memory.buddy().failNext(4, 1);
        m.write(child, BASE + 9 * PAGE);
        assertEquals(3, m.order(child, BASE + 9 * PAGE));
        assertEquals(frame(parent, 7), frame(child, 7));
        assertEquals(1, m.mthp(MthpStat.ANON_FAULT_FALLBACK, 4));
    }

    @Test
    void a_wide_copy_that_shrinks_to_a_page_is_an_ordinary_copy() {
        m = copying(
                new RunCopy(true) {
                    @Override
                    public long afterAllocationFailure(WriteFault fault, long failed) {
                        return PageSpan.ONE_PAGE;
                    }
                },
                SafetyMode.OBSERVE);
        folioOfOrder(4);
        child = m.share(parent);
        int refs = m.frames.refcount(frame(parent, 0));
        m.memory.buddy().failNext(4, 1);
        m.store(child, BASE + 9 * PAGE, 3);
        assertEquals(0, m.order(child, BASE + 9 * PAGE));
        assertEquals(109, m.load(parent, BASE + 9 * PAGE));
        assertEquals(refs - 1, m.frames.refcount(frame(parent, 0)));
    }

    @Test
    void a_wide_copy_is_only_as_large_as_its_alignment_in_the_address_space_allows() {
        m = copying(new RunCopy(true), SafetyMode.OBSERVE);
        m.enable(4);
        parent = m.newMm();
        m.map(parent, BASE, 16, RW);
        m.write(parent, BASE);
        child = m.share(parent);
        m.unmap(child, BASE, 4);
        m.unmap(child, BASE + 12 * PAGE, 4);
        m.write(child, BASE + 5 * PAGE);
        assertEquals(2, m.order(child, BASE + 5 * PAGE), "[4,12) holds two aligned runs of 4, and none of 8");
    }

    // ---- folios mapped by a PMD entry

    @Test
    void a_huge_folio_of_the_last_owner_is_reused_whole_in_one_fault() {
        m.enable(9);
        parent = m.newMm();
        m.map(parent, BASE, 512, RW);
        int head = m.write(parent, BASE);
        child = m.share(parent);
        assertFalse(m.isWritable(parent, BASE) || m.isExclusive(parent, BASE));
        m.exit(child);
        long faults = m.vmstat(VmstatItem.PGFAULT);
        m.write(parent, BASE + 100 * PAGE);
        m.write(parent, BASE + 200 * PAGE);
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT) - faults);
        assertTrue(m.isHuge(parent, BASE) && m.isWritable(parent, BASE) && m.isExclusive(parent, BASE));
        assertEquals(head, frame(parent, 0));
        assertEquals(0, m.work(Work.COW_COPIES));
    }

    @Test
    void a_write_to_a_shared_huge_folio_splits_the_writers_mapping_and_copies_one_page() {
        m.enable(9);
        parent = m.newMm();
        m.map(parent, BASE, 512, RW);
        int head = m.write(parent, BASE);
        child = m.share(parent);
        m.write(child, BASE + 3 * PAGE);
        assertTrue(m.isHuge(parent, BASE), "the parent keeps its entry");
        assertFalse(m.isHuge(child, BASE));
        assertEquals(0, m.order(child, BASE + 3 * PAGE));
        assertEquals(head + 4, frame(child, 4));
        assertEquals(9, m.frames.order(head), "the folio stays whole");
        assertEquals(1, m.frames.entireMapcount(head));
        assertEquals(1 + 511, m.frames.largeMapcount(head));
        assertEquals(1 + 511, m.frames.refcount(head));
        assertEquals(1, m.vmstat(VmstatItem.THP_SPLIT_PMD));
        assertEquals(0, m.vmstat(VmstatItem.THP_SPLIT_PAGE));
        assertEquals(512 + 1, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(1, m.vmstat(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES));

        m.write(parent, BASE + 5 * PAGE);
        assertFalse(m.isHuge(parent, BASE));
        assertEquals(2, m.vmstat(VmstatItem.THP_SPLIT_PMD));
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES));
        m.exit(child);
        m.write(parent, BASE + 8 * PAGE);
        assertEquals(head + 8, frame(parent, 8), "reused, although the folio lost a page");
    }

    @Test
    void a_reference_to_a_huge_folio_forces_the_copy_of_one_page() {
        m.enable(9);
        parent = m.newMm();
        m.map(parent, BASE, 512, RW);
        int head = m.write(parent, BASE);
        child = m.share(parent);
        m.exit(child);
        m.frames.get(head);
        m.write(parent, BASE);
        assertFalse(m.isHuge(parent, BASE));
        assertEquals(1, m.work(Work.COW_COPIES));
        m.memory.folios().put(head, 1);
    }

    @Test
    void a_policy_that_takes_no_proof_splits_the_mapping_of_a_huge_folio_too() {
        m = reusing(new OnePageReuse(ExclusivityProof.NOTHING));
        m.enable(9);
        parent = m.newMm();
        m.map(parent, BASE, 512, RW);
        m.write(parent, BASE);
        child = m.share(parent);
        m.exit(child);
        m.write(parent, BASE);
        assertFalse(m.isHuge(parent, BASE));
        assertEquals(1, m.work(Work.COW_COPIES));
    }

    @Test
    void unsharing_a_huge_folio_of_the_last_owner_keeps_it_read_only() {
        m.enable(9);
        parent = m.newMm();
        m.map(parent, BASE, 512, RW);
        m.write(parent, BASE);
        child = m.share(parent);
        m.exit(child);
        unshare(parent, 4);
        assertTrue(m.isHuge(parent, BASE) && m.isExclusive(parent, BASE));
        assertFalse(m.isWritable(parent, BASE));
    }

    // ---- folios that a fault cuts

    @Test
    void a_boundary_policy_is_told_of_split_pmd_mappings_and_of_folios_that_a_copy_left_partially_mapped() {
        List<String> told = new ArrayList<>();
        m = new TestMachine(
                FixedPolicies.mainline().with(Slot.FOLIO_SPLIT_BOUNDARY, (FolioSplitPolicy.Boundary) event -> {
                    told.add(event.kind() + " by " + event.cause() + ", " + event.pagesMappedHere() + " pages here");
                    return SplitPlan.split().orElse(SplitPlan.defer());
                }),
                8_192);
        m.thp().set(ThpTunable.SHRINK_UNDERUSED, 0);
        m.enable(9);
        parent = m.newMm();
        m.map(parent, BASE, 512, RW);
        int head = m.write(parent, BASE);
        child = m.share(parent);
        m.write(child, BASE + 3 * PAGE);
        assertEquals(List.of("PMD_SPLIT by FAULT, 512 pages here"), told);
        assertTrue(
                m.frames.test(head, Frames.ON_DEFERRED),
                "a fault cannot split the folio, so the plan's next step counts");
        m.unmap(parent, BASE, 512);
        told.clear();
        m.frames.get(head);
        m.write(child, BASE + 4 * PAGE);
        m.memory.folios().put(head, 1);
        assertEquals(List.of("RMAP_REMOVAL by FAULT, 510 pages here"), told);
    }

    // ---- all together

    @Test
    void what_everybody_reads_after_forks_and_writes_is_what_they_wrote_and_nothing_leaks() {
        long free = m.memory.buddy().freeFrames();
        folioOfOrder(4);
        child = m.share(parent);
        for (int i = 0; i < 16; i += 3) {
            m.store(child, BASE + i * PAGE, 200 + i);
        }
        grandchild = m.share(child);
        for (int i = 0; i < 16; i += 2) {
            m.store(parent, BASE + i * PAGE, 300 + i);
            m.store(grandchild, BASE + i * PAGE, 400 + i);
        }
        for (int i = 0; i < 16; i++) {
            assertEquals(i % 2 == 0 ? 300 + i : 100 + i, m.load(parent, BASE + i * PAGE));
            assertEquals(i % 3 == 0 ? 200 + i : 100 + i, m.load(child, BASE + i * PAGE));
            int inherited = i % 3 == 0 ? 200 + i : 100 + i;
            assertEquals(i % 2 == 0 ? 400 + i : inherited, m.load(grandchild, BASE + i * PAGE));
        }
        m.exit(parent);
        m.exit(child);
        m.exit(grandchild);
        m.memory.lru().drain();
        assertEquals(free, m.memory.buddy().freeFrames());
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(0, m.mthp(MthpStat.NR_ANON, 4));
        assertEquals(0, m.mthp(MthpStat.NR_ANON_PARTIALLY_MAPPED, 4));
    }
}
