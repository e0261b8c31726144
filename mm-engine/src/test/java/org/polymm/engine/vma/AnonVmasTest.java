package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.vma.TestMm.RO;
import static org.polymm.engine.vma.TestMm.RW;
import static org.polymm.engine.vma.TestMm.RWX;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.LockProtocolError;

class AnonVmasTest {

    private final TestMm parent = new TestMm();
    private final AnonVmas anonVmas = parent.anonVmas;
    private final VmaTable vmas = parent.vmas;

    private int anonVma(TestMm mm, long page) {
        return vmas.anonVma(mm.vma(page));
    }

    /** The VMAs in the tree of an anon_vma over a page offset. */
    private List<Integer> reachable(int anonVma, long pgoff) {
        List<Integer> found = new ArrayList<>();
        for (int chain = anonVmas.first(anonVma, pgoff, pgoff);
                chain != 0;
                chain = anonVmas.next(chain, pgoff, pgoff)) {
            found.add(anonVmas.vmaOf(chain));
        }
        return found;
    }

    private long offset(long page) {
        return TestMm.at(page) >> 12;
    }

    @Test
    void the_first_fault_of_a_vma_makes_a_root_that_is_its_own_parent() {
        parent.map(0, 4, RW);
        parent.touch(1);
        int root = anonVma(parent, 0);

        assertEquals(root, anonVmas.root(root));
        assertEquals(root, anonVmas.parent(root));
        assertEquals(1, anonVmas.numChildren(root));
        assertEquals(1, anonVmas.numActiveVmas(root));
        assertEquals(1, anonVmas.refcount(root));
        assertTrue(anonVmas.isSingular(parent.vma(0)));
        parent.touch(2);
        assertEquals(1, anonVmas.live());
    }

    @Test
    void preparing_without_the_mmap_lock_is_an_error() {
        int vma = parent.map(0, 4, RW);
        parent.spaces.locks().writeUnlock(parent.mm);

        assertThrows(LockProtocolError.class, () -> anonVmas.prepare(vma));
    }

    @Test
    void the_neighbour_above_is_asked_for_its_anon_vma_before_the_one_below() {
        //   |--rw--|--r--|--rwx--|     both outer ones faulted on their own
        parent.map(0, 4, RW);
        parent.map(8, 12, RWX);
        parent.touch(0);
        parent.touch(8);
        parent.map(4, 8, RO);
        parent.touch(4);

        assertEquals(anonVma(parent, 8), anonVma(parent, 4));
        assertNotEquals(anonVma(parent, 0), anonVma(parent, 4));
    }

    @Test
    void a_neighbour_that_differs_in_more_than_access_keeps_its_anon_vma() {
        parent.map(0, 4, RW);
        parent.touch(0);
        parent.map(4, 8, RW | VmFlags.VM_NOHUGEPAGE);
        parent.touch(4);

        assertNotEquals(anonVma(parent, 0), anonVma(parent, 4));
    }

    @Test
    void a_forked_neighbour_keeps_its_anon_vma() {
        parent.map(0, 4, RW);
        parent.touch(0);
        TestMm child = parent.fork();
        child.map(4, 8, RO);
        child.touch(4);

        assertNotEquals(anonVma(child, 0), anonVma(child, 4));
        assertTrue(anonVmas.isForkChild(child.vma(0)));
        assertFalse(anonVmas.isForkChild(child.vma(4)));
    }

    @Test
    void a_child_is_found_through_the_parents_anon_vma_and_has_its_own() {
        //   parent P --- R        child C --- R
        //                                '--- S (parent R)
        parent.map(0, 4, RW);
        parent.touch(0);
        TestMm child = parent.fork();
        int root = anonVma(parent, 0);
        int own = anonVma(child, 0);

        assertEquals(root, anonVmas.root(own));
        assertEquals(root, anonVmas.parent(own));
        assertEquals(2, anonVmas.numChildren(root), "itself and the child's");
        assertEquals(0, anonVmas.numChildren(own));
        assertEquals(2, anonVmas.refcount(root));
        assertEquals(List.of(parent.vma(0), child.vma(0)), reachable(root, offset(0)));
        assertEquals(List.of(child.vma(0)), reachable(own, offset(0)));
        assertEquals(own, anonVmas.mappingFor(child.vma(0), true));
        assertEquals(root, anonVmas.mappingFor(child.vma(0), false));
    }

    @Test
    void a_vma_that_never_faulted_leaves_nothing_to_a_child() {
        parent.map(0, 4, RW);
        TestMm child = parent.fork();

        assertEquals(0, anonVma(child, 0));
        assertEquals(0, anonVmas.liveChains());
    }

