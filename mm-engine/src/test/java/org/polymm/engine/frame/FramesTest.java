package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

class FramesTest {

    private final TestMemory m = TestMemory.large();
    private final Frames frames = m.frames;

    @Test
    void frame_0_and_the_zero_page_are_reserved() {
        assertTrue(frames.testAll(0, Frames.HEAD | Frames.RESERVED));
        assertEquals(1, frames.zeroPfn());
        assertTrue(frames.test(1, Frames.RESERVED));
        assertFalse(frames.isAllocated(2));
    }

    @Test
    void every_page_of_a_folio_knows_its_head_and_order() {
        for (int order : new int[] {0, 1, 2, 4, 8, 9, 10}) {
            int head = m.folios.allocAnon(order);
            for (int pfn = head; pfn < head + (1 << order); pfn++) {
                assertEquals(head, frames.head(pfn));
                assertEquals(order, frames.order(pfn));
                assertEquals(pfn == head, frames.isHead(pfn));
                assertTrue(frames.isAllocated(pfn));
            }
            assertEquals(1 << order, frames.pages(head));
            assertEquals(1, frames.refcount(head));
            assertEquals(0, frames.mapcount(head));
        }
    }

    @Test
    void mapping_and_index_are_kept_up_to_28_and_36_bits() {
        int head = m.folios.allocAnon(2);
        int mapping = (1 << 28) - 1;
        long index = (1L << 36) - 5;
        frames.setMapping(head, mapping, index);
        assertEquals(mapping, frames.mapping(head));
        assertEquals(index, frames.index(head));
        assertEquals(index + 3, frames.pageIndex(head + 3));
        frames.setMapping(head, 5, 0x8000_0000L);
        assertEquals(5, frames.mapping(head));
        assertEquals(0x8000_0000L, frames.index(head));
    }

    @Test
    void flags_are_set_cleared_and_tested_without_touching_the_order() {
        int head = m.folios.allocAnon(3);
        assertFalse(frames.testAndSet(head, Frames.MLOCKED));
        assertTrue(frames.testAndSet(head, Frames.MLOCKED));
        assertTrue(frames.testAll(head, Frames.MLOCKED | Frames.SWAPBACKED));
        assertFalse(frames.testAll(head, Frames.MLOCKED | Frames.DIRTY));
        frames.changeFlags(head, Frames.MLOCKED, Frames.DIRTY);
        assertFalse(frames.test(head, Frames.MLOCKED));
        assertTrue(frames.testAndClear(head, Frames.DIRTY | Frames.KSM));
        assertEquals(3, frames.order(head));
    }

    @Test
    void counts_of_a_run_say_how_many_pages_became_mapped_or_unmapped() {
        int head = m.folios.allocAnon(3);
        frames.addPageMapcount(head + 2, 1);
        assertEquals(3, frames.addPageMapcounts(head, 4, 1), "page 2 was mapped before");
        assertEquals(2, frames.pageMapcount(head + 2));
        assertEquals(0, frames.pageMapcount(head + 4));
        assertEquals(3, frames.addPageMapcounts(head, 4, -1));
        assertEquals(1, frames.pageMapcount(head + 2));
    }

    @Test
    void flags_of_a_run_are_those_of_its_pages_only() {
        int head = m.folios.allocAnon(3);
        frames.setFlagsOfRun(head + 2, 3, Frames.ANON_EXCLUSIVE);
        assertFalse(frames.anyInRun(head, 2, Frames.ANON_EXCLUSIVE));
        assertTrue(frames.anyInRun(head, 3, Frames.ANON_EXCLUSIVE));
        frames.clearFlagsOfRun(head + 3, 1, Frames.ANON_EXCLUSIVE);
        assertTrue(frames.test(head + 4, Frames.ANON_EXCLUSIVE));
        assertFalse(frames.test(head + 3, Frames.ANON_EXCLUSIVE));
        assertFalse(frames.test(head + 5, Frames.ANON_EXCLUSIVE));
    }

