package org.polymm.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.machine.MachineBlueprint.Limits;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/**
 * What operations allocate on the host's heap once a machine is warm: nothing for a page. A system call may allocate a constant for itself
 * and for each table it walks, which shows as the same amount for few pages and for many.
 */
class AllocationTest {

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long PAGE = Machines.PAGE;
    private static final long BASE = 8L << 21;

    /** As many tables as {@link #MANY}, because a walk may allocate a constant for a table. */
    private static final int FEW = 1_040;

    private static final int MANY = 1_504;
    private static final int ROUNDS = 6;

    private static Machine machine(String order) {
        return machine(order, FixedPolicies.whole());
    }

    private static Machine machine(String order, FixedPolicies policies) {
        MachineBlueprint blueprint = Machines.large(policies)
                .withSwap(new MachineBlueprint.Swap(8L << 20, SwapDevice.BLOCK))
                .withLimits(new Limits(65_530, Long.MAX_VALUE, 8L << 20, 0, false));
        return (order.isEmpty() ? blueprint : blueprint.withThp("hugepages-" + order + "/enabled", "always")).create();
    }

    /** The least that the measured part allocates for some pages in several rounds, of which the first warm everything up. */
    private static long least(int pages, IntConsumer before, IntConsumer measured, IntConsumer after) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            before.accept(pages);
            long start = THREADS.getCurrentThreadAllocatedBytes();
            measured.accept(pages);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - start);
            after.accept(pages);
        }
        return least;
    }

    private static void assertNothing(IntConsumer before, IntConsumer measured, IntConsumer after) {
        assertEquals(0, least(MANY, before, measured, after));
    }

    private static void assertConstant(IntConsumer before, IntConsumer measured, IntConsumer after) {
        least(MANY, before, measured, after);
        assertEquals(least(FEW, before, measured, after), least(MANY, before, measured, after));
    }

    private static void touchAll(Machine machine, int mm, int pages) {
        for (long page = 0; page < pages; page++) {
            machine.touch(mm, BASE + page * PAGE, MemoryAccess.WRITE);
        }
    }

    private static void populate(Machine machine, int mm, int pages) {
        Machines.map(machine, mm, BASE, pages);
        touchAll(machine, mm, pages);
    }

    @Test
    void a_first_touch_allocates_nothing() {
        for (String order : new String[] {"", "16kB", "64kB"}) {
            Machine machine = machine(order);
            int mm = machine.spawn();
            assertNothing(
                    pages -> Machines.map(machine, mm, BASE, pages),
                    pages -> touchAll(machine, mm, pages),
                    pages -> machine.munmap(mm, BASE, pages * PAGE));
        }
    }

    @Test
    void a_fault_at_pmd_level_allocates_nothing() {
        Machine machine = machine("2048kB");
        int mm = machine.spawn();
        long faults = machine.memory().vmstat().get(VmstatItem.THP_FAULT_ALLOC);
        assertNothing(
                pages -> Machines.map(machine, mm, BASE, 1_536),
                pages -> {
                    for (long page = 0; page < 1_536; page += 512) {
                        machine.touch(mm, BASE + page * PAGE, MemoryAccess.WRITE);
                    }
                },
                pages -> machine.munmap(mm, BASE, 1_536 * PAGE));
        assertEquals(3 * ROUNDS, machine.memory().vmstat().get(VmstatItem.THP_FAULT_ALLOC) - faults);
    }

    @Test
    void a_copy_on_write_allocates_nothing() {
        for (String order : new String[] {"", "16kB"}) {
            Machine machine = machine(order);
            int mm = machine.spawn();
            int[] child = new int[1];
            assertNothing(
                    pages -> {
                        populate(machine, mm, pages);
                        child[0] = machine.fork(mm);
                    },
                    pages -> touchAll(machine, child[0], pages),
                    pages -> {
                        machine.exit(child[0]);
                        machine.munmap(mm, BASE, pages * PAGE);
                    });
            assertTrue(machine.memory().vmstat().get(VmstatItem.PGFAULT) >= 2L * MANY * ROUNDS / 4);
        }
    }

    @Test
    void a_reuse_allocates_nothing() {
        Machine machine = machine("");
        int mm = machine.spawn();
        assertNothing(
                pages -> {
                    populate(machine, mm, pages);
                    machine.exit(machine.fork(mm));
                },
                pages -> touchAll(machine, mm, pages),
                pages -> machine.munmap(mm, BASE, pages * PAGE));
        assertEquals((long) MANY * ROUNDS, machine.memory().vmstat().get(VmstatItem.PGREUSE));
    }

    @Test
    void a_wide_copy_allocates_nothing() {
        Machine machine =
                machine("64kB", FixedPolicies.whole().with(Slot.COW_SIZING_COPY, new FixedPolicies.RunCopy(true)));
        int mm = machine.spawn();
        int[] child = new int[1];
        assertNothing(
                pages -> {
                    populate(machine, mm, pages);
                    child[0] = machine.fork(mm);
                },
                pages -> touchAll(machine, child[0], pages),
                pages -> {
                    machine.exit(child[0]);
                    machine.munmap(mm, BASE, pages * PAGE);
                });
        Vmstat vmstat = machine.memory().vmstat();
        assertEquals((long) MANY * ROUNDS, vmstat.get(Work.COPIED_PAGES));
        assertEquals((long) MANY / 16 * ROUNDS, vmstat.get(Work.COW_COPIES));
    }

    @Test
    void a_wide_reuse_allocates_nothing() {
        for (ExclusivityProof proof : new ExclusivityProof[] {ExclusivityProof.SCAN, ExclusivityProof.SCHEME}) {
            Machine machine = machine(
                    "64kB", FixedPolicies.whole().with(Slot.COW_SIZING_REUSE, new FixedPolicies.RunReuse(proof)));
            int mm = machine.spawn();
            assertNothing(
                    pages -> {
                        populate(machine, mm, pages);
                        machine.exit(machine.fork(mm));
                    },
                    pages -> touchAll(machine, mm, pages),
                    pages -> machine.munmap(mm, BASE, pages * PAGE));
            assertEquals((long) MANY / 16 * ROUNDS, machine.memory().vmstat().get(VmstatItem.PGREUSE));
        }
    }

    @Test
    void a_swap_in_allocates_nothing() {
        for (String order : new String[] {"", "64kB"}) {
            Machine machine = machine(order);
            int mm = machine.spawn();
            assertNothing(
                    pages -> {
                        populate(machine, mm, pages);
                        assertEquals(0, machine.madvise(mm, BASE, pages * PAGE, Mman.MADV_PAGEOUT));
                    },
                    pages -> touchAll(machine, mm, pages),
                    pages -> machine.munmap(mm, BASE, pages * PAGE));
            assertEquals(
                    (long) MANY * ROUNDS,
                    machine.memory().vmstat().get(VmstatItem.PSWPIN),
                    "swapped in, order " + order);
        }
    }

    @Test
    void a_fork_allocates_nothing_for_a_page() {
        for (String order : new String[] {"", "16kB", "2048kB"}) {
            Machine machine = machine(order);
            int mm = machine.spawn();
            int[] child = new int[1];
            assertConstant(pages -> populate(machine, mm, pages), pages -> child[0] = machine.fork(mm), pages -> {
                machine.exit(child[0]);
                machine.munmap(mm, BASE, pages * PAGE);
            });
        }
    }

    @Test
    void an_exit_allocates_nothing_for_a_page() {
        Machine machine = machine("16kB");
        int[] mm = new int[1];
        assertConstant(
                pages -> {
                    mm[0] = machine.spawn();
                    populate(machine, mm[0], pages);
                },
                pages -> machine.exit(mm[0]),
                pages -> assertEquals(0, machine.spaces().mms().live()));
    }

    @Test
    void a_munmap_allocates_nothing_for_a_page() {
        for (String order : new String[] {"", "16kB", "2048kB"}) {
            Machine machine = machine(order);
            int mm = machine.spawn();
            assertConstant(
                    pages -> populate(machine, mm, pages),
                    pages -> machine.munmap(mm, BASE, pages * PAGE),
                    pages -> assertEquals(0, machine.inspect().vmaCount(mm)));
        }
    }

    @Test
    void an_mlock_and_a_munlock_allocate_nothing_for_a_page() {
        for (String order : new String[] {"", "16kB"}) {
            Machine machine = machine(order);
            int mm = machine.spawn();
            assertConstant(
                    pages -> populate(machine, mm, pages),
                    pages -> {
                        machine.mlock(mm, BASE, pages * PAGE);
                        machine.munlock(mm, BASE, pages * PAGE);
                    },
                    pages -> machine.munmap(mm, BASE, pages * PAGE));
            assertTrue(machine.memory().vmstat().get(VmstatItem.UNEVICTABLE_PGS_MLOCKED) > 0);
        }
    }

    @Test
    void an_mprotect_allocates_nothing_for_a_page() {
        Machine machine = machine("16kB");
        int mm = machine.spawn();
        assertConstant(
                pages -> populate(machine, mm, pages),
                pages -> {
                    machine.mprotect(mm, BASE, pages * PAGE, 1);
                    machine.mprotect(mm, BASE, pages * PAGE, Machines.RW);
                },
                pages -> machine.munmap(mm, BASE, pages * PAGE));
    }

    @Test
    void a_move_allocates_nothing_for_a_page() {
        Machine machine = machine("16kB");
        int mm = machine.spawn();
        long target = BASE + 4_096 * PAGE + 8 * PAGE;
        assertConstant(
                pages -> populate(machine, mm, pages),
                pages -> machine.mremap(mm, BASE, pages * PAGE, pages * PAGE, 3, target),
                pages -> machine.munmap(mm, target, pages * PAGE));
    }
}
