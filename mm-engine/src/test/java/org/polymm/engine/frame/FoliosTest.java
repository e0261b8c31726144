package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;

class FoliosTest {

    private final TestMemory m = TestMemory.large();
    private final Frames frames = m.frames;
    private final Folios folios = m.folios;

    private static void assertRefused(String because, Runnable action) {
        String message = Objects.requireNonNull(
                assertThrows(IllegalStateException.class, action::run).getMessage());
        assertTrue(message.contains(because), message);
    }

    @Test
    void a_folio_is_freed_with_its_last_reference() {
        int head = folios.allocAnon(2);
        frames.addRefs(head, 3);
        long free = m.buddy.freeFrames();
        folios.put(head, 3);
        assertEquals(free, m.buddy.freeFrames());
        folios.put(head, 1);
        assertEquals(free + 4, m.buddy.freeFrames());
        assertFalse(frames.isAllocated(head));
        assertEquals(4, m.count(VmstatItem.PGFREE));
    }

    @Test
    void anonymous_and_shmem_folios_are_swap_backed_and_file_folios_are_not() {
        assertTrue(frames.test(folios.allocAnon(0), Frames.SWAPBACKED));
        assertTrue(frames.test(folios.allocFile(0, true), Frames.SWAPBACKED));
        assertFalse(frames.test(folios.allocFile(0, false), Frames.SWAPBACKED));
    }

    @Test
    void freeing_what_is_mapped_pinned_or_reserved_is_refused() {
        int small = folios.allocAnon(0);
        frames.setPageMapcount(small, 1);
        assertRefused("mapped", () -> folios.put(small, 1));
        int large = folios.allocAnon(9);
        frames.addPincount(large, 1);
        assertRefused("pinned", () -> folios.put(large, 1));
        assertRefused("reserved", () -> folios.put(Frames.ZERO_PFN, 1));
    }

    @Test
    void a_freed_folio_leaves_its_list_and_the_count_of_mlocked_pages() {
        int head = m.onList(3);
        m.mlock.mlockFolio(head);
        m.lru.drain();
        assertEquals(8, m.count(VmstatItem.NR_MLOCK));
        assertEquals(8, m.count(VmstatItem.NR_UNEVICTABLE));
        folios.put(head, 1);
        assertEquals(0, m.count(VmstatItem.NR_MLOCK));
        assertEquals(0, m.count(VmstatItem.NR_UNEVICTABLE));
        assertEquals(8, m.count(VmstatItem.UNEVICTABLE_PGS_CLEARED));
    }

    @Test
    void the_owner_of_a_scheme_handle_is_told_once() {
        List<String> told = new ArrayList<>();
        folios.connect((head, handle) -> told.add(head + ":" + handle));
        int plain = folios.allocAnon(4);
        int kept = folios.allocAnon(4);
        frames.setSchemeHandle(kept, 9);
        folios.put(plain, 1);
        folios.put(kept, 1);
        assertEquals(List.of(kept + ":9"), told);
    }

    @Test
    void contents_of_freed_frames_are_forgotten() {
        int head = folios.allocAnon(1);
        m.memory.contents().write(head + 1, 42);
        folios.put(head, 1);
        assertEquals(0, m.memory.contents().read(head + 1));
    }

    @Test
    void the_huge_zero_folio_is_made_once_and_recognised_by_any_of_its_pages() {
        int huge = folios.hugeZeroPfn();
        assertEquals(huge, folios.hugeZeroPfn());
        assertEquals(1, m.count(VmstatItem.THP_ZERO_PAGE_ALLOC));
        assertTrue(folios.isHugeZero(huge + 511));
        assertFalse(folios.isHugeZero(huge + 512));
        assertTrue(folios.isZeroPage(Frames.ZERO_PFN));
    }

    @Test
    void a_huge_zero_folio_that_cannot_be_had_is_counted() {
        m.buddy.failNext(9, 1);
        assertEquals(0, folios.hugeZeroPfn());
        assertEquals(1, m.count(VmstatItem.THP_ZERO_PAGE_ALLOC_FAILED));
        assertNotEquals(0, folios.hugeZeroPfn());
    }

