package org.polymm.engine.vma;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.RecordPool;

/**
 * Interval trees whose nodes are records of a pool: AVL trees ordered by first page, each node knowing the highest
 * last page below it.
 *
 * <pre>
 *                     [4,9] max 30
 *                    /            \
 *            [0,2] max 2      [7,30] max 30        "who covers page 8?"  asks [4,9], skips [0,2] by its max,
 *                                  \               finds [7,30], stops at [12,13] by its first
 *                               [12,13] max 13
 * </pre>
 *
 * <p>One object serves all trees over the same pool; a tree is its root handle, kept by whoever owns it, and 0 is the
 * empty tree. Intervals are closed and counted in pages. The key is stored in the node, so that a node can be taken out
 * after its owner changed.
 *
 * <p>Order of a walk: ascending first page, then order of insertion. It does not depend on the shape of the tree and
 * equals the kernel's, which mremap relies on: of two VMAs with the same page offset the newer is visited later.
 *
 * <p>No operation allocates.
 */
public final class IntervalTree {

    /** Longs that a node takes of its record. */
    static final int SPAN = 7;

    private static final int FIRST = 0;
    private static final int LAST = 1;
    private static final int MAX = 2;
    private static final int LEFT = 3;
    private static final int RIGHT = 4;
    private static final int PARENT = 5;
    private static final int HEIGHT = 6;

    private final RecordPool pool;
    private final int at;

    /**
     * Trees over the records of a pool.
     *
     * @param at first of {@link #SPAN} fields that the tree may use
     */
    IntervalTree(RecordPool pool, int at) {
        this.pool = pool;
        this.at = at;
    }

    /** Whether a record is in a tree. */
    public boolean isLinked(int node) {
        return get(node, HEIGHT) != 0;
    }

    /** First page of a node that is in a tree. */
    public long firstPage(int node) {
        return get(node, FIRST);
    }

    /** Last page, inclusive, of a node that is in a tree. */
    public long lastPage(int node) {
        return get(node, LAST);
    }

    /**
     * Inserts a node behind all nodes with the same first page.
     *
     * @return the new root
     * @throws IllegalStateException if the node is in a tree
     */
    int insert(int root, int node, long first, long last) {
        long[] a = pool.array();
        initialise(a, node, first, last);
        if (root == 0) {
            return node;
        }
        int under = root;
        while (true) {
            int field = first < a[word(under, FIRST)] ? LEFT : RIGHT;
            int child = (int) a[word(under, field)];
            if (child == 0) {
                return hang(a, root, under, field, node);
            }
            under = child;
        }
    }

    /**
     * Inserts a node with the interval of another, directly behind it.
     *
     * @return the new root
     * @throws IllegalStateException if the node is in a tree, or the other is in none
     */
    int insertAfter(int root, int node, int other) {
        if (!isLinked(other)) {
            throw new IllegalStateException("cannot insert behind node " + other + ", which is in no tree");
        }
        long[] a = pool.array();
        initialise(a, node, a[word(other, FIRST)], a[word(other, LAST)]);
        int right = (int) a[word(other, RIGHT)];
        return right == 0 ? hang(a, root, other, RIGHT, node) : hang(a, root, leftmost(a, right), LEFT, node);
    }

    /**
     * Takes a node out of its tree.
     *
     * @return the new root
     * @throws IllegalStateException if the node is in no tree
     */
    int remove(int root, int node) {
        long[] a = pool.array();
        if (a[word(node, HEIGHT)] == 0) {
            throw new IllegalStateException("node " + node + " is in no tree");
        }
        int left = (int) a[word(node, LEFT)];
        int right = (int) a[word(node, RIGHT)];
        int parent = (int) a[word(node, PARENT)];
        int top;
        int from;
        if (left == 0 || right == 0) {
            top = left == 0 ? right : left;
            from = parent;
        } else {
            top = leftmost(a, right);
            from = (int) a[word(top, PARENT)];
            if (from == node) {
                from = top;
            } else {
                adopt(a, from, LEFT, (int) a[word(top, RIGHT)]);
                adopt(a, top, RIGHT, right);
            }
            adopt(a, top, LEFT, left);
        }
        int newRoot = replace(a, root, parent, node, top);
        clear(a, node);
        return rebalance(a, newRoot, from);
    }

    /** First node of the walk that meets {@code [lo, hi]}, or 0. */
    public int first(int root, long lo, long hi) {
        long[] a = pool.array();
        return root == 0 || a[word(root, MAX)] < lo ? 0 : firstBelow(a, root, lo, hi);
    }

    /** The node after another in the walk that meets {@code [lo, hi]}, or 0. */
    public int next(int node, long lo, long hi) {
        long[] a = pool.array();
        int at = node;
        while (true) {
            int right = (int) a[word(at, RIGHT)];
            if (right != 0 && a[word(right, MAX)] >= lo) {
                return firstBelow(a, right, lo, hi);
            }
            int from;
            do {
                from = at;
                at = (int) a[word(at, PARENT)];
                if (at == 0) {
                    return 0;
                }
            } while (from == (int) a[word(at, RIGHT)]);
            if (a[word(at, FIRST)] > hi) {
                return 0;
            }
            if (a[word(at, LAST)] >= lo) {
                return at;
            }
        }
    }

