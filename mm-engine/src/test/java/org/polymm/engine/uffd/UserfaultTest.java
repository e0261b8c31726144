package org.polymm.engine.uffd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.machine.UserfaultCalls.Finished;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;
import org.polymm.engine.vma.VmFlags;

/** userfaultfd as a 6.18 kernel has it, on a machine that checks itself after every call. */
class UserfaultTest {

    private static final long PAGE = Machines.PAGE;
    private static final long BASE = 4L << 21;
    private static final int MISSING = UserfaultFlags.MODE_MISSING;
    private static final int WP = UserfaultFlags.MODE_WP;
    private static final long UNPOPULATED = UserfaultFlags.FEATURE_WP_UNPOPULATED;

    private Machine machine = machine("never", "never");
    private int mm = machine.spawn();
    private int uffd;

    private static Machine machine(String mthp, String thp) {
        return Machines.large(FixedPolicies.whole())
                .withThp("hugepages-64kB/enabled", mthp)
                .withThp("hugepages-2048kB/enabled", thp)
                .withSwap(new MachineBlueprint.Swap(64 * PAGE, SwapDevice.BLOCK))
                .withCheck(CheckLevel.EVERY)
                .create();
    }

    private void use(Machine other) {
        machine = other;
        mm = machine.spawn();
    }

    private void watch(long pages, long features, int modes) {
        Machines.map(machine, mm, BASE, pages);
        open(features, modes, pages);
    }

    private void open(long features, int modes, long pages) {
        uffd = machine.userfaults().open(mm, features);
        assertTrue(machine.userfaults().register(uffd, BASE, pages * PAGE, modes) > 0);
    }

    private long entry(long page) {
        return machine.pageTables().lookup(machine.spaces().mms().pgd(mm), BASE + page * PAGE);
    }

    private int protect(long first, long pages) {
        return machine.userfaults().writeProtect(uffd, BASE + first * PAGE, pages * PAGE, UserfaultFlags.WP);
    }

    private int unprotect(long first, long pages) {
        return machine.userfaults().writeProtect(uffd, BASE + first * PAGE, pages * PAGE, 0);
    }

    private long copy(long first, long pages, long token, int mode) {
        return machine.userfaults().copy(uffd, BASE + first * PAGE, pages * PAGE, token, 1, mode);
    }

    private Finished finish(long page) {
        return machine.userfaults().finish(mm, BASE + page * PAGE);
    }

    // ---- missing

    @Test
    void a_load_waits_until_the_page_is_copied() {
        watch(16, 0, MISSING);
        assertEquals(FaultResult.BLOCKED, machine.touch(mm, BASE + 3 * PAGE, MemoryAccess.READ));
        assertEquals(0, machine.userfaults().message(mm, BASE + 3 * PAGE));
        assertEquals(FaultResult.BLOCKED, finish(3).result());
        assertEquals(2 * PAGE, copy(3, 2, 70, 0));
        assertEquals(70, finish(3).value());
        assertEquals(71, machine.read(mm, BASE + 4 * PAGE));
        assertEquals(-Errno.ENOENT, finish(3).result());
        assertEquals(-Errno.EEXIST, copy(3, 1, 0, 0));
        assertEquals(PAGE, copy(2, 3, 0, 0), "as far as it came");
    }

    @Test
    void a_store_goes_on_where_the_page_was_filled_and_changes_it() {
        watch(16, 0, MISSING);
        assertEquals(FaultResult.BLOCKED, machine.write(mm, BASE, 5));
        assertEquals(UserfaultFlags.FAULT_WRITE, machine.userfaults().message(mm, BASE));
        assertEquals(PAGE, machine.userfaults().zeropage(uffd, BASE, PAGE, 0));
        assertTrue(finish(0).result() > 0);
        assertEquals(5, machine.read(mm, BASE));
    }

    @Test
    void whoever_is_woken_for_nothing_waits_again() {
        watch(16, 0, MISSING);
        machine.touch(mm, BASE, MemoryAccess.READ);
        assertEquals(0, machine.userfaults().wake(uffd, BASE, PAGE));
        assertEquals(FaultResult.BLOCKED, finish(0).result());
        assertEquals(PAGE, copy(0, 1, 9, UserfaultFlags.DONTWAKE));
        assertEquals(FaultResult.BLOCKED, finish(0).result());
        assertEquals(0, machine.userfaults().wake(uffd, BASE, 16 * PAGE));
        assertEquals(9, finish(0).value());
    }

