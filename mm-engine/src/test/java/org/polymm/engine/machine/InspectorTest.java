package org.polymm.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.Machines.PAGE;

import org.junit.jupiter.api.Test;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** What a machine shows of itself, where a kernel shows something odd. */
class InspectorTest {

    private static final long HUGE = 8 * PAGE;
    private static final long BASE = 4 * HUGE;

    private static boolean isMappedOnce(Machine machine, int mm, long address) {
        return (machine.inspect().pagemap(mm, address) & Inspector.PM_EXCLUSIVE) != 0;
    }

    @Test
    void all_pages_under_a_huge_entry_show_the_mapcount_of_the_first() {
        Machine machine = Machines.small(FixedPolicies.whole())
                .withThp("hugepages-32kB/enabled", "always")
                .create();
        int parent = machine.spawn();
        Machines.map(machine, parent, BASE, 8);
        machine.write(parent, BASE, 1);
        int child = machine.fork(parent);
        machine.write(child, BASE, 2);

        assertTrue(machine.inspect().isPmdMapped(parent, BASE));
        for (long page = 0; page < 8; page++) {
            assertTrue(isMappedOnce(machine, parent, BASE + page * PAGE), "page " + page + " below the huge entry");
            assertEquals(page == 0, isMappedOnce(machine, child, BASE + page * PAGE), "page " + page + " of the child");
        }
    }
}
