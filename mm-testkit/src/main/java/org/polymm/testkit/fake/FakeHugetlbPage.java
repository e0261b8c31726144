package org.polymm.testkit.fake;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.HugetlbTransition;
import org.polymm.api.mapcount.HugetlbTransition.EntryKind;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.view.MappingLevel;

/**
 * A hugetlb page that address spaces map whole or in pieces, with the counters of a scheme.
 *
 * <p>Each address space has a tree of entries for the page, from the one that could map it as a whole down to base
 * pages. Each operation tells the scheme of every entry that changes, in the order that {@link HugetlbTransition}
 * promises, and takes the references it asks for.
 */
public final class FakeHugetlbPage implements FolioCounters {

    private final MapcountScheme.Hugetlb scheme;
    private final MappingLevel topLevel;
    private final int entriesPerTable;
    private final int pages;
    private final long[] counters;
    private final int[] pageCounters;
    private final int subtreeCounters;
    private final Map<Integer, Tree> trees = new TreeMap<>();
    private long references;

    /** The entries of one mapping of the page. */
    private static final class Tree {
        final Node top;
        final long[] subtree;

        Tree(Node top, int counters) {
            this.top = top;
            this.subtree = new long[counters];
        }
    }

    /** One entry, with the table below it if it is one. */
    private static final class Node {
        final MappingLevel level;
        final int first;
        final int count;
        EntryKind kind = EntryKind.NONE;
        Node @Nullable [] children;

        Node(MappingLevel level, int first, int count) {
            this.level = level;
            this.first = first;
            this.count = count;
        }
    }

    private FakeHugetlbPage(MappingLevel topLevel, int entriesPerTable, MapcountScheme.Hugetlb scheme) {
        CounterLayout layout = scheme.counters();
        this.scheme = scheme;
        this.topLevel = topLevel;
        this.entriesPerTable = entriesPerTable;
        this.pages = topLevel == MappingLevel.PUD ? entriesPerTable * entriesPerTable : entriesPerTable;
        this.counters = new long[layout.longsPerFolio()];
        this.pageCounters = new int[layout.intsPerPage() == 0 ? 0 : pages];
        this.subtreeCounters = layout.longsPerSubtree();
    }

    /**
     * A page of 2 MiB.
     *
     * @param scheme what counts its mappings
     * @return a new fake
     */
    public static FakeHugetlbPage of2MiB(MapcountScheme.Hugetlb scheme) {
        return new FakeHugetlbPage(MappingLevel.PMD, 512, scheme);
    }

    /**
     * A page of 1 GiB.
     *
     * @param scheme what counts its mappings
     * @return a new fake
     */
    public static FakeHugetlbPage of1GiB(MapcountScheme.Hugetlb scheme) {
        return new FakeHugetlbPage(MappingLevel.PUD, 512, scheme);
    }

    /**
     * A page that a PUD entry maps, on a machine with small page tables.
     *
     * @param entriesPerTable entries of a page table, such as 8
     * @param scheme what counts its mappings
     * @return a new fake
     */
    public static FakeHugetlbPage small(int entriesPerTable, MapcountScheme.Hugetlb scheme) {
        return new FakeHugetlbPage(MappingLevel.PUD, entriesPerTable, scheme);
    }

    /**
     * An address space maps the page by one entry.
     *
     * @param mm the address space
     */
    public void mapWhole(int mm) {
        Tree tree = treeOf(mm);
        change(mm, tree, tree.top, EntryKind.LEAF);
    }

    /**
     * UFFDIO_CONTINUE: maps a range by the largest entries that its alignment allows.
     *
     * @param mm the address space
     * @param first the first base page
     * @param count how many base pages
     * @return how many entries were installed
     * @throws IllegalStateException if a part is mapped already (EEXIST)
     */
    public int continueRange(int mm, int first, int count) {
        Tree tree = treeOf(mm);
        return install(mm, tree, tree.top, first, first + count);
    }

    /**
     * Collapses all of an address space's entries into one: told of the large entry first.
     *
     * @param mm the address space
     */
    public void collapse(int mm) {
        Tree tree = treeOf(mm);
        Node[] children = tree.top.children;
        tree.top.children = null;
        change(mm, tree, tree.top, EntryKind.LEAF);
        drop(mm, tree, children);
    }

    /**
     * Splits an address space's one entry into small ones of the next level: told of the small entries first.
     *
     * @param mm the address space
     */
    public void split(int mm) {
        Tree tree = treeOf(mm);
        Node[] children = table(tree.top);
        for (Node child : children) {
            change(mm, tree, child, EntryKind.LEAF);
        }
        tree.top.children = children;
        change(mm, tree, tree.top, EntryKind.TABLE);
    }

    /**
     * Unmaps a range of base-page entries and leaves the tables above them, even if empty.
     *
     * @param mm the address space
     * @param first the first base page
     * @param count how many
     */
    public void unmapLeaves(int mm, int first, int count) {
        Tree tree = treeOf(mm);
        for (int page = first; page < first + count; page++) {
            Node node = tree.top;
            while (node.children != null) {
                node = node.children[(page - node.first) / (node.count / entriesPerTable)];
            }
            if (node.kind == EntryKind.LEAF) {
                change(mm, tree, node, EntryKind.NONE);
            }
        }
    }

