package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Snapshot;

class LruListsTest {

    private final TestMemory m = TestMemory.large();
    private final Frames frames = m.frames;
    private final LruLists lru = m.lru;

    @Test
    void a_folio_waits_in_the_batch_with_a_reference_until_it_is_drained() {
        int head = m.folios.allocAnon(0);
        lru.add(head);
        assertEquals(2, frames.refcount(head));
        assertFalse(frames.test(head, Frames.LRU));
        assertEquals(1, lru.waiting());
        assertEquals(head, lru.waitingFolio(0));
        lru.drain();
        assertEquals(1, frames.refcount(head));
        assertTrue(frames.test(head, Frames.LRU));
        assertEquals(1, lru.pages(LruList.INACTIVE_ANON));
    }

    @Test
    void the_batch_is_drained_by_its_thirty_first_folio() {
        for (int i = 0; i < 30; i++) {
            lru.add(m.folios.allocAnon(0));
        }
        assertEquals(0, lru.pages(LruList.INACTIVE_ANON));
        lru.add(m.folios.allocAnon(0));
        assertEquals(31, lru.pages(LruList.INACTIVE_ANON));
        assertEquals(0, lru.waiting());
    }

    @Test
    void a_large_folio_drains_the_batch_at_once() {
        int small = m.folios.allocAnon(0);
        int large = m.folios.allocAnon(9);
        lru.add(small);
        lru.add(large);
        assertEquals(List.of(large, small), m.list(LruList.INACTIVE_ANON));
        assertEquals(513, lru.pages(LruList.INACTIVE_ANON));
    }