    /** What is wrong with a tree, or null: order, balance, parent links and subtree maxima. Visits every node. */
    public @Nullable String problem(int root) {
        if (root == 0) {
            return null;
        }
        if (get(root, PARENT) != 0) {
            return "root " + root + " has parent " + get(root, PARENT);
        }
        return problemBelow(root, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private @Nullable String problemBelow(int node, long atLeast, long atMost) {
        long first = get(node, FIRST);
        if (first < atLeast || first > atMost || get(node, LAST) < first) {
            return "node " + node + " [" + first + "," + get(node, LAST) + "] is out of order";
        }
        long max = get(node, LAST);
        long[] heights = new long[2];
        for (int side = 0; side < 2; side++) {
            int child = (int) get(node, LEFT + side);
            if (child == 0) {
                continue;
            }
            if (get(child, PARENT) != node) {
                return "node " + child + " has parent " + get(child, PARENT) + ", not " + node;
            }
            String problem = side == 0 ? problemBelow(child, atLeast, first) : problemBelow(child, first, atMost);
            if (problem != null) {
                return problem;
            }
            max = Math.max(max, get(child, MAX));
            heights[side] = get(child, HEIGHT);
        }
        if (Math.abs(heights[0] - heights[1]) > 1 || get(node, HEIGHT) != 1 + Math.max(heights[0], heights[1])) {
            return "node " + node + " of height " + get(node, HEIGHT) + " has children of heights " + heights[0]
                    + " and " + heights[1];
        }
        return max == get(node, MAX) ? null : "node " + node + " has max " + get(node, MAX) + ", not " + max;
    }

    private int firstBelow(long[] a, int top, long lo, long hi) {
        int node = top;
        while (true) {
            int left = (int) a[word(node, LEFT)];
            if (left != 0 && a[word(left, MAX)] >= lo) {
                node = left;
                continue;
            }
            if (a[word(node, FIRST)] > hi) {
                return 0;
            }
            if (a[word(node, LAST)] >= lo) {
                return node;
            }
            node = (int) a[word(node, RIGHT)];
            if (node == 0 || a[word(node, MAX)] < lo) {
                return 0;
            }
        }
    }

    private void initialise(long[] a, int node, long first, long last) {
        if (a[word(node, HEIGHT)] != 0) {
            throw new IllegalStateException("node " + node + " is in a tree already");
        }
        if (last < first) {
            throw new IllegalArgumentException("[" + first + "," + last + "] is no interval of pages");
        }
        a[word(node, FIRST)] = first;
        a[word(node, LAST)] = last;
        a[word(node, MAX)] = last;
        a[word(node, HEIGHT)] = 1;
    }

    private void clear(long[] a, int node) {
        int base = word(node, 0);
        for (int i = 0; i < SPAN; i++) {
            a[base + i] = 0;
        }
    }

    private int hang(long[] a, int root, int under, int field, int node) {
        adopt(a, under, field, node);
        return rebalance(a, root, under);
    }

    private void adopt(long[] a, int parent, int field, int child) {
        a[word(parent, field)] = child;
        if (child != 0) {
            a[word(child, PARENT)] = parent;
        }
    }

    /** Puts {@code by} (or nothing) where {@code node} hangs below {@code parent}; returns the root. */
    private int replace(long[] a, int root, int parent, int node, int by) {
        if (parent == 0) {
            if (by != 0) {
                a[word(by, PARENT)] = 0;
            }
            return by;
        }
        adopt(a, parent, (int) a[word(parent, LEFT)] == node ? LEFT : RIGHT, by);
        return root;
    }

    private int rebalance(long[] a, int root, int from) {
        int newRoot = root;
        int node = from;
        while (node != 0) {
            int parent = (int) a[word(node, PARENT)];
            int lean = height(a, (int) a[word(node, LEFT)]) - height(a, (int) a[word(node, RIGHT)]);
            if (lean > 1) {
                newRoot = replace(a, newRoot, parent, node, raiseLeft(a, node));
            } else if (lean < -1) {
                newRoot = replace(a, newRoot, parent, node, raiseRight(a, node));
            } else {
                update(a, node);
            }
            node = parent;
        }
        return newRoot;
    }

    private int raiseLeft(long[] a, int node) {
        int child = (int) a[word(node, LEFT)];
        if (height(a, (int) a[word(child, LEFT)]) < height(a, (int) a[word(child, RIGHT)])) {
            adopt(a, node, LEFT, rotate(a, child, RIGHT, LEFT));
        }
        return rotate(a, node, LEFT, RIGHT);
    }

    private int raiseRight(long[] a, int node) {
        int child = (int) a[word(node, RIGHT)];
        if (height(a, (int) a[word(child, RIGHT)]) < height(a, (int) a[word(child, LEFT)])) {
            adopt(a, node, RIGHT, rotate(a, child, LEFT, RIGHT));
        }
        return rotate(a, node, RIGHT, LEFT);
    }

    /** Raises the child on one side above the node, which goes down on the other. Returns the child. */
    private int rotate(long[] a, int node, int side, int other) {
        int child = (int) a[word(node, side)];
        adopt(a, node, side, (int) a[word(child, other)]);
        adopt(a, child, other, node);
        update(a, node);
        update(a, child);
        return child;
    }

    private void update(long[] a, int node) {
        int left = (int) a[word(node, LEFT)];
        int right = (int) a[word(node, RIGHT)];
        a[word(node, HEIGHT)] = 1L + Math.max(height(a, left), height(a, right));
        long max = a[word(node, LAST)];
        if (left != 0) {
            max = Math.max(max, a[word(left, MAX)]);
        }
        if (right != 0) {
            max = Math.max(max, a[word(right, MAX)]);
        }
        a[word(node, MAX)] = max;
    }

    private int height(long[] a, int node) {
        return node == 0 ? 0 : (int) a[word(node, HEIGHT)];
    }

    private int leftmost(long[] a, int top) {
        int node = top;
        for (int left = (int) a[word(node, LEFT)]; left != 0; left = (int) a[word(node, LEFT)]) {
            node = left;
        }
        return node;
    }

    private int word(int node, int field) {
        return pool.base(node) + at + field;
    }

    private long get(int node, int field) {
        return pool.get(node, at + field);
    }
}