    /**
     * Unmaps everything: leaves, then tables, lowest level first.
     *
     * @param mm the address space
     */
    public void unmapAll(int mm) {
        Tree tree = treeOf(mm);
        drop(mm, tree, tree.top.children);
        tree.top.children = null;
        if (tree.top.kind != EntryKind.NONE) {
            change(mm, tree, tree.top, EntryKind.NONE);
        }
        Arrays.fill(tree.subtree, 0);
    }

    /** {@return the references that the scheme had the mappings take} */
    public long references() {
        return references;
    }

    /** {@return how many address spaces really map a part of it by a leaf} */
    public int sharers() {
        int sharers = 0;
        for (Tree tree : trees.values()) {
            sharers += hasLeaf(tree.top) ? 1 : 0;
        }
        return sharers;
    }

    private int install(int mm, Tree tree, Node node, int start, int end) {
        boolean covers = start <= node.first && end >= node.first + node.count;
        if (covers && node.kind == EntryKind.NONE) {
            change(mm, tree, node, EntryKind.LEAF);
            return 1;
        }
        if (node.kind == EntryKind.LEAF) {
            throw new IllegalStateException("page " + start + " is mapped already (EEXIST)");
        }
        if (node.kind == EntryKind.NONE) {
            change(mm, tree, node, EntryKind.TABLE);
            node.children = table(node);
        }
        int installed = 0;
        Node[] children = node.children == null ? new Node[0] : node.children;
        for (Node child : children) {
            if (child.first < end && child.first + child.count > start) {
                installed += install(
                        mm, tree, child, Math.max(start, child.first), Math.min(end, child.first + child.count));
            }
        }
        return installed;
    }

    private Node[] table(Node above) {
        MappingLevel level = above.level == MappingLevel.PUD ? MappingLevel.PMD : MappingLevel.PTE;
        int count = above.count / entriesPerTable;
        Node[] children = new Node[entriesPerTable];
        for (int i = 0; i < entriesPerTable; i++) {
            children[i] = new Node(level, above.first + i * count, count);
        }
        return children;
    }

    private void drop(int mm, Tree tree, Node @Nullable [] children) {
        if (children == null) {
            return;
        }
        for (Node child : children) {
            drop(mm, tree, child.children);
            if (child.kind != EntryKind.NONE) {
                change(mm, tree, child, EntryKind.NONE);
            }
        }
    }

    private void change(int mm, Tree tree, Node node, EntryKind to) {
        Transition transition = new Transition(mm, tree, node, to);
        references += scheme.referenceDelta(transition);
        scheme.onTransition(transition);
        node.kind = to;
    }

    private Tree treeOf(int mm) {
        return trees.computeIfAbsent(mm, any -> new Tree(new Node(topLevel, 0, pages), subtreeCounters));
    }

    private static boolean hasLeaf(Node node) {
        if (node.kind == EntryKind.LEAF) {
            return true;
        }
        if (node.children != null) {
            for (Node child : node.children) {
                if (hasLeaf(child)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public int pages() {
        return pages;
    }

    @Override
    public int refcount() {
        return (int) references;
    }

    @Override
    public long get(int counter) {
        return counters[counter];
    }

    @Override
    public int getPage(int page) {
        return pageCounters[page];
    }

    @Override
    public int walkForSharers() {
        return sharers();
    }

    private final class Transition implements HugetlbTransition {

        private final int mm;
        private final Tree tree;
        private final Node node;
        private final EntryKind to;
        private final EntryKind from;

        Transition(int mm, Tree tree, Node node, EntryKind to) {
            this.mm = mm;
            this.tree = tree;
            this.node = node;
            this.from = node.kind;
            this.to = to;
        }

        @Override
        public MappingLevel level() {
            return node.level;
        }

        @Override
        public boolean isTopLevel() {
            return node.level == topLevel;
        }

        @Override
        public EntryKind from() {
            return from;
        }

        @Override
        public EntryKind to() {
            return to;
        }

        @Override
        public int firstPage() {
            return node.first;
        }

        @Override
        public int pageCount() {
            return node.count;
        }

        @Override
        public int mmId() {
            return mm;
        }

        @Override
        public void set(int counter, long value) {
            counters[counter] = value;
        }

        @Override
        public void addToPages(int delta) {
            for (int page = node.first; page < node.first + node.count; page++) {
                pageCounters[page] += delta;
            }
        }

        @Override
        public long getSubtree(int counter) {
            return tree.subtree[counter];
        }

        @Override
        public void setSubtree(int counter, long value) {
            tree.subtree[counter] = value;
        }

        @Override
        public int pages() {
            return pages;
        }

        @Override
        public int refcount() {
            return FakeHugetlbPage.this.refcount();
        }

        @Override
        public long get(int counter) {
            return counters[counter];
        }

        @Override
        public int getPage(int page) {
            return pageCounters[page];
        }

        @Override
        public int walkForSharers() {
            return sharers();
        }
    }
}