    @Test
    void the_list_is_in_the_order_of_adding_whatever_the_order_of_frames() {
        List<Integer> added = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            added.add(m.folios.allocAnon(0));
        }
        Collections.shuffle(added, new Random(7));
        added.forEach(lru::add);
        lru.drain();
        assertEquals(added.reversed(), m.list(LruList.INACTIVE_ANON));
    }

    @Test
    void folios_go_to_the_list_that_their_flags_say() {
        int anon = m.onList(0);
        int shmem = m.folios.allocFile(0, true);
        int file = m.folios.allocFile(0, false);
        int active = m.folios.allocFile(0, false);
        frames.setFlags(active, Frames.ACTIVE);
        for (int head : List.of(shmem, file, active)) {
            lru.add(head);
        }
        lru.drain();
        assertEquals(List.of(shmem, anon), m.list(LruList.INACTIVE_ANON));
        assertEquals(List.of(file), m.list(LruList.INACTIVE_FILE));
        assertEquals(List.of(active), m.list(LruList.ACTIVE_FILE));
        assertEquals(1, m.count(VmstatItem.NR_ZONE_ACTIVE_FILE));
    }

    @Test
    void a_folio_whose_last_user_goes_while_it_waits_is_freed_by_the_drain_and_never_listed() {
        int head = m.folios.allocAnon(0);
        long free = m.buddy.freeFrames();
        lru.add(head);
        m.folios.put(head, 1);
        assertEquals(free, m.buddy.freeFrames());
        lru.drain();
        assertEquals(free + 1, m.buddy.freeFrames());
        assertEquals(List.of(), m.list(LruList.INACTIVE_ANON));
    }

    @Test
    void an_isolated_folio_is_off_its_list_with_a_reference_and_comes_back_as_the_newest() {
        int first = m.onList(0);
        int second = m.onList(0);
        int third = m.onList(0);
        assertTrue(lru.isolate(second));
        assertEquals(2, frames.refcount(second));
        assertEquals(List.of(third, first), m.list(LruList.INACTIVE_ANON));
        assertFalse(lru.isolate(second), "another cannot isolate it too");
        lru.putback(second);
        lru.drain();
        assertEquals(1, frames.refcount(second));
        assertEquals(List.of(second, third, first), m.list(LruList.INACTIVE_ANON));
    }

    @Test
    void a_folio_that_waits_cannot_be_isolated() {
        int head = m.folios.allocAnon(0);
        lru.add(head);
        assertFalse(lru.isolate(head));
        lru.drain();
        assertTrue(lru.isolate(head));
    }

    @Test
    void the_oldest_are_isolated_first() {
        List<Integer> added = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            added.add(m.onList(0));
        }
        int[] taken = new int[4];
        assertEquals(3, lru.isolateOldest(LruList.INACTIVE_ANON, taken, 3));
        assertEquals(added.subList(0, 3), List.of(taken[0], taken[1], taken[2]));
        assertEquals(2, lru.pages(LruList.INACTIVE_ANON));
        assertEquals(2, lru.isolateOldest(LruList.INACTIVE_ANON, taken, 4));
    }

    @Test
    void a_folio_used_twice_becomes_active_and_can_be_deactivated() {
        int head = m.onList(0);
        lru.markAccessed(head);
        assertTrue(frames.test(head, Frames.REFERENCED));
        assertFalse(frames.test(head, Frames.ACTIVE));
        lru.markAccessed(head);
        assertEquals(List.of(head), m.list(LruList.ACTIVE_ANON));
        assertEquals(1, m.count(VmstatItem.PGACTIVATE));
        lru.deactivate(head);
        lru.deactivate(head);
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
        assertEquals(1, m.count(VmstatItem.PGDEACTIVATE));
    }

    @Test
    void a_folio_that_waits_becomes_active_with_the_batch_and_is_not_counted_as_activated() {
        int head = m.folios.allocFile(0, false);
        lru.add(head);
        lru.markAccessed(head);
        lru.markAccessed(head);
        lru.drain();
        assertEquals(List.of(head), m.list(LruList.ACTIVE_FILE));
        assertEquals(0, m.count(VmstatItem.PGACTIVATE));
    }

    @Test
    void a_folio_is_not_put_on_a_list_twice() {
        int head = m.onList(0);
        assertThrows(IllegalStateException.class, () -> lru.add(head));
    }

    @Test
    void a_rotated_folio_is_the_next_that_reclaim_looks_at() {
        int first = m.onList(0);
        int second = m.onList(0);
        lru.rotate(second);
        assertEquals(second, lru.oldest(LruList.INACTIVE_ANON));
        assertEquals(List.of(first, second), m.list(LruList.INACTIVE_ANON));
        assertEquals(1, m.count(VmstatItem.PGROTATED));
    }

    @Test
    void what_waits_is_saved_and_comes_back() {
        int head = m.folios.allocAnon(0);
        lru.add(head);
        Snapshot saved = m.space.save();
        lru.drain();
        m.space.rewind(saved);
        assertNull(m.space.firstDifference(saved));
        assertEquals(1, lru.waiting());
        lru.drain();
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void lists_agree_with_plain_queues_through_random_use(long seed) {
        Random random = new Random(seed);
        Deque<Integer> inactive = new ArrayDeque<>();
        Deque<Integer> active = new ArrayDeque<>();
        for (int step = 0; step < 3000; step++) {
            int choice = random.nextInt(10);
            if (choice < 5) {
                int batch = 1 + random.nextInt(40);
                for (int i = 0; i < batch; i++) {
                    int head = m.folios.allocAnon(random.nextInt(12) == 0 ? 2 : 0);
                    if (head != 0) {
                        lru.add(head);
                        inactive.addFirst(head);
                    }
                }
                lru.drain();
            } else if (choice < 7) {
                for (int i = random.nextInt(60); i > 0 && !inactive.isEmpty(); i--) {
                    m.folios.put(inactive.removeLast(), 1);
                }
            } else if (choice < 8 && !inactive.isEmpty()) {
                int head = inactive.removeLast();
                lru.activate(head);
                active.addFirst(head);
            } else if (choice < 9 && !active.isEmpty()) {
                int head = active.removeLast();
                lru.deactivate(head);
                inactive.addFirst(head);
            } else if (!inactive.isEmpty()) {
                int head = inactive.removeFirst();
                assertTrue(lru.isolate(head));
                lru.putback(head);
                lru.drain();
                inactive.addFirst(head);
            }
        }
        assertEquals(List.copyOf(inactive), m.list(LruList.INACTIVE_ANON), "seed " + seed);
        assertEquals(List.copyOf(active), m.list(LruList.ACTIVE_ANON), "seed " + seed);
        assertEquals(inactive.stream().mapToLong(frames::pages).sum(), lru.pages(LruList.INACTIVE_ANON));
        m.checkFreeLists();
    }
}
