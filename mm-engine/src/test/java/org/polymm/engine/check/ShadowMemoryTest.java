package org.polymm.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;

class ShadowMemoryTest {

    private static final int MM = 1;
    private static final int OTHER = 2;

    private final StateSpace space = new StateSpace();
    private final ShadowMemory shadow = new ShadowMemory(space);

    @BeforeEach
    void aProcess() {
        shadow.begin(MM);
    }

    @Test
    void memory_that_was_never_written_reads_zero() {
        shadow.map(MM, 16, 4, false, 0, 0);
        assertEquals(0, shadow.read(MM, 16));
        assertEquals(0, shadow.read(MM, 19));
    }

    @Test
    void a_written_page_reads_what_was_written_last_and_no_other_changes() {
        shadow.map(MM, 16, 4, false, 0, 0);
        shadow.write(MM, 17, 5);
        shadow.write(MM, 17, 6);
        assertEquals(0, shadow.read(MM, 16));
        assertEquals(6, shadow.read(MM, 17));
        assertEquals(0, shadow.read(MM, 18));
    }

    @Test
    void a_page_without_an_area_can_be_neither_read_nor_written() {
        shadow.map(MM, 16, 4, false, 0, 0);
        assertTrue(shadow.isMapped(MM, 19));
        assertFalse(shadow.isMapped(MM, 20));
        assertFalse(shadow.isMapped(OTHER, 16));
        assertTrue(assertThrows(IllegalStateException.class, () -> shadow.read(MM, 20))
                .getMessage()
                .contains("0x14"));
        assertThrows(IllegalStateException.class, () -> shadow.write(MM, 15, 1));
        assertThrows(IllegalStateException.class, () -> shadow.read(OTHER, 16));
    }

    @Test
    void parent_and_child_read_the_same_after_a_fork_and_write_apart() {
        shadow.map(MM, 16, 4, false, 0, 0);
        shadow.write(MM, 16, 5);
        shadow.fork(MM, OTHER);
        assertEquals(5, shadow.read(OTHER, 16));
        shadow.write(MM, 16, 6);
        shadow.write(OTHER, 17, 7);
        assertEquals(5, shadow.read(OTHER, 16));
        assertEquals(6, shadow.read(MM, 16));
        assertEquals(0, shadow.read(MM, 17));
        shadow.unmap(MM, 16, 4);
        assertEquals(5, shadow.read(OTHER, 16));
    }

    @Test
    void a_shared_object_reads_alike_wherever_it_is_mapped() {
        shadow.map(MM, 16, 4, true, 9, 2);
        shadow.fork(MM, OTHER);
        shadow.write(OTHER, 17, 5);
        assertEquals(5, shadow.read(MM, 17));
        shadow.map(MM, 64, 2, true, 9, 3);
        assertEquals(5, shadow.read(MM, 64));
        shadow.unmap(MM, 16, 4);
        shadow.map(MM, 16, 4, true, 9, 2);
        assertEquals(5, shadow.read(MM, 17));
    }

    @Test
    void an_object_that_begins_anew_is_all_zeroes() {
        shadow.map(MM, 16, 4, true, 9, 0);
        shadow.write(MM, 16, 5);
        shadow.renew(9);
        assertEquals(0, shadow.read(MM, 16));
    }

    @Test
    void a_private_file_page_follows_the_file_until_it_is_written() {
        shadow.map(MM, 16, 4, false, 9, 0);
        shadow.map(MM, 32, 4, true, 9, 0);
        shadow.write(MM, 32, 5);
        assertEquals(5, shadow.read(MM, 16));
        shadow.write(MM, 16, 6);
        shadow.write(MM, 32, 7);
        assertEquals(6, shadow.read(MM, 16));
        assertEquals(7, shadow.read(MM, 32));
    }

    @Test
    void a_private_file_page_that_settled_follows_the_file_no_more_until_it_is_discarded() {
        shadow.map(MM, 16, 4, false, 9, 0);
        shadow.map(MM, 32, 4, true, 9, 0);
        shadow.write(MM, 32, 5);
        shadow.settle(MM, 16);
        shadow.settle(MM, 32);
        shadow.write(MM, 32, 6);
        assertEquals(5, shadow.read(MM, 16));
        assertEquals(6, shadow.read(MM, 32));
        shadow.settle(MM, 16);
        assertEquals(5, shadow.read(MM, 16));
        shadow.discard(MM, 16, 1);
        assertEquals(6, shadow.read(MM, 16));
    }

    @Test
    void discarding_throws_private_pages_away_and_keeps_the_area_and_the_object() {
        shadow.map(MM, 16, 4, false, 9, 0);
        shadow.map(MM, 32, 4, true, 9, 0);
        shadow.write(MM, 32, 5);
        shadow.write(MM, 16, 6);
        shadow.write(MM, 17, 7);
        shadow.discard(MM, 16, 1);
        shadow.discard(MM, 32, 4);
        assertEquals(5, shadow.read(MM, 16));
        assertEquals(7, shadow.read(MM, 17));
        assertEquals(5, shadow.read(MM, 32));
    }