    @Test
    void messages_are_read_in_the_order_of_the_faults_and_once() {
        watch(16, 0, MISSING);
        machine.touch(mm, BASE + 5 * PAGE + 8, MemoryAccess.READ);
        machine.touch(mm, BASE + 2 * PAGE, MemoryAccess.WRITE);
        UserfaultContexts contexts = machine.userfaults().contexts();
        assertEquals(BASE + 5 * PAGE, contexts.address(contexts.read(uffd)));
        assertEquals(BASE + 2 * PAGE, contexts.address(contexts.read(uffd)));
        assertEquals(0, contexts.read(uffd));
    }

    @Test
    void with_sigbus_nobody_waits() {
        watch(16, UserfaultFlags.FEATURE_SIGBUS, MISSING);
        assertEquals(FaultResult.SIGBUS, machine.touch(mm, BASE, MemoryAccess.WRITE));
        assertFalse(machine.userfaults().contexts().hasFaults());
    }

    @Test
    void a_call_that_would_wait_is_interrupted_and_leaves_nothing_behind() {
        watch(16, 0, MISSING);
        assertEquals(-Errno.ERESTARTSYS, machine.madvise(mm, BASE, 4 * PAGE, Mman.MADV_POPULATE_READ));
        assertEquals(-Errno.ERESTARTSYS, machine.pins().pin(mm, BASE, PAGE, true, true));
        assertFalse(machine.userfaults().contexts().hasFaults());
    }

    @Test
    void closing_lets_everybody_go_on() {
        watch(16, 0, MISSING | WP);
        machine.write(mm, BASE, 5);
        machine.userfaults().close(uffd);
        assertTrue(finish(0).result() > 0);
        assertEquals(5, machine.read(mm, BASE));
        assertEquals(0, machine.spaces().vmas().uffd(machine.spaces().find(mm, BASE)));
    }

    @Test
    void the_process_takes_its_waiting_accesses_along_when_it_ends() {
        watch(16, 0, MISSING);
        Snapshot before = machine.save();
        machine.touch(mm, BASE, MemoryAccess.READ);
        machine.exit(mm);
        assertFalse(machine.userfaults().contexts().hasFaults());
        assertFalse(machine.userfaults().contexts().isLive(uffd));
        machine.rewind(before);
        assertEquals(FaultResult.BLOCKED, machine.touch(mm, BASE, MemoryAccess.READ));
    }

    // ---- registering

    @Test
    void registering_splits_vmas_and_unregistering_joins_them_again() {
        watch(16, 0, WP);
        assertEquals(1, machine.spaces().mms().mapCount(mm));
        assertEquals(0, machine.userfaults().unregister(uffd, BASE + 4 * PAGE, 4 * PAGE));
        assertEquals(3, machine.spaces().mms().mapCount(mm));
        assertTrue(machine.userfaults().register(uffd, BASE + 4 * PAGE, 4 * PAGE, WP) > 0);
        assertEquals(1, machine.spaces().mms().mapCount(mm));
        assertEquals(0, machine.userfaults().unregister(uffd, BASE, 16 * PAGE));
        assertEquals(0, machine.spaces().vmas().flags(machine.spaces().find(mm, BASE)) & VmFlags.VM_UFFD_FLAGS);
    }

    @Test
    void what_cannot_be_registered_is_refused() {
        watch(16, 0, WP);
        int other = machine.userfaults().open(mm, 0);
        assertEquals(-Errno.EBUSY, machine.userfaults().register(other, BASE, PAGE, WP));
        assertEquals(-Errno.EINVAL, machine.userfaults().unregister(other, BASE, PAGE));
        assertEquals(-Errno.EINVAL, machine.userfaults().register(other, BASE, PAGE, 0));
        assertEquals(-Errno.EINVAL, machine.userfaults().register(other, BASE, PAGE, UserfaultFlags.MODE_MINOR));
        assertEquals(-Errno.EINVAL, machine.userfaults().register(other, BASE + 1, PAGE, WP));
        assertEquals(-Errno.EINVAL, machine.userfaults().register(other, BASE + 32 * PAGE, PAGE, WP));
        assertEquals(-Errno.EINVAL, machine.userfaults().open(mm, 1 << 16));
        assertEquals(-Errno.ENOENT, machine.userfaults().writeProtect(other, BASE + 32 * PAGE, PAGE, 1));
    }

    // ---- write protection

