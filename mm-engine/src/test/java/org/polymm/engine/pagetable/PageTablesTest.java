package org.polymm.engine.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

class PageTablesTest {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long HUGE = Geometry.X86_64.pmdSize();

    private final StateSpace space = new StateSpace();
    private final Sync sync = new Sync(space);
    private final Vmstat vmstat = new Vmstat(space);
    private final PageTables tables = new PageTables(space, Geometry.X86_64, sync, vmstat);
    private final int root = tables.newRoot();

    private long tablePages() {
        return vmstat.get(VmstatItem.NR_PAGE_TABLE_PAGES);
    }

    private void put(long address, long entry) {
        tables.row(tables.leafAlloc(root, address))[tables.pteIndex(address)] = entry;
    }

    @Test
    void a_new_address_space_has_a_root_and_maps_nothing() {
        assertEquals(1, tablePages());
        assertEquals(0, tables.tables(root));
        assertEquals(0, tables.leaf(root, 0x7000_0000_0000L));
        assertEquals(Pte.NONE, tables.lookup(root, 0));
        assertEquals(0, tables.pmdTable(root, 0));
    }

    @Test
    void the_first_entry_costs_a_table_on_every_level_and_its_neighbour_none() {
        put(HUGE, Pte.present(5, Pte.USER));
        assertEquals(3, tables.tables(root));
        assertEquals(4, tablePages());
        put(HUGE + PAGE, Pte.present(6, Pte.USER));
        assertEquals(3, tables.tables(root));
        put(2 * HUGE, Pte.present(7, Pte.USER));
        assertEquals(4, tables.tables(root), "the next leaf table hangs in the same PMD table");
        assertEquals(5, Pte.pfn(tables.lookup(root, HUGE)));
        assertEquals(6, Pte.pfn(tables.lookup(root, HUGE + PAGE)));
        assertEquals(7, Pte.pfn(tables.lookup(root, 2 * HUGE)));
        assertEquals(Pte.NONE, tables.lookup(root, 2 * HUGE + PAGE));
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 3})
    void entries_are_found_where_they_were_put_all_over_the_address_space(int tableShift) {
        Geometry geometry = new Geometry(tableShift);
        StateSpace other = new StateSpace();
        PageTables some = new PageTables(other, geometry, new Sync(other), new Vmstat(other));
        int at = some.newRoot();
        Random random = new Random(20_250_101);
        TreeMap<Long, Long> model = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            long address = random.nextLong(geometry.taskSize() / PAGE) * PAGE;
            long entry = Pte.present(1 + i, Pte.USER);
            some.row(some.leafAlloc(at, address))[some.pteIndex(address)] = entry;
            model.put(address, entry);
        }
        model.forEach((address, entry) -> assertEquals(entry, some.lookup(at, address), Long.toHexString(address)));
        long visited = 0;
        for (long address = some.nextPopulated(at, 0, geometry.taskSize());
                address < geometry.taskSize();
                address = some.nextPopulated(at, some.pmdEnd(address, geometry.taskSize()), geometry.taskSize())) {
            for (long entry : some.row(some.leaf(at, address))) {
                visited += entry == 0 ? 0 : 1;
            }
        }
        assertEquals(model.size(), visited, "a walk that skips what is empty sees every entry");
    }

    @Test
    void a_walk_steps_to_the_next_pmd_boundary_or_to_the_end() {
        assertEquals(HUGE, tables.pmdEnd(0, 10 * HUGE));
        assertEquals(HUGE, tables.pmdEnd(HUGE - 1, 10 * HUGE));
        assertEquals(2 * HUGE, tables.pmdEnd(HUGE, 10 * HUGE));
        assertEquals(HUGE + 5 * PAGE, tables.pmdEnd(HUGE, HUGE + 5 * PAGE));
    }

    @Test
    void skipping_stays_inside_the_range_that_was_asked_for() {
        put(7 * HUGE, Pte.present(5, Pte.USER));
        assertEquals(7 * HUGE, tables.nextPopulated(root, PAGE, 20 * HUGE));
        assertEquals(7 * HUGE + PAGE, tables.nextPopulated(root, 7 * HUGE + PAGE, 20 * HUGE));
        assertEquals(3 * HUGE, tables.nextPopulated(root, 0, 3 * HUGE));
        assertEquals(20 * HUGE, tables.nextPopulated(root, 8 * HUGE, 20 * HUGE));
        long far = 5L << 40;
        assertEquals(far, tables.nextPopulated(root, 8 * HUGE, far));
    }

    @Test
    void a_huge_leaf_has_no_leaf_table_and_forbids_to_make_one() {
        int pmd = tables.pmdTableAlloc(root, 3 * HUGE);
        long huge = Pte.present(512, Pte.HUGE | Pte.USER);
        tables.lockPmd(pmd);
        tables.setPmd(root, pmd, 3 * HUGE, huge);
        tables.unlockPmd(pmd);
        assertEquals(0, tables.leaf(root, 3 * HUGE + PAGE));
        assertEquals(0, tables.leafAlloc(root, 3 * HUGE + PAGE));
        assertEquals(huge, tables.pmd(root, 3 * HUGE + 77));
        assertEquals(huge, tables.lookup(root, 3 * HUGE + PAGE));
        assertEquals(0, tables.lockLeaf(root, 3 * HUGE));
        sync.assertNothingHeld("after a look at a huge leaf");
    }

    @Test
    void the_leaf_cache_follows_every_change_of_the_pmd_entry() {
        put(HUGE, Pte.present(5, Pte.USER));
        int leaf = tables.leaf(root, HUGE);
        int pmd = tables.pmdTable(root, HUGE);

        assertEquals(leaf, tables.detachLeaf(root, pmd, HUGE));
        assertEquals(0, tables.leaf(root, HUGE));

        tables.setPmd(root, pmd, HUGE, Pte.present(512, Pte.HUGE));
        assertEquals(0, tables.leaf(root, HUGE));

        tables.installLeaf(root, pmd, HUGE, leaf);
        assertEquals(leaf, tables.leaf(root, HUGE + PAGE));
    }

    @Test
    void the_leaf_table_is_locked_by_its_own_lock() {
        put(HUGE, Pte.present(5, Pte.USER));
        int leaf = tables.lockLeaf(root, HUGE);
        assertTrue(sync.isHeld(LockClass.PTL, leaf));
        tables.unlockLeaf(leaf);
        assertFalse(sync.isHeld(LockClass.PTL, leaf));
        assertEquals(0, tables.lockLeaf(root, 9 * HUGE));
        sync.assertNothingHeld("after a look at nothing");
    }

    @Test
    void a_deposited_table_is_counted_and_becomes_real_when_it_is_withdrawn() {
        int pmd = tables.pmdTableAlloc(root, 0);
        assertEquals(2, tables.tables(root));
        tables.deposit(root);
        assertEquals(3, tables.tables(root));
        assertEquals(1, tables.depositedTables(root));
        assertEquals(4, tablePages());

        int leaf = tables.withdraw(root);
        assertEquals(3, tables.tables(root));
        assertEquals(0, tables.depositedTables(root));
        tables.installLeaf(root, pmd, 0, leaf);
        assertEquals(leaf, tables.leaf(root, PAGE));

        tables.depositLeaf(root, tables.detachLeaf(root, pmd, 0));
        assertEquals(1, tables.depositedTables(root));
        tables.dropDeposit(root);
        assertEquals(2, tables.tables(root));
        assertThrows(IllegalStateException.class, () -> tables.withdraw(root));
    }

    @Test
    void tables_between_floor_and_ceiling_are_freed_and_those_with_neighbours_stay() {
        long start = 10 * HUGE;
        for (int i = -1; i <= 3; i++) {
            tables.leafAlloc(root, start + i * HUGE);
        }
        assertEquals(7, tables.tables(root));
        // The neighbour below ends in the middle of table -1, the one above begins in the middle of table 2.
        tables.freeTables(
                root, start - HUGE / 2, start + 2 * HUGE + HUGE / 2, start - HUGE / 2, start + 2 * HUGE + HUGE / 2);
        assertNotEquals(0, tables.leaf(root, start - HUGE));
        assertEquals(0, tables.leaf(root, start));
        assertEquals(0, tables.leaf(root, start + HUGE));
        assertNotEquals(0, tables.leaf(root, start + 2 * HUGE));
        assertNotEquals(0, tables.leaf(root, start + 3 * HUGE));
        assertEquals(5, tables.tables(root));
    }

    @Test
    void a_table_that_only_the_freed_range_reached_into_goes_whole() {
        put(10 * HUGE + 5 * PAGE, Pte.NONE);
        tables.freeTables(root, 10 * HUGE + 5 * PAGE, 10 * HUGE + 6 * PAGE, 0, 0);
        assertEquals(0, tables.tables(root));
    }

    @Test
    void an_upper_table_stays_while_the_ceiling_cuts_it() {
        tables.leafAlloc(root, 0);
        long gib = HUGE * 512;
        tables.freeTables(root, 0, HUGE, 0, gib / 2);
        assertEquals(2, tables.tables(root), "the leaf table went, PMD and PUD table stay");
        tables.freeTables(root, 0, HUGE, 0, gib);
        assertEquals(1, tables.tables(root), "the PMD table went, the PUD table is cut by the ceiling");
        tables.freeTables(root, 0, HUGE, 0, 0);
        assertEquals(0, tables.tables(root));
    }

    @Test
    void after_everything_is_freed_the_root_goes_and_no_page_is_counted() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            tables.leafAlloc(root, random.nextLong(Geometry.X86_64.taskSize()));
        }
        tables.freeTables(root, 0, Geometry.X86_64.taskSize(), 0, 0);
        assertEquals(0, tables.tables(root));
        tables.freeRoot(root);
        assertEquals(0, tablePages());
    }

    @Test
    void freeing_a_table_that_holds_an_entry_is_an_error_that_names_the_entry() {
        put(HUGE + 3 * PAGE, Pte.present(77, Pte.USER));
        IllegalStateException error =
                assertThrows(IllegalStateException.class, () -> tables.freeTables(root, HUGE, 2 * HUGE, 0, 0));
        assertTrue(error.getMessage().contains("entry 3: pfn 77"), error.getMessage());
    }

    @Test
    void freeing_a_root_with_tables_is_an_error() {
        tables.leafAlloc(root, 0);
        assertThrows(IllegalStateException.class, () -> tables.freeRoot(root));
    }

    @Test
    void a_rewound_machine_has_the_tables_and_the_leaf_cache_of_the_snapshot() {
        put(HUGE, Pte.present(5, Pte.USER));
        var saved = space.save();
        put(HUGE + PAGE, Pte.present(6, Pte.USER));
        put(9 * HUGE, Pte.present(7, Pte.USER));
        space.rewind(saved);
        assertNull(space.firstDifference(saved));
        assertEquals(5, Pte.pfn(tables.lookup(root, HUGE)));
        assertEquals(Pte.NONE, tables.lookup(root, HUGE + PAGE));
        assertEquals(0, tables.leaf(root, 9 * HUGE));
    }
}
