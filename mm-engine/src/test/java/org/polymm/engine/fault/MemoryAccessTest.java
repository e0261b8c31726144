package org.polymm.engine.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.TestMachine.HUGE;
import static org.polymm.engine.testpolicy.TestMachine.PAGE;
import static org.polymm.engine.testpolicy.TestMachine.RW;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.TestMachine;
import org.polymm.engine.vma.VmFlags;

class MemoryAccessTest {

    private static final long BASE = 64 * HUGE;

    private final TestMachine m = new TestMachine(FixedPolicies.mainline(), 8_192);
    private final int mm = m.newMm();

    @Test
    void an_access_that_the_entry_allows_does_not_trap() {
        m.map(mm, BASE, 4, RW);
        int pfn = m.write(mm, BASE);
        long traps = m.work(Work.TRAPS);
        assertEquals(pfn, m.write(mm, BASE + 8));
        assertEquals(pfn, m.read(mm, BASE + 4000));
        assertEquals(traps, m.work(Work.TRAPS));
    }

    @Test
    void the_processor_sets_accessed_and_dirty_bits() {
        m.map(mm, BASE, 4, RW);
        m.write(mm, BASE);
        long clean = m.entry(mm, BASE) & ~(Pte.ACCESSED | Pte.DIRTY);
        m.setEntry(mm, BASE, clean);
        m.read(mm, BASE);
        assertEquals(clean | Pte.ACCESSED, m.entry(mm, BASE));
        m.write(mm, BASE);
        assertEquals(clean | Pte.ACCESSED | Pte.DIRTY, m.entry(mm, BASE));
    }

    @Test
    void the_processor_sets_them_in_huge_entries_too() {
        m.enable(9);
        m.map(mm, BASE, 512, RW);
        int head = m.write(mm, BASE);
        int pmdTable = m.tables.pmdTable(m.mms.pgd(mm), BASE);
        m.tables.setPmd(m.mms.pgd(mm), pmdTable, BASE, m.tables.pmd(m.mms.pgd(mm), BASE) & ~(Pte.ACCESSED | Pte.DIRTY));
        assertEquals(head + 17, m.read(mm, BASE + 17 * PAGE));
        assertEquals(Pte.ACCESSED, m.tables.pmd(m.mms.pgd(mm), BASE) & (Pte.ACCESSED | Pte.DIRTY));
        m.write(mm, BASE);
        assertNotEquals(0, m.tables.pmd(m.mms.pgd(mm), BASE) & Pte.DIRTY);
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT));
    }

    @Test
    void instructions_are_fetched_from_executable_memory_only() {
        m.map(mm, BASE, 4, RW | VmFlags.VM_EXEC);
        m.map(mm, BASE + HUGE, 4, RW);
        assertTrue(m.access.access(mm, BASE, MemoryAccess.EXEC) > 0);
        m.write(mm, BASE + HUGE);
        assertEquals(FaultResult.SIGSEGV, m.access.access(mm, BASE + HUGE, MemoryAccess.EXEC));
    }

    @Test
    void an_access_that_traps_for_ever_is_an_error_of_the_simulator_that_shows_the_entry() {
        m.map(mm, BASE, 4, RW);
        int pfn = m.write(mm, BASE);
        m.setEntry(mm, BASE, Pte.migration(m.entry(mm, BASE), true));
        IllegalStateException error = assertThrows(IllegalStateException.class, () -> m.read(mm, BASE));
        assertTrue(error.getMessage().contains("migration of pfn " + pfn), error.getMessage());
    }

    @Test
    void faults_allocate_no_objects_once_a_machine_has_been_as_large() {
        TestMachine lean =
                new TestMachine(FixedPolicies.mainline(), 1 << 16, Geometry.X86_64, SafetyMode.OBSERVE, false);
        lean.enable(9, 4);
        int space = lean.newMm();
        lean.map(space, BASE, 4 * 512, RW);
        lean.map(space, BASE + 8 * HUGE + PAGE, 1_000, RW | VmFlags.VM_NOHUGEPAGE);
        lean.map(space, BASE + 16 * HUGE + PAGE, 500, RW);
        faultEverywhere(lean, space);
        var saved = lean.space.save();
        for (int round = 0; round < 20; round++) {
            faultEverywhere(lean, space);
            lean.space.rewind(saved);
        }
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        faultEverywhere(lean, space);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 2_000, allocated + " bytes for some 4,000 faults");
    }

    private static void faultEverywhere(TestMachine lean, int space) {
        lean.unmap(space, BASE, 4 * 512);
        lean.unmap(space, BASE + 8 * HUGE + PAGE, 1_000);
        lean.unmap(space, BASE + 16 * HUGE + PAGE, 500);
        for (int i = 0; i < 4; i++) {
            lean.write(space, BASE + i * HUGE);
        }
        for (int i = 1; i <= 1_000; i++) {
            lean.read(space, BASE + 8 * HUGE + i * PAGE);
            lean.write(space, BASE + 8 * HUGE + i * PAGE);
        }
        for (int i = 1; i <= 500; i++) {
            long address = BASE + 16 * HUGE + i * PAGE;
            lean.write(space, address);
            lean.setEntry(space, address, lean.entry(space, address) & ~Pte.WRITE);
            lean.write(space, address);
        }
    }
}