    @Test
    void a_write_to_a_protected_page_waits_until_the_protection_ends() {
        Machines.map(machine, mm, BASE, 16);
        Machines.fill(machine, mm, BASE, 16);
        open(0, WP, 16);
        assertEquals(0, protect(1, 1));
        assertTrue(Pte.isUffdWp(entry(1)));
        assertTrue(Pte.isWritable(entry(2)));
        assertEquals(2, machine.read(mm, BASE + PAGE));
        assertEquals(FaultResult.BLOCKED, machine.write(mm, BASE + PAGE, 99));
        assertEquals(
                UserfaultFlags.FAULT_WP | UserfaultFlags.FAULT_WRITE,
                machine.userfaults().message(mm, BASE + PAGE));
        assertEquals(0, unprotect(1, 1));
        assertTrue(finish(1).result() > 0);
        assertEquals(99, machine.read(mm, BASE + PAGE));
    }

    @Test
    void a_page_that_is_not_there_is_protected_by_a_marker_only_if_that_was_asked_for() {
        watch(16, 0, WP);
        assertEquals(0, protect(0, 4));
        assertEquals(Pte.NONE, entry(0));
        machine.userfaults().close(uffd);
        open(UNPOPULATED, WP, 16);
        assertEquals(0, protect(0, 4));
        assertEquals(Pte.marker(Pte.MARKER_UFFD_WP), entry(0));
        machine.touch(mm, BASE, MemoryAccess.READ);
        assertTrue(Pte.isZeroPage(entry(0)) && Pte.isUffdWp(entry(0)));
        assertEquals(
                FaultResult.BLOCKED, machine.write(mm, BASE + PAGE, 7), "mapped, and then a write to a protected page");
        assertEquals(0, unprotect(0, 16));
        assertTrue(finish(1).result() > 0);
        assertEquals(Pte.NONE, entry(2));
    }

    @Test
    void discarding_anonymous_memory_drops_its_markers() {
        watch(16, UNPOPULATED, WP);
        protect(0, 4);
        assertEquals(0, machine.madvise(mm, BASE, 4 * PAGE, Mman.MADV_DONTNEED));
        assertEquals(Pte.NONE, entry(0));
    }

    @Test
    void unregistering_ends_protection_and_removes_markers() {
        watch(16, UNPOPULATED, WP);
        machine.write(mm, BASE + 8 * PAGE, 3);
        protect(0, 16);
        assertEquals(0, machine.userfaults().unregister(uffd, BASE, 16 * PAGE));
        assertEquals(Pte.NONE, entry(0));
        assertFalse(Pte.isUffdWp(entry(8)));
        machine.write(mm, BASE + 8 * PAGE, 4);
        assertEquals(4, machine.read(mm, BASE + 8 * PAGE));
    }

    @Test
    void protecting_one_page_of_a_huge_page_splits_the_mapping_alone() {
        use(machine("never", "always"));
        Machines.map(machine, mm, BASE, 512);
        open(0, WP, 512);
        machine.write(mm, BASE, 1);
        assertTrue(Pte.isHuge(entry(0)), "a huge page is mapped where only writes are watched");
        protect(0, 512);
        assertTrue(Pte.isHuge(entry(0)) && Pte.isUffdWp(entry(0)));
        unprotect(0, 512);
        assertTrue(Pte.isWritable(entry(0)));
        protect(7, 1);
        assertFalse(Pte.isHuge(entry(0)));
        assertTrue(Pte.isUffdWp(entry(7)));
        assertTrue(Pte.isWritable(entry(8)));
        assertEquals(9, machine.memory().frames().order(machine.inspect().folio(mm, BASE)));
    }

    @Test
    void watched_memory_is_faulted_in_page_by_page() {
        use(machine("always", "never"));
        watch(64, 0, WP);
        machine.write(mm, BASE, 1);
        assertEquals(Pte.NONE, entry(1));
        machine.userfaults().close(uffd);
        machine.write(mm, BASE + 32 * PAGE, 1);
        assertTrue(Pte.isPresent(entry(33)));
    }

    @Test
    void a_child_is_not_watched_and_has_no_protected_pages() {
        Machines.map(machine, mm, BASE, 16);
        Machines.fill(machine, mm, BASE, 4);
        open(UNPOPULATED, WP, 16);
        protect(0, 8);
        int child = machine.fork(mm);
        int root = machine.spaces().mms().pgd(child);
        assertFalse(Pte.isUffdWp(machine.pageTables().lookup(root, BASE)));
        assertEquals(Pte.NONE, machine.pageTables().lookup(root, BASE + 5 * PAGE));
        assertTrue(machine.write(child, BASE, 50) > 0);
        assertTrue(Pte.isUffdWp(entry(0)));
        assertEquals(FaultResult.BLOCKED, machine.write(mm, BASE, 51));
    }