    @Test
    void unmapping_the_middle_leaves_both_ends_with_their_contents_and_places_in_the_object() {
        shadow.map(MM, 16, 8, true, 9, 0);
        shadow.write(MM, 16, 1);
        shadow.write(MM, 19, 2);
        shadow.write(MM, 23, 3);
        shadow.unmap(MM, 18, 3);
        assertEquals(1, shadow.read(MM, 16));
        assertFalse(shadow.isMapped(MM, 18));
        assertFalse(shadow.isMapped(MM, 20));
        assertEquals(0, shadow.read(MM, 21));
        assertEquals(3, shadow.read(MM, 23));
    }

    @Test
    void mapping_over_something_replaces_it() {
        shadow.map(MM, 16, 8, false, 0, 0);
        shadow.write(MM, 16, 1);
        shadow.write(MM, 18, 2);
        shadow.map(MM, 18, 2, false, 0, 0);
        assertEquals(1, shadow.read(MM, 16));
        assertEquals(0, shadow.read(MM, 18));
        assertTrue(shadow.isMapped(MM, 23));
    }

    @Test
    void moving_takes_contents_along_and_leaves_a_hole() {
        shadow.map(MM, 16, 8, false, 0, 0);
        shadow.write(MM, 17, 1);
        shadow.write(MM, 20, 2);
        shadow.move(MM, 16, 64, 4, false);
        assertFalse(shadow.isMapped(MM, 16));
        assertFalse(shadow.isMapped(MM, 19));
        assertEquals(1, shadow.read(MM, 65));
        assertEquals(2, shadow.read(MM, 20));
        assertFalse(shadow.isMapped(MM, 68));
    }

    @Test
    void moving_onto_something_replaces_it() {
        shadow.map(MM, 16, 2, false, 0, 0);
        shadow.map(MM, 64, 4, false, 0, 0);
        shadow.write(MM, 16, 1);
        shadow.write(MM, 65, 2);
        shadow.write(MM, 66, 3);
        shadow.move(MM, 16, 64, 2, false);
        assertEquals(1, shadow.read(MM, 64));
        assertEquals(0, shadow.read(MM, 65));
        assertEquals(3, shadow.read(MM, 66));
    }

    @Test
    void moving_keeps_where_in_its_object_an_area_lies() {
        shadow.map(MM, 16, 4, true, 9, 7);
        shadow.write(MM, 18, 5);
        shadow.move(MM, 17, 64, 3, false);
        assertEquals(5, shadow.read(MM, 65));
        shadow.write(MM, 64, 6);
        shadow.map(MM, 128, 4, true, 9, 7);
        assertEquals(6, shadow.read(MM, 129));
    }

    @Test
    void moving_with_the_area_kept_leaves_zeroes_behind() {
        shadow.map(MM, 16, 4, false, 0, 0);
        shadow.write(MM, 17, 1);
        shadow.move(MM, 16, 64, 4, true);
        assertEquals(0, shadow.read(MM, 17));
        assertEquals(1, shadow.read(MM, 65));
        shadow.write(MM, 17, 2);
        assertEquals(1, shadow.read(MM, 65));
    }

    @Test
    void the_written_pages_are_visited_in_the_order_of_their_numbers() {
        shadow.map(MM, 16, 40, false, 0, 0);
        shadow.write(MM, 50, 1);
        shadow.write(MM, 16, 2);
        shadow.write(MM, 33, 3);
        List<String> seen = new ArrayList<>();
        shadow.forEachWritten(MM, (page, token) -> seen.add(page + "=" + token));
        assertEquals(List.of("16=2", "33=3", "50=1"), seen);
    }

    @Test
    void an_ended_process_is_unknown_and_its_number_begins_empty() {
        shadow.map(MM, 16, 4, false, 0, 0);
        shadow.end(MM);
        assertThrows(IllegalStateException.class, () -> shadow.read(MM, 16));
        shadow.begin(MM);
        assertFalse(shadow.isMapped(MM, 16));
    }

    @Test
    void rewinding_brings_back_what_was_saved_as_often_as_wanted() {
        shadow.map(MM, 16, 4, true, 9, 0);
        shadow.map(MM, 32, 4, false, 0, 0);
        shadow.write(MM, 16, 1);
        shadow.write(MM, 32, 2);
        Snapshot saved = space.save();
        for (int round = 0; round < 2; round++) {
            shadow.write(MM, 16, 3);
            shadow.write(MM, 32, 4);
            shadow.write(MM, 33, 5);
            shadow.fork(MM, OTHER);
            shadow.unmap(MM, 16, 4);
            assertNotNull(space.firstDifference(saved));
            space.rewind(saved);
            assertNull(space.firstDifference(saved));
            assertEquals(1, shadow.read(MM, 16));
            assertEquals(2, shadow.read(MM, 32));
            assertEquals(0, shadow.read(MM, 33));
            assertFalse(shadow.isMapped(OTHER, 16));
        }
    }
}
