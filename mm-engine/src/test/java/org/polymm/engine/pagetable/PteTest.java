package org.polymm.engine.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PteTest {

    private static final long WRITABLE = Pte.present(7, Pte.WRITE | Pte.USER | Pte.ACCESSED | Pte.DIRTY | Pte.NO_EXEC);

    @Test
    void a_present_entry_gives_its_frame_back_whatever_its_other_bits() {
        assertEquals(7, Pte.pfn(WRITABLE));
        assertEquals(0xFFF_FFFF, Pte.pfn(Pte.present(0xFFF_FFFF, Pte.NO_EXEC | Pte.UFFD_WP)));
    }

    @Test
    void every_kind_of_entry_is_of_that_kind_only() {
        long[] entries = {
            Pte.NONE,
            WRITABLE,
            Pte.swap(0, false),
            Pte.swap(5, true),
            Pte.migration(WRITABLE, true),
            Pte.migration(WRITABLE & ~Pte.WRITE, true),
            Pte.migration(WRITABLE & ~Pte.WRITE, false),
            Pte.marker(Pte.MARKER_GUARD),
        };
        for (long entry : entries) {
            int kinds = (Pte.isNone(entry) ? 1 : 0)
                    + (Pte.isPresent(entry) ? 1 : 0)
                    + (Pte.isSwap(entry) ? 1 : 0)
                    + (Pte.isMigration(entry) ? 1 : 0)
                    + (Pte.isMarker(entry) ? 1 : 0);
            assertEquals(1, kinds, Pte.describe(entry));
        }
    }

    @Test
    void an_access_needs_the_user_bit_and_a_write_needs_the_write_bit() {
        assertTrue(Pte.permits(WRITABLE, true, false));
        assertFalse(Pte.permits(WRITABLE, false, true));
        assertFalse(Pte.permits(WRITABLE & ~Pte.WRITE, true, false));
        assertTrue(Pte.permits(WRITABLE & ~Pte.WRITE, false, false));
        assertFalse(Pte.permits(WRITABLE & ~Pte.USER, false, false), "PROT_NONE");
        assertFalse(Pte.permits(Pte.swap(3, false), false, false));
    }

    @Test
    void a_migration_entry_remembers_whether_the_page_was_writable_exclusive_dirty_and_young() {
        long writable = Pte.migration(WRITABLE, true);
        assertEquals(7, Pte.pfn(writable));
        assertTrue(Pte.isWritableMigration(writable) && Pte.isExclusiveMigration(writable));
        assertEquals(Pte.ACCESSED | Pte.DIRTY, writable & (Pte.ACCESSED | Pte.DIRTY));

        long exclusive = Pte.migration(WRITABLE & ~Pte.WRITE, true);
        assertTrue(!Pte.isWritableMigration(exclusive) && Pte.isExclusiveMigration(exclusive));

        assertEquals(exclusive, Pte.asReadOnlyMigration(writable));
        long shared = Pte.asReadableMigration(writable);
        assertTrue(Pte.isMigration(shared) && !Pte.isExclusiveMigration(shared));
        assertEquals(shared, Pte.asReadOnlyMigration(shared));
    }

    @Test
    void the_exclusive_bit_belongs_to_swap_entries_and_keeps_the_slot() {
        assertTrue(Pte.isExclusiveSwap(Pte.swap(123_456, true)));
        assertFalse(Pte.isExclusiveSwap(Pte.swap(123_456, false)));
        assertEquals(123_456, Pte.swapOffset(Pte.swap(123_456, true)));
    }

    @Test
    void userfaultfd_write_protection_is_found_in_mapped_swapped_and_marked_entries() {
        assertTrue(Pte.isUffdWp(WRITABLE | Pte.UFFD_WP));
        assertTrue(Pte.isUffdWp(Pte.swap(1, false) | Pte.UFFD_WP));
        assertTrue(Pte.isUffdWp(Pte.marker(Pte.MARKER_UFFD_WP)));
        assertFalse(Pte.isUffdWp(Pte.marker(Pte.MARKER_GUARD | Pte.MARKER_POISON)));
        assertFalse(Pte.isUffdWp(WRITABLE));
    }

    @Test
    void mprotect_replaces_the_protection_and_nothing_else() {
        long readOnly = Pte.withProtection(WRITABLE | Pte.UFFD_WP, Pte.USER);
        assertEquals(Pte.present(7, Pte.USER | Pte.ACCESSED | Pte.DIRTY | Pte.UFFD_WP), readOnly);
    }

    @Test
    void the_pages_of_a_huge_entry_follow_each_other() {
        long huge = Pte.present(512, Pte.HUGE | Pte.WRITE | Pte.USER);
        assertTrue(Pte.isHuge(huge));
        assertEquals(Pte.present(512 + 17, Pte.WRITE | Pte.USER), Pte.pageOfHuge(huge, 17));
    }

    @Test
    void a_run_ends_at_another_frame_at_another_attribute_and_at_the_limit() {
        long[] table = new long[8];
        for (int i = 0; i < 8; i++) {
            table[i] = Pte.present(40 + i, Pte.USER);
        }
        assertEquals(8, Pte.run(table, 0, 8, 0));
        assertEquals(3, Pte.run(table, 2, 3, 0));
        table[5] |= Pte.WRITE;
        assertEquals(5, Pte.run(table, 0, 8, 0));
        assertEquals(8, Pte.run(table, 0, 8, Pte.WRITE));
        table[6] = Pte.present(90, Pte.USER);
        assertEquals(6, Pte.run(table, 0, 8, Pte.WRITE));
    }

    @Test
    void a_description_says_what_the_entry_is() {
        assertEquals("none", Pte.describe(Pte.NONE));
        assertEquals("pfn 7 WUADN", Pte.describe(WRITABLE));
        assertEquals("swap 9 exclusive", Pte.describe(Pte.swap(9, true)));
        assertEquals("marker uffd-wp guard", Pte.describe(Pte.marker(Pte.MARKER_UFFD_WP | Pte.MARKER_GUARD)));
    }
}