    @Test
    void pins_of_small_folios_are_1024_references_and_those_of_large_ones_are_counted() {
        int small = folios.allocAnon(0);
        int large = folios.allocAnon(4);
        folios.pin(small, 2);
        folios.pin(large, 2);
        assertEquals(1 + 2048, frames.refcount(small));
        assertEquals(3, frames.refcount(large));
        assertTrue(folios.maybePinned(small));
        assertTrue(folios.maybePinned(large));
        folios.unpin(small, 2);
        folios.unpin(large, 2);
        assertFalse(folios.maybePinned(small));
        assertFalse(folios.maybePinned(large));
        assertEquals(4, m.count(VmstatItem.NR_FOLL_PIN_ACQUIRED));
        assertEquals(4, m.count(VmstatItem.NR_FOLL_PIN_RELEASED));
        assertRefused("more pins", () -> folios.unpin(large, 1));
    }

    @Test
    void many_references_to_a_small_folio_look_like_a_pin() {
        int small = folios.allocAnon(0);
        frames.addRefs(small, 1023);
        assertTrue(folios.maybePinned(small));
    }

    @Test
    void references_are_explained_by_mappings_and_cache_entries() {
        int anon = folios.allocAnon(2);
        frames.setFlags(anon, Frames.ANON);
        frames.setMapping(anon, 3, 0);
        frames.addLargeMapcount(anon, 2);
        assertEquals(2, folios.expectedRefs(anon));
        frames.setFlags(anon, Frames.SWAPCACHE);
        assertEquals(6, folios.expectedRefs(anon));
        int file = folios.allocFile(2, false);
        assertEquals(0, folios.expectedRefs(file));
        frames.setMapping(file, 3, 0);
        assertEquals(4, folios.expectedRefs(file));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void freeing_together_equals_freeing_one_by_one(int seed) {
        Random random = new Random(seed);
        TestMemory one = TestMemory.large();
        TestMemory all = TestMemory.large();
        int count = 600;
        int[] heads = new int[count];
        for (TestMemory t : List.of(one, all)) {
            random.setSeed(seed);
            for (int i = 0; i < count; i++) {
                int head = t.folios.allocAnon(random.nextInt(20) == 0 ? 2 : 0);
                heads[i] = head;
                if (random.nextInt(10) != 0) {
                    t.lru.add(head);
                }
                if (random.nextInt(25) == 0) {
                    t.mlock.mlockFolio(head);
                }
                if (random.nextInt(25) == 0) {
                    t.frames.get(head);
                }
                if (random.nextInt(9) == 0) {
                    t.lru.activate(head);
                }
            }
            t.lru.drain();
            for (int i = 0; i < count / 3; i++) {
                int from = random.nextInt(count);
                int to = random.nextInt(count);
                int head = heads[from];
                heads[from] = heads[to];
                heads[to] = head;
            }
        }
        for (int head : heads) {
            one.folios.put(head, 1);
        }
        all.folios.putAll(heads, count);

        assertEquals(one.vmstat.text(), all.vmstat.text(), "seed " + seed);
        for (LruList list : LruList.values()) {
            assertEquals(one.list(list), all.list(list), "seed " + seed);
        }
        one.buddy.drain();
        all.buddy.drain();
        assertEquals(one.buddy.buddyinfo(), all.buddy.buddyinfo(), "seed " + seed);
        all.checkFreeLists();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9})
    void a_folio_split_to_base_pages_keeps_what_belongs_to_each_page(int order) {
        int pages = 1 << order;
        int head = m.onList(order);
        frames.materialise(head);
        frames.setFlags(head, Frames.ANON | Frames.DIRTY);
        frames.setMapping(head, 6, 1000);
        m.memory.mthp().increment(MthpStat.NR_ANON, order);
        frames.addPageMapcounts(head, pages - 1, 1);
        frames.addPageMapcount(head + 1, 1);
        int mapped = frames.pageMapcount(head + 1) == 2 ? pages : 1 + 1;
        frames.addLargeMapcount(head, mapped);
        frames.addRefs(head, mapped);
        frames.setFlags(head + 1, Frames.ANON_EXCLUSIVE);
        m.memory.deferred().queue(head, true);
        int before = (int) m.count(VmstatItem.NR_INACTIVE_ANON);

        folios.splitMetadata(head, 0);

        for (int i = 0; i < pages; i++) {
            int pfn = head + i;
            int mapcount = (i < pages - 1 ? 1 : 0) + (i == 1 ? 1 : 0);
            assertTrue(frames.isHead(pfn));
            assertEquals(0, frames.order(pfn));
            assertEquals(mapcount, frames.mapcount(pfn));
            assertEquals(mapcount + 1, frames.refcount(pfn), "its mappings, and one of whoever split");
            assertEquals(1000 + i, frames.index(pfn));
            assertEquals(6, frames.mapping(pfn));
            assertEquals(i == 1, frames.test(pfn, Frames.ANON_EXCLUSIVE));
            assertTrue(frames.testAll(pfn, Frames.ANON | Frames.DIRTY | Frames.SWAPBACKED | Frames.LRU));
            assertFalse(frames.test(pfn, Frames.ON_DEFERRED | Frames.PARTIALLY_MAPPED));
        }
        assertEquals(before, m.count(VmstatItem.NR_INACTIVE_ANON));
        assertEquals(0, m.memory.deferred().length());
        assertEquals(0, m.memory.mthp().total(MthpStat.NR_ANON));
        assertEquals(0, m.memory.mthp().total(MthpStat.NR_ANON_PARTIALLY_MAPPED));
        List<Integer> oldestFirst = m.list(LruList.INACTIVE_ANON).reversed();
        assertEquals(head, oldestFirst.getFirst());
        assertEquals(head + pages - 1, oldestFirst.getLast());

        for (int i = 0; i < pages; i++) {
            frames.setPageMapcount(head + i, 0);
            folios.put(head + i, frames.refcount(head + i));
        }
        m.buddy.drain();
        m.checkFreeLists();
    }

