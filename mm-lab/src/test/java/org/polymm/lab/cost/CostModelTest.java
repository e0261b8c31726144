package org.polymm.lab.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.state.StateSpace;
import org.polymm.lab.cost.UnitCost.Group;

class CostModelTest {
    private final Vmstat vmstat = new Vmstat(new StateSpace());

    @Test
    void every_unit_cost_multiplies_a_counter_that_exists_and_states_its_source() {
        Set<String> keys = new HashSet<>();
        for (UnitCost cost : CostModel.defaults().costs()) {
            assertTrue(keys.add(cost.key()), cost.key() + " is there once");
            assertTrue(cost.key().startsWith("cost."), cost.key());
            assertEquals(0, new Counters(vmstat, 0, 0).get(cost.counter()), cost.key());
            assertFalse(cost.source().isBlank(), cost.key());
            assertFalse(cost.help().isBlank(), cost.key());
        }
        assertThrows(IllegalArgumentException.class, () -> new Counters(vmstat, 0, 0).get("replay.nothing"));
    }

    @Test
    void a_first_touch_and_a_huge_fault_add_up_to_what_was_measured() {
        vmstat.did(Work.TRAPS, 1);
        vmstat.did(Work.ANON_FOLIOS, 1);
        vmstat.did(Work.ZEROED_PAGES, 1);
        assertEquals(1335, total());
        vmstat.did(Work.ZEROED_PAGES, 511);
        assertEquals(249_170, total());
    }

    @Test
    void a_copying_and_a_reusing_write_fault_add_up_to_what_was_measured() {
        vmstat.did(Work.TRAPS, 1);
        vmstat.did(Work.COW_COPIES, 1);
        vmstat.did(Work.COPIED_PAGES, 1);
        assertEquals(2390, total());
        vmstat.did(Work.TRAPS, 1);
        vmstat.add(VmstatItem.PGREUSE, 1);
        assertEquals(2390 + 755, total());
    }

    @Test
    void a_changed_cost_changes_only_its_group() {
        vmstat.did(Work.COPIED_PAGES, 10);
        CostModel model = CostModel.defaults().with("cost.copy-page", 7);
        assertEquals(70, model.estimate(new Counters(vmstat, 0, 0)).get(Group.COPYING));
        assertEquals(0, model.estimate(new Counters(vmstat, 0, 0)).get(Group.ZEROING));
        assertEquals(
                6150, CostModel.defaults().estimate(new Counters(vmstat, 0, 0)).get(Group.COPYING));
    }

    @Test
    void an_unknown_cost_or_an_impossible_one_is_refused_by_name() {
        IllegalArgumentException unknown = assertThrows(
                IllegalArgumentException.class, () -> CostModel.defaults().with("cost.trip", 1));
        assertTrue(unknown.getMessage().contains("cost.trap"), unknown.getMessage());
        IllegalArgumentException negative = assertThrows(
                IllegalArgumentException.class, () -> CostModel.defaults().with("cost.trap", -1));
        assertTrue(negative.getMessage().contains("cost.trap=-1"), negative.getMessage());
    }

    private long total() {
        return CostModel.defaults().estimate(new Counters(vmstat, 0, 0)).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