    @Test
    void moved_memory_is_not_watched_any_more() {
        Machines.map(machine, mm, BASE, 16);
        Machines.fill(machine, mm, BASE, 4);
        open(UNPOPULATED, WP, 16);
        protect(0, 16);
        long to = BASE + (1 << 21);
        int flags = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
        assertEquals(to, machine.mremap(mm, BASE, 8 * PAGE, 8 * PAGE, flags, to));
        int root = machine.spaces().mms().pgd(mm);
        assertFalse(Pte.isUffdWp(machine.pageTables().lookup(root, to)));
        assertEquals(Pte.NONE, machine.pageTables().lookup(root, to + 5 * PAGE));
        assertTrue(Pte.isUffdWp(entry(8)));
        assertTrue(machine.write(mm, to, 50) > 0);
    }

    @Test
    void protection_goes_to_swap_and_comes_back() {
        Machines.map(machine, mm, BASE, 16);
        Machines.fill(machine, mm, BASE, 4);
        open(0, WP, 16);
        protect(0, 2);
        assertEquals(0, machine.madvise(mm, BASE, 4 * PAGE, Mman.MADV_PAGEOUT));
        assertTrue(Pte.isSwap(entry(0)) && Pte.isUffdWp(entry(0)));
        protect(2, 1);
        unprotect(1, 1);
        assertEquals(FaultResult.BLOCKED, machine.write(mm, BASE, 60));
        assertTrue(Pte.isPresent(entry(0)) && Pte.isUffdWp(entry(0)));
        assertTrue(machine.write(mm, BASE + PAGE, 61) > 0);
        assertEquals(FaultResult.BLOCKED, machine.write(mm, BASE + 2 * PAGE, 62));
    }

    @Test
    void mprotect_neither_grants_nor_forgets_what_is_protected() {
        Machines.map(machine, mm, BASE, 16);
        Machines.fill(machine, mm, BASE, 4);
        open(UNPOPULATED, WP, 16);
        protect(0, 8);
        assertEquals(0, machine.mprotect(mm, BASE, 16 * PAGE, Mman.PROT_NONE));
        assertEquals(0, machine.mprotect(mm, BASE, 16 * PAGE, Machines.RW));
        assertTrue(Pte.isUffdWp(entry(0)) && Pte.isUffdWp(entry(7)));
        assertEquals(FaultResult.BLOCKED, machine.write(mm, BASE, 9));
    }

    @Test
    void asynchronous_protection_ends_with_the_first_write() {
        Machines.map(machine, mm, BASE, 16);
        Machines.fill(machine, mm, BASE, 4);
        open(UserfaultFlags.FEATURE_WP_ASYNC, WP, 16);
        protect(0, 16);
        assertTrue(machine.write(mm, BASE, 9) > 0);
        assertTrue(machine.write(mm, BASE + 9 * PAGE, 10) > 0);
        assertFalse(Pte.isUffdWp(entry(0)));
        assertTrue(Pte.isUffdWp(entry(1)) && Pte.isUffdWp(entry(10)));
    }

    // ---- markers in the way

    @Test
    void a_copy_replaces_any_marker_and_the_zero_page_and_poison_replace_none() {
        watch(16, UNPOPULATED, MISSING | WP);
        protect(0, 1);
        assertEquals(PAGE, machine.userfaults().poison(uffd, BASE + PAGE, PAGE, 0));
        assertEquals(FaultResult.SIGBUS, machine.touch(mm, BASE + PAGE, MemoryAccess.READ));
        assertEquals(-Errno.EEXIST, machine.userfaults().zeropage(uffd, BASE, PAGE, 0));
        assertEquals(-Errno.EEXIST, machine.userfaults().poison(uffd, BASE, PAGE, 0));
        assertEquals(2 * PAGE, copy(0, 2, 30, UserfaultFlags.FILL_WP));
        assertTrue(Pte.isUffdWp(entry(0)));
        assertEquals(31, machine.read(mm, BASE + PAGE));
        assertEquals(-Errno.EINVAL, machine.userfaults().proceed(uffd, BASE, PAGE, 0));
    }

    @Test
    void a_collapse_leaves_protected_pages_alone() {
        use(machine("never", "never"));
        Machines.map(machine, mm, BASE, 512);
        Machines.fill(machine, mm, BASE, 512);
        open(0, WP, 512);
        protect(7, 1);
        assertEquals(-Errno.EINVAL, machine.madvise(mm, BASE, 512 * PAGE, Mman.MADV_COLLAPSE));
        unprotect(7, 1);
        assertEquals(0, machine.madvise(mm, BASE, 512 * PAGE, Mman.MADV_COLLAPSE));
    }
}