    @Test
    void a_wiped_vma_starts_afresh_in_the_child() {
        parent.map(0, 4, RW | VmFlags.VM_WIPEONFORK);
        parent.touch(0);
        TestMm child = parent.fork();

        assertEquals(0, anonVma(child, 0));
        assertEquals(1, anonVmas.liveChains());
        child.touch(0);
        assertNotEquals(anonVmas.root(anonVma(parent, 0)), anonVmas.root(anonVma(child, 0)));
    }

    @Test
    void the_root_lives_until_the_last_descendant_is_gone() {
        parent.map(0, 4, RW);
        parent.touch(0);
        TestMm child = parent.fork();
        TestMm grandchild = child.fork();
        int root = anonVma(parent, 0);
        int middle = anonVma(child, 0);
        assertEquals(3, anonVmas.refcount(root));

        child.unmap(0, 4);
        assertTrue(anonVmas.isLive(middle), "the grandchild is in its tree");
        assertEquals(0, anonVmas.numActiveVmas(middle));
        parent.unmap(0, 4);
        assertTrue(anonVmas.isLive(root));
        assertNull(parent.problem());

        grandchild.unmap(0, 4);
        assertEquals(0, anonVmas.live());
        assertEquals(0, anonVmas.liveChains());
    }

    @Test
    void a_fork_adopts_an_ancestor_that_nobody_uses_any_more() {
        //   1 forks 2 and exits, 2 forks 3 and exits, 3 forks 4
        //   R (of 1): no VMA uses it, but it counts itself as a child beside S: not adopted
        //   S (of 2): no VMA uses it, its one child is T (of 3): adopted by 4
        parent.map(0, 4, RW);
        parent.touch(0);
        int root = anonVma(parent, 0);
        TestMm second = parent.fork();
        int seconds = anonVma(second, 0);
        parent.exit();
        assertEquals(0, anonVmas.numActiveVmas(root));
        TestMm third = second.fork();
        assertEquals(seconds, anonVmas.parent(anonVma(third, 0)));
        second.exit();
        TestMm fourth = third.fork();

        assertEquals(seconds, anonVma(fourth, 0));
        assertEquals(1, anonVmas.numActiveVmas(seconds));
        assertEquals(3, anonVmas.live());
        assertNull(parent.problem());
    }

    @Test
    void a_process_that_forks_and_exits_over_and_over_does_not_grow_its_chain_without_end() {
        parent.map(0, 4, RW);
        parent.touch(0);
        TestMm last = parent;
        for (int generation = 0; generation < 50; generation++) {
            TestMm next = last.fork();
            last.exit();
            last = next;
        }

        assertNull(parent.problem());
        assertTrue(anonVmas.live() <= 4, anonVmas.live() + " anon_vmas");
        assertTrue(anonVmas.liveChains() <= 4, anonVmas.liveChains() + " chain entries");
    }

    @Test
    void a_reference_keeps_an_anon_vma_whose_vmas_are_gone() {
        parent.map(0, 4, RW);
        parent.touch(0);
        int root = anonVma(parent, 0);
        anonVmas.get(root);
        parent.unmap(0, 4);
        assertTrue(anonVmas.isLive(root));
        assertEquals(0, anonVmas.treeRoot(root));

        anonVmas.put(root);
        assertFalse(anonVmas.isLive(root));
    }

    @Test
    void a_reference_to_a_childs_anon_vma_keeps_the_root_for_its_lock() {
        parent.map(0, 4, RW);
        parent.touch(0);
        TestMm child = parent.fork();
        int root = anonVma(parent, 0);
        int own = anonVma(child, 0);
        anonVmas.get(own);
        child.unmap(0, 4);
        parent.unmap(0, 4);

        assertTrue(anonVmas.isLive(root));
        anonVmas.put(own);
        assertEquals(0, anonVmas.live());
    }

    @Test
    void all_of_a_family_share_the_roots_lock() {
        parent.map(0, 4, RW);
        parent.touch(0);
        TestMm child = parent.fork();
        anonVmas.readLock(anonVma(child, 0));

        assertTrue(parent.sync.isHeld(LockClass.ANON_VMA, anonVma(parent, 0)));
        assertFalse(anonVmas.tryWriteLock(anonVma(parent, 0)));
        anonVmas.unlock(anonVma(parent, 0));
    }

    @Test
    void a_page_is_found_in_every_process_however_it_was_split_and_moved_since() {
        //   parent |---rw---|  ->  split by mprotect, the upper half moved away
        //   child  |---rw---|
        parent.map(0, 8, RW);
        parent.touch(0);
        int root = anonVma(parent, 0);
        TestMm child = parent.fork();
        parent.protect(4, 8, RO);
        parent.move(4, 8, 100);

        assertEquals(
                List.of(child.vma(5), parent.vma(101)).stream().sorted().toList(),
                reachable(root, offset(5)).stream().sorted().toList());
        assertNull(parent.problem());
    }
}
