package org.polymm.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Errno;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** What a device and the processes see of a pinned page, as a 6.18 kernel shows it. */
class PinCallsTest {

    private static final long PAGE = Machines.PAGE;
    private static final long BASE = 4L << 20;

    private final Machine machine =
            Machines.large(FixedPolicies.whole()).withCheck(CheckLevel.EVERY).create();
    private final int parent = machine.spawn();

    @Test
    void a_page_pinned_before_fork_stays_the_parents_and_the_device_sees_its_writes() {
        Machines.map(machine, parent, BASE, 4);
        machine.write(parent, BASE, 10);
        int pin = machine.pins().pin(parent, BASE, PAGE, true, true);
        int child = machine.fork(parent);
        machine.write(parent, BASE, 30);
        assertEquals(30, machine.pins().read(pin, 0));
        assertEquals(10, machine.read(child, BASE));
        assertEquals(0, machine.pins().write(pin, 0, 40));
        assertEquals(40, machine.read(parent, BASE));
    }

    @Test
    void a_shared_page_is_unshared_before_it_is_pinned_for_reading() {
        Machines.map(machine, parent, BASE, 4);
        machine.write(parent, BASE, 10);
        int child = machine.fork(parent);
        int pin = machine.pins().pin(parent, BASE, PAGE, false, true);
        assertNotEquals(machine.inspect().folio(child, BASE), machine.pins().page(pin, 0));
        machine.write(parent, BASE, 30);
        assertEquals(30, machine.pins().read(pin, 0));
    }

    @Test
    void a_discarded_page_stays_the_devices() {
        Machines.map(machine, parent, BASE, 4);
        machine.write(parent, BASE, 10);
        int pin = machine.pins().pin(parent, BASE, PAGE, true, true);
        machine.madvise(parent, BASE, PAGE, Mman.MADV_DONTNEED);
        machine.write(parent, BASE, 20);
        assertEquals(10, machine.pins().read(pin, 0));
        assertEquals(0, machine.pins().release(pin));
        assertEquals(-Errno.EBADF, machine.pins().release(pin));
    }

    @Test
    void a_pin_that_runs_into_a_hole_takes_nothing() {
        Machines.map(machine, parent, BASE, 2);
        assertEquals(-Errno.EFAULT, machine.pins().pin(parent, BASE, 3 * PAGE, true, true));
        assertEquals(0, machine.inspect().pins(machine.inspect().folio(parent, BASE)));
    }
}
