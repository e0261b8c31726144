package org.polymm.engine.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Which faults leave the mmap lock alone. */
class FaultVmaLockTest {

    private static final int PAGE = 4096;
    private static final int READ_WRITE = Mman.PROT_READ | Mman.PROT_WRITE;

    /** Faults under the lock of a VMA: of anonymous memory with an anon_vma, and of a file. */
    private record Counted(long anonymous, long file) {}

    private static Counted count(String state) {
        Machine machine = Machines.small(FixedPolicies.mainline())
                .withMechanisms(Mechanisms.MAINLINE.with(Mechanism.FAULT_VMA_LOCK, state))
                .create();
        int mm = machine.spawn();
        long anonymous = machine.mmap(mm, 0, 2 * PAGE, READ_WRITE, Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS, 0, 0);
        long file = machine.mmap(mm, 0, PAGE, READ_WRITE, Mman.MAP_SHARED, machine.memfd(1, 1), 0);
        machine.touch(mm, anonymous, MemoryAccess.WRITE);
        return new Counted(successes(machine, mm, anonymous + PAGE), successes(machine, mm, file));
    }

    private static long successes(Machine machine, int mm, long address) {
        long before = machine.memory().vmstat().get(VmstatItem.VMA_LOCK_SUCCESS);
        machine.touch(mm, address, MemoryAccess.WRITE);
        return machine.memory().vmstat().get(VmstatItem.VMA_LOCK_SUCCESS) - before;
    }

    @Test
    void allFaultsRunUnderTheLockOfTheirVma() {
        assertEquals(new Counted(1, 1), count("all"));
    }

    @Test
    void beforeLinux67FaultsOfFilesTakeTheMmapLock() {
        assertEquals(new Counted(1, 0), count("anonymous"));
    }

    @Test
    void beforeLinux64AllFaultsTakeTheMmapLock() {
        assertEquals(new Counted(0, 0), count("none"));
    }
}