    @Test
    void a_folio_can_be_split_to_smaller_folios_which_sum_their_pages() {
        int head = folios.allocAnon(9);
        frames.materialise(head);
        frames.setFlags(head, Frames.ANON);
        frames.setMapping(head, 6, 512);
        m.memory.mthp().increment(MthpStat.NR_ANON, 9);
        frames.addPageMapcounts(head, 24, 1);
        frames.addLargeMapcount(head, 24);
        frames.addRefs(head, 24);

        folios.splitMetadata(head, 4);

        assertEquals(32, m.memory.mthp().get(MthpStat.NR_ANON, 4));
        assertEquals(16, frames.mapcount(head));
        assertEquals(17, frames.refcount(head));
        assertEquals(8, frames.mapcount(head + 16));
        assertEquals(9, frames.refcount(head + 16));
        assertEquals(0, frames.mapcount(head + 32));
        assertEquals(1, frames.refcount(head + 32));
        assertEquals(head + 496, frames.head(head + 511));
        assertEquals(512 + 496, frames.index(head + 496));
        long free = m.buddy.freeFrames();
        folios.put(head + 32, 1);
        assertEquals(free + 16, m.buddy.freeFrames());
    }

    @Test
    void parts_of_a_folio_in_the_swap_cache_have_their_own_slots_and_references() {
        int head = folios.allocAnon(2);
        frames.setFlags(head, Frames.ANON | Frames.SWAPCACHE);
        frames.setMapping(head, 6, 8);
        frames.setPrivateWord(head, 100);
        frames.addRefs(head, 4);
        folios.splitMetadata(head, 0);
        assertEquals(103, frames.privateWord(head + 3));
        assertEquals(2, frames.refcount(head + 3));
        assertEquals(2, frames.refcount(head));
    }

    @Test
    void a_folio_that_is_pinned_or_mapped_as_a_whole_is_not_split() {
        int pinned = folios.allocAnon(4);
        folios.pin(pinned, 1);
        assertRefused("pinned", () -> folios.splitMetadata(pinned, 0));
        int mapped = folios.allocAnon(9);
        frames.addEntireMapcount(mapped, 1);
        assertRefused("PMD entry", () -> folios.splitMetadata(mapped, 0));
        assertThrows(IllegalArgumentException.class, () -> folios.splitMetadata(mapped, 9));
    }

    @Test
    void a_small_machine_is_exhausted_and_rewound() {
        TestMemory small = new TestMemory(Geometry.SMALL, 64);
        Snapshot start = small.space.save();
        int count = 0;
        for (int head = small.folios.allocAnon(0); head != 0; head = small.folios.allocAnon(0)) {
            small.lru.add(head);
            count++;
        }
        assertEquals(62, count);
        assertEquals(0, small.buddy.freeFrames());
        small.space.rewind(start);
        assertNull(small.space.firstDifference(start));
        assertEquals(16, small.folios.allocAnon(4));
    }
}
