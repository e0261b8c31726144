package org.polymm.engine.check;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;
import org.polymm.engine.vma.AddressSpaces;

/**
 * Which pages the processes have marked, kept the slow and obvious way: guard regions, poison, and write protection by userfaultfd. What was
 * marked stays so until the process ends it, and the page tables must show it, be the page there or not.
 *
 * <p>Told of system calls, as {@link ShadowMemory} is. Only there when a machine is checked after every operation.
 */
public final class ShadowMarkers implements Stateful {

    /** MADV_FREE gave the page up: until it is written it may go at any moment, and its write protection with it. */
    public static final int FREED = 1 << 8;

    private final Map<Integer, NavigableMap<Long, Integer>> marked = new TreeMap<>();

    /**
     * Nothing is marked.
     *
     * @param space saves and rewinds it with the machine
     */
    public ShadowMarkers(StateSpace space) {
        space.register(this);
    }

    private NavigableMap<Long, Integer> of(int mm) {
        return marked.computeIfAbsent(mm, _ -> new TreeMap<>());
    }

    /**
     * Pages were marked.
     *
     * @param mm the process
     * @param first the first page number
     * @param pages how many
     * @param kinds {@code MARKER_} bits of {@link Pte}, in addition to what they are
     */
    public void mark(int mm, long first, long pages, int kinds) {
        for (long page = first; page < first + pages; page++) {
            of(mm).merge(page, kinds, (one, other) -> one | other);
        }
    }

    /**
     * Marks were taken away.
     *
     * @param mm the process
     * @param first the first page number
     * @param pages how many
     * @param kinds {@code MARKER_} bits of {@link Pte}
     */
    public void clear(int mm, long first, long pages, int kinds) {
        NavigableMap<Long, Integer> process = of(mm);
        process.subMap(first, first + pages).replaceAll((_, had) -> had & ~kinds);
        process.subMap(first, first + pages).values().removeIf(had -> had == 0);
    }

    /**
     * Marks were taken away from pages of some kind.
     *
     * @param mm the process
     * @param kinds {@code MARKER_} bits of {@link Pte}
     * @param which says which, by number
     */
    public void clearIf(int mm, int kinds, LongPredicate which) {
        NavigableMap<Long, Integer> process = of(mm);
        process.replaceAll((page, had) -> which.test(page) ? had & ~kinds : had);
        process.values().removeIf(had -> had == 0);
    }

    /**
     * How a page is marked.
     *
     * @param mm the process
     * @param page the page number
     * @return {@code MARKER_} bits of {@link Pte}
     */
    public int kinds(int mm, long page) {
        return of(mm).getOrDefault(page, 0);
    }

    /**
     * A process forks: marks are the child's, too.
     *
     * @param parent the parent
     * @param child the child
     */
    public void fork(int parent, int child) {
        of(child).putAll(of(parent));
    }

    /**
     * Pages are moved, and their marks with them.
     *
     * @param mm the process
     * @param from the first page number
     * @param to where it goes
     * @param pages how many
     */
    public void move(int mm, long from, long to, long pages) {
        NavigableMap<Long, Integer> moved = new TreeMap<>(of(mm).subMap(from, from + pages));
        clear(mm, from, pages, -1);
        clear(mm, to, pages, -1);
        moved.forEach((page, kinds) -> of(mm).put(page - from + to, kinds));
    }

    /**
     * A process ended.
     *
     * @param mm the process
     */
    public void end(int mm) {
        marked.remove(mm);
    }

    /** Looks for marks that the page tables do not show. */
    void check(AddressSpaces spaces, PageTables tables, List<Violation> found) {
        marked.forEach((mm, pages) -> pages.forEach((page, kinds) -> {
            long address = page * Geometry.PAGE_SIZE;
            int vma = spaces.find(mm, address);
            if (vma == 0) {
                return; // unmapped by a call that failed half way
            }
            long entry = tables.lookup(spaces.mms().pgd(mm), address);
            int shown = Pte.markers(entry) | (Pte.isUffdWp(entry) ? Pte.MARKER_UFFD_WP : 0);
            if ((kinds & ~shown & ~FREED) != 0) {
                found.add(new Violation(
                        Invariant.NO_MARKER_IS_LOST,
                        "mm " + mm + " address 0x" + Long.toHexString(address) + " is to be "
                                + Pte.describe(Pte.marker(kinds)).substring("marker ".length()) + " and holds "
                                + Pte.describe(entry)));
            }
        }));
    }

    // ---- state

    @Override
    public String name() {
        return "shadow markers";
    }

    @Override
    public Object capture() {
        Map<Integer, NavigableMap<Long, Integer>> copy = new TreeMap<>();
        marked.forEach((mm, pages) -> copy.put(mm, new TreeMap<>(pages)));
        return copy;
    }

    @Override
    public void restore(Object captured) {
        marked.clear();
        ((Map<?, ?>) captured).forEach((mm, pages) -> {
            NavigableMap<Long, Integer> process = of((Integer) mm);
            ((Map<?, ?>) pages).forEach((page, kinds) -> process.put((Long) page, (Integer) kinds));
        });
    }

    @Override
    public @Nullable String difference(Object captured) {
        return captured.equals(marked) ? null : "marked pages were " + captured + ", are " + marked;
    }
}
