package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

class SettingsAndCountersTest {

    private final StateSpace space = new StateSpace();
    private final ThpSettings thp = new ThpSettings(space, Geometry.X86_64);

    @Test
    void at_boot_only_the_pmd_order_is_enabled() {
        assertEquals(1 << 9, thp.enabledOrders(false));
        assertEquals(1 << 9, thp.enabledOrders(true));
        assertTrue(thp.khugepagedRuns());
    }

    @Test
    void each_order_has_its_own_switch_and_may_inherit() {
        thp.setEnabled(4, ThpMode.ALWAYS);
        thp.setEnabled(5, ThpMode.MADVISE);
        thp.setEnabled(6, ThpMode.INHERIT);
        thp.setEnabled(ThpMode.MADVISE);
        assertEquals(1 << 4, thp.enabledOrders(false));
        assertEquals(1 << 4 | 1 << 5 | 1 << 6 | 1 << 9, thp.enabledOrders(true));
        thp.setEnabled(ThpMode.NEVER);
        assertEquals(1 << 4 | 1 << 5, thp.enabledOrders(true));
        assertFalse(thp.khugepagedRuns());
    }

    @Test
    void orders_and_values_that_do_not_exist_are_refused() {
        assertThrows(IllegalArgumentException.class, () -> thp.setEnabled(1, ThpMode.ALWAYS));
        assertThrows(IllegalArgumentException.class, () -> thp.setEnabled(10, ThpMode.ALWAYS));
        assertThrows(IllegalArgumentException.class, () -> thp.setEnabled(ThpMode.INHERIT));
        assertThrows(IllegalArgumentException.class, () -> thp.set(ThpTunable.MAX_PTES_NONE, 512));
        assertThrows(IllegalArgumentException.class, () -> thp.set(ThpTunable.PAGES_TO_SCAN, -1));
    }

    @Test
    void tunables_start_with_the_values_of_the_kernel() {
        assertEquals(511, thp.get(ThpTunable.MAX_PTES_NONE));
        assertEquals(64, thp.get(ThpTunable.MAX_PTES_SWAP));
        assertEquals(256, thp.get(ThpTunable.MAX_PTES_SHARED));
        assertEquals(4096, thp.get(ThpTunable.PAGES_TO_SCAN));
        assertEquals(7, new ThpSettings(new StateSpace(), Geometry.SMALL).get(ThpTunable.MAX_PTES_NONE));
    }

    @Test
    void settings_are_put_back_by_a_rewind() {
        Snapshot saved = space.save();
        thp.setEnabled(ThpMode.NEVER);
        thp.setDefrag(ThpDefrag.DEFER_MADVISE);
        space.rewind(saved);
        assertEquals(ThpMode.ALWAYS, thp.enabled());
        assertEquals(ThpDefrag.MADVISE, thp.defrag());
        assertEquals(1 << 9, thp.enabledOrders(false));
    }

    @Test
    void direct_reclaim_follows_the_defrag_setting() {
        assertTrue(ThpDefrag.ALWAYS.reclaimsDirectly(false));
        assertFalse(ThpDefrag.DEFER.reclaimsDirectly(true));
        assertTrue(ThpDefrag.DEFER_MADVISE.reclaimsDirectly(true));
        assertFalse(ThpDefrag.MADVISE.reclaimsDirectly(false));
        assertEquals("defer+madvise", ThpDefrag.DEFER_MADVISE.word());
    }

    @Test
    void counters_have_the_names_of_proc_vmstat() {
        Vmstat vmstat = new Vmstat(space);
        vmstat.add(VmstatItem.NR_MLOCK, 3);
        vmstat.increment(VmstatItem.THP_SCAN_EXCEED_SHARE_PTE);
        List<String> lines = Arrays.asList(vmstat.text().split("\n"));
        assertTrue(lines.contains("nr_mlock 3"));
        assertTrue(lines.contains("thp_scan_exceed_share_pte 1"));
        assertEquals(VmstatItem.NR_MLOCK, Vmstat.item("nr_mlock"));
        assertNull(Vmstat.item("nr_mlocked"));
        assertTrue(VmstatItem.NR_MLOCK.isLevel());
        assertFalse(VmstatItem.PGFAULT.isLevel());
    }

    @Test
    void counters_of_orders_are_apart_and_base_pages_have_none() {
        MthpStats mthp = new MthpStats(space, Geometry.X86_64);
        mthp.increment(MthpStat.ANON_FAULT_ALLOC, 4);
        mthp.increment(MthpStat.ANON_FAULT_ALLOC, 9);
        mthp.increment(MthpStat.ANON_FAULT_ALLOC, 0);
        assertEquals(1, mthp.get(MthpStat.ANON_FAULT_ALLOC, 4));
        assertEquals(2, mthp.total(MthpStat.ANON_FAULT_ALLOC));
        assertEquals(0, mthp.get(MthpStat.ANON_FAULT_ALLOC, 0));
        assertEquals("anon_fault_alloc", MthpStat.ANON_FAULT_ALLOC.fileName());
    }

    @Test
    void contents_that_are_off_read_as_zero() {
        Contents off = new Contents(space, new Sync(space), 0);
        off.write(5, 7);
        off.copy(5, 6, 1);
        off.zero(5, 2);
        assertEquals(0, off.read(5));
        assertFalse(off.isOn());
    }

    @Test
    void contents_are_copied_and_zeroed_by_ranges_of_pages() {
        Contents contents = new Contents(space, new Sync(space), 64);
        contents.write(5, 7);
        contents.write(6, 8);
        contents.copy(5, 20, 2);
        contents.zero(5, 1);
        assertEquals(0, contents.read(5));
        assertEquals(7, contents.read(20));
        assertEquals(8, contents.read(21));
    }
}