    @Test
    void counters_of_a_large_folio_are_apart_from_those_of_its_pages() {
        for (int order : new int[] {1, 4, 9}) {
            int head = m.folios.allocAnon(order);
            frames.addLargeMapcount(head, 5);
            frames.addEntireMapcount(head, 2);
            frames.addPincount(head, 3);
            frames.setSchemeHandle(head, 77);
            frames.materialise(head);
            frames.addPageMapcount(head + 1, 9);
            assertEquals(5, frames.mapcount(head));
            assertEquals(5, frames.largeMapcount(head));
            assertEquals(2, frames.entireMapcount(head));
            assertEquals(3, frames.pincount(head));
            assertEquals(77, frames.schemeHandle(head));
            assertEquals(9, frames.pageMapcount(head + 1));
            assertEquals(0, frames.pageMapcount(head));
            assertEquals(1, frames.refcount(head));
            assertEquals(head, frames.head(head + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10})
    void pages_get_records_of_their_own_on_demand_and_the_head_keeps_what_it_had(int order) {
        int head = m.folios.allocAnon(order);
        frames.setMapping(head, 12, 345);
        frames.setFlags(head, Frames.ANON | Frames.ANON_EXCLUSIVE | Frames.DIRTY);
        frames.addRefs(head, 6);
        frames.addEntireMapcount(head, 1);
        frames.addLargeMapcount(head, 1);
        frames.setPrivateWord(head, 9);
        int flags = frames.flags(head);
        assertFalse(frames.isMaterialised(head + 7));
        assertTrue(frames.test(head + 7, Frames.ANON_EXCLUSIVE), "all pages share the head's record");

        frames.materialise(head + 7);
        frames.materialise(head);

        assertTrue(frames.isMaterialised(head + (1 << order) - 1));
        assertEquals(flags, frames.flags(head));
        assertEquals(12, frames.mapping(head));
        assertEquals(345, frames.index(head));
        assertEquals(7, frames.refcount(head));
        assertEquals(1, frames.entireMapcount(head));
        assertEquals(1, frames.mapcount(head));
        assertEquals(9, frames.privateWord(head));
        for (int pfn = head + 1; pfn < head + (1 << order); pfn++) {
            assertEquals(Frames.TAIL | order, frames.flags(pfn));
            assertEquals(0, frames.pageMapcount(pfn));
            assertEquals(head, frames.head(pfn));
        }
        frames.addEntireMapcount(head, -1);
        frames.addLargeMapcount(head, -1);
        m.folios.put(head, 7);
        m.checkFreeLists();
    }

    @Test
    void a_free_frame_has_no_record_to_give_to_its_pages() {
        assertThrows(IllegalStateException.class, () -> frames.materialise(1024));
    }

    @Test
    void giving_back_more_references_than_there_are_is_refused_with_the_frame_described() {
        int head = m.folios.allocAnon(0);
        frames.setMapping(head, 4, 99);
        Exception error = assertThrows(IllegalStateException.class, () -> m.folios.put(head, 2));
        String message = Objects.requireNonNull(error.getMessage());
        assertTrue(message.contains("reference count") && message.contains("mapping 4, index 99"), message);
    }

    @Test
    void a_reference_is_not_taken_to_a_folio_that_has_none() {
        int head = m.folios.allocAnon(0);
        assertTrue(frames.tryGet(head, 2));
        m.folios.put(head, 3);
        assertFalse(frames.tryGet(head, 1));
    }

    @Test
    void records_saved_come_back_whatever_was_allocated_freed_or_given_records() {
        int small = m.folios.allocAnon(0);
        int huge = m.folios.allocAnon(9);
        frames.addEntireMapcount(huge, 1);
        Snapshot saved = m.space.save();

        frames.materialise(huge);
        frames.addPageMapcount(huge + 100, 3);
        frames.setFlags(small, Frames.DIRTY);
        for (int i = 0; i < 3000; i++) {
            m.folios.allocAnon(i % 3);
        }
        assertNotNull(m.space.firstDifference(saved));
        m.space.rewind(saved);

        assertNull(m.space.firstDifference(saved));
        assertFalse(frames.isMaterialised(huge));
        assertEquals(1, frames.entireMapcount(huge));
        assertFalse(frames.test(small, Frames.DIRTY));
        m.checkFreeLists();
    }

    @Test
    void a_difference_names_the_frame() {
        int head = m.folios.allocAnon(0);
        Snapshot saved = m.space.save();
        frames.setPrivateWord(head, 5);
        assertEquals("frames: frame " + head + " word 7 was 0x0, is 0x5", m.space.firstDifference(saved));
    }

    @Test
    void machines_too_small_or_too_large_are_refused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Frames(new StateSpace(), new Sync(new StateSpace()), Geometry.X86_64, 2047));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Frames(new StateSpace(), new Sync(new StateSpace()), Geometry.X86_64, (1 << 28) + 1));
    }

    @Test
    void the_largest_machine_is_built_with_a_few_bytes_a_block() {
        Frames largest = new Frames(new StateSpace(), new Sync(new StateSpace()), Geometry.X86_64, Frames.MAX_FRAMES);
        assertFalse(largest.isAllocated(Frames.MAX_FRAMES - 1));
        assertTrue(largest.recordBytes() < Frames.MAX_FRAMES / 32, () -> largest.recordBytes() + " bytes");
    }
}
