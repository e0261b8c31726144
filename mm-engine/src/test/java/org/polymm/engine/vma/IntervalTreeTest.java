package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;

class IntervalTreeTest {

    private static final int OTHER_FIELDS = 2;

    private final RecordPool pool = new RecordPool(new StateSpace(), "nodes", OTHER_FIELDS + IntervalTree.SPAN);
    private final IntervalTree tree = new IntervalTree(pool, OTHER_FIELDS);
    private int root;

    /** An interval in the list that the tree is compared with, which is kept in the order of a walk. */
    private record Interval(int node, long first, long last) {}

    private int insert(long first, long last) {
        int node = pool.allocate();
        root = tree.insert(root, node, first, last);
        return node;
    }

    private List<Integer> meeting(long lo, long hi) {
        List<Integer> found = new ArrayList<>();
        for (int node = tree.first(root, lo, hi); node != 0; node = tree.next(node, lo, hi)) {
            found.add(node);
        }
        return found;
    }

    @Test
    void an_empty_tree_meets_nothing() {
        assertEquals(0, tree.first(0, 0, Long.MAX_VALUE));
        assertNull(tree.problem(0));
    }

    @Test
    void intervals_are_closed_at_both_ends() {
        int node = insert(4, 9);

        assertEquals(List.of(), meeting(0, 3));
        assertEquals(List.of(node), meeting(0, 4));
        assertEquals(List.of(node), meeting(9, 20));
        assertEquals(List.of(), meeting(10, 20));
    }

    @Test
    void equal_intervals_are_visited_in_the_order_of_their_insertion() {
        int a = insert(5, 6);
        int b = insert(5, 6);
        int c = insert(5, 9);
        int d = insert(5, 6);

        assertEquals(List.of(a, b, c, d), meeting(0, 100));
    }

    @Test
    void a_node_inserted_behind_another_is_visited_right_after_it() {
        int parent = insert(5, 6);
        int other = insert(5, 6);
        int child = pool.allocate();
        root = tree.insertAfter(root, child, parent);
        int grandchild = pool.allocate();
        root = tree.insertAfter(root, grandchild, child);

        assertEquals(List.of(parent, child, grandchild, other), meeting(6, 6));
        assertEquals(5, tree.firstPage(grandchild));
        assertEquals(6, tree.lastPage(grandchild));
    }

    @Test
    void a_node_can_be_in_one_place_only() {
        int node = insert(1, 2);
        int free = pool.allocate();

        assertThrows(IllegalStateException.class, () -> tree.insert(root, node, 3, 4));
        assertThrows(IllegalStateException.class, () -> tree.remove(root, free));
        assertThrows(IllegalStateException.class, () -> tree.insertAfter(root, free, free));
        assertThrows(IllegalArgumentException.class, () -> tree.insert(root, free, 4, 3));
    }

    @Test
    void a_removed_node_leaves_its_record_clear() {
        int node = insert(1, 2);
        pool.set(node, 0, 77);
        root = tree.remove(root, node);

        assertEquals(0, root);
        assertEquals(77, pool.get(node, 0));
        for (int field = 0; field < IntervalTree.SPAN; field++) {
            assertEquals(0, pool.get(node, OTHER_FIELDS + field));
        }
    }

    @Test
    void a_broken_tree_is_reported() {
        insert(1, 2);
        int b = insert(3, 4);
        insert(5, 6);
        pool.set(b, OTHER_FIELDS + 2, 99);

        String problem = tree.problem(root);

        assertNotNull(problem);
        assertTrue(problem.contains("max"), problem);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void walks_meet_what_a_scan_of_all_intervals_meets_in_the_same_order(long seed) {
        Random random = new Random(seed);
        List<Interval> model = new ArrayList<>();
        int space = 4 << random.nextInt(9);
        for (int step = 0; step < 3000; step++) {
            int choice = random.nextInt(10);
            if (choice < 5 || model.isEmpty()) {
                long first = random.nextInt(space);
                long last = first + random.nextInt(1 + random.nextInt(space));
                model.add(new Interval(insert(first, last), first, last));
                model.sort(Comparator.comparingLong(Interval::first));
            } else if (choice == 5) {
                int at = random.nextInt(model.size());
                Interval like = model.get(at);
                int node = pool.allocate();
                root = tree.insertAfter(root, node, like.node());
                model.add(at + 1, new Interval(node, like.first(), like.last()));
            } else {
                Interval gone = model.remove(random.nextInt(model.size()));
                root = tree.remove(root, gone.node());
                pool.free(gone.node());
            }
            long lo = random.nextInt(2 * space);
            long hi = lo + random.nextInt(space);
            List<Integer> expected = model.stream()
                    .filter(i -> i.first() <= hi && i.last() >= lo)
                    .map(Interval::node)
                    .toList();
            String where = "seed " + seed + " step " + step;
            assertEquals(expected, meeting(lo, hi), where);
            if (step % 16 == 0) {
                assertNull(tree.problem(root), where);
            }
        }
    }

    @Test
    void height_stays_logarithmic_when_keys_ascend() {
        for (int i = 0; i < 10_000; i++) {
            insert(i, i);
        }

        assertTrue(pool.get(root, OTHER_FIELDS + 6) <= 20, "height " + pool.get(root, OTHER_FIELDS + 6));
        assertNull(tree.problem(root));
    }

    @Test
    void no_operation_allocates() {
        int[] nodes = new int[512];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = insert(i * 7 % 512, i * 7 % 512 + 3);
        }

        long bytes = Allocations.of(() -> {
            for (int round = 0; round < 100; round++) {
                for (int node : nodes) {
                    root = tree.remove(root, node);
                    root = tree.insert(root, node, node, node + 5);
                    for (int met = tree.first(root, node, node); met != 0; met = tree.next(met, node, node)) {
                        if (met < 0) {
                            throw new AssertionError(met);
                        }
                    }
                }
            }
        });

        assertEquals(0, bytes);
    }
}
