package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;

/** Which orders shmem_enabled gives; the numbers are those of a 6.18 kernel. */
class ThpShmemSettingsTest {

    private static final int PMD = 1 << 9;

    private final ThpShmemSettings settings = new ThpShmemSettings(new StateSpace(), Geometry.X86_64);

    private int mapping(boolean madvised, long index, long pages) {
        return settings.ordersOfMapping(madvised, false, index, pages);
    }

    @Test
    void nothing_is_enabled_at_boot_and_collapse_on_demand_does_not_ask() {
        assertEquals(0, mapping(true, 0, 512));
        assertEquals(0, settings.ordersOfCall(0, 512));
        assertEquals(PMD, settings.ordersOfMapping(false, true, 0, 1));
        assertFalse(settings.khugepagedRuns());
    }

    @Test
    void always_gives_a_mapping_the_sizes_that_inherit_and_a_call_every_size() {
        settings.setGeneral(ThpShmem.ALWAYS);
        assertEquals(PMD, mapping(false, 0, 1));
        assertEquals(1022, settings.ordersOfCall(520, 521));
        settings.set(4, ThpShmem.INHERIT);
        settings.set(9, ThpShmem.NEVER);
        assertEquals(1 << 4, mapping(false, 0, 1));
        assertFalse(settings.khugepagedRuns());
    }

    @Test
    void within_size_gives_what_ends_before_the_file_and_below() {
        settings.setGeneral(ThpShmem.WITHIN_SIZE);
        assertEquals(PMD, mapping(false, 511, 612));
        assertEquals(0, mapping(false, 520, 612));
        assertEquals(PMD, mapping(true, 520, 612), "advice is heeded, too");
        assertEquals(126, settings.ordersOfCall(512, 612));
        assertEquals(0, settings.ordersOfCall(612, 613));
    }

    @Test
    void a_size_can_be_enabled_whatever_the_general_file_says_but_deny_and_force() {
        settings.set(1, ThpShmem.ALWAYS);
        settings.set(4, ThpShmem.ADVISE);
        settings.set(6, ThpShmem.WITHIN_SIZE);
        assertEquals(2, mapping(false, 0, 1));
        assertEquals(2 | 16, mapping(true, 0, 1));
        assertEquals(2 | 64, mapping(false, 0, 64));
        settings.setGeneral(ThpShmem.DENY);
        assertEquals(0, mapping(true, 0, 512));
        assertEquals(0, settings.ordersOfMapping(true, true, 0, 512));
        settings.setGeneral(ThpShmem.FORCE);
        assertEquals(PMD, mapping(false, 0, 1));
        assertTrue(settings.khugepagedRuns());
    }

    @Test
    void deny_and_force_leave_the_mount_as_it_was() {
        settings.setGeneral(ThpShmem.ADVISE);
        settings.setGeneral(ThpShmem.FORCE);
        assertEquals(PMD, settings.ordersOfCall(0, 1));
        settings.setGeneral(ThpShmem.NEVER);
        assertEquals(0, mapping(true, 0, 512));
    }

    @Test
    void what_the_kernel_refuses_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> settings.setGeneral(ThpShmem.INHERIT));
        assertThrows(IllegalArgumentException.class, () -> settings.set(4, ThpShmem.FORCE));
        assertThrows(IllegalArgumentException.class, () -> settings.set(0, ThpShmem.ALWAYS));
        settings.set(4, ThpShmem.INHERIT);
        assertThrows(IllegalArgumentException.class, () -> settings.setGeneral(ThpShmem.FORCE));
        settings.set(4, ThpShmem.NEVER);
        settings.setGeneral(ThpShmem.FORCE);
        assertThrows(IllegalArgumentException.class, () -> settings.set(4, ThpShmem.INHERIT));
    }
}
