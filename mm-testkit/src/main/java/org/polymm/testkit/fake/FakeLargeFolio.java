package org.polymm.testkit.fake;

import java.util.Map;
import java.util.TreeMap;
import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.view.MappingLevel;

/**
 * A large folio that address spaces map and unmap, with the counters of a scheme, and exact books beside them.
 *
 * <p>Each operation tells the scheme what the engine would tell it. {@link #sharers()} and {@link #mapcountOf} are the
 * truth that the scheme's answers can be held against.
 */
public final class FakeLargeFolio implements FolioCounters {

    private final MapcountScheme.Folio scheme;
    private final int pages;
    private final long[] counters;
    private final int[] pageCounters;
    private final Map<Integer, Book> books = new TreeMap<>();
    private int extraReferences;
    private int walks;

    /** What one address space really maps. */
    private static final class Book {
        final int[] ptes;
        int entire;

        Book(int pages) {
            this.ptes = new int[pages];
        }

        int entries() {
            int sum = entire;
            for (int count : ptes) {
                sum += count;
            }
            return sum;
        }
    }

    /**
     * A new folio, mapped by nobody.
     *
     * @param order its order, at least 1
     * @param scheme what counts its mappings
     */
    public FakeLargeFolio(int order, MapcountScheme.Folio scheme) {
        CounterLayout layout = scheme.counters();
        this.scheme = scheme;
        this.pages = 1 << order;
        this.counters = new long[layout.longsPerFolio()];
        this.pageCounters = new int[layout.intsPerPage() == 0 ? 0 : pages];
    }

    /**
     * An address space maps a run of pages, each by an entry.
     *
     * @param mm the address space, at least 1
     * @param first the first page
     * @param count how many pages
     */
    public void map(int mm, int first, int count) {
        Book book = bookOf(mm);
        for (int page = first; page < first + count; page++) {
            book.ptes[page]++;
        }
        scheme.onMap(new Run(mm, MappingLevel.PTE, first, count));
    }

    /**
     * An address space unmaps a run of pages that it maps.
     *
     * @param mm the address space
     * @param first the first page
     * @param count how many pages
     * @return whether the scheme now calls the folio partially mapped; false without asking if nothing maps it any more
     * @throws IllegalStateException if the address space does not map one of the pages
     */
    public boolean unmap(int mm, int first, int count) {
        Book book = bookOf(mm);
        for (int page = first; page < first + count; page++) {
            if (book.ptes[page]-- == 0) {
                throw new IllegalStateException("mm " + mm + " does not map page " + page);
            }
        }
        return tellUnmap(new Run(mm, MappingLevel.PTE, first, count));
    }

    /**
     * An address space maps the whole folio by one PMD entry.
     *
     * @param mm the address space, at least 1
     */
    public void mapEntire(int mm) {
        bookOf(mm).entire++;
        scheme.onMap(new Run(mm, MappingLevel.PMD, 0, pages));
    }

    /**
     * An address space removes a PMD entry that maps the folio.
     *
     * @param mm the address space
     * @return whether the scheme now calls the folio partially mapped; false without asking if nothing maps it any more
     * @throws IllegalStateException if the address space has no such entry
     */
    public boolean unmapEntire(int mm) {
        Book book = bookOf(mm);
        if (book.entire-- == 0) {
            throw new IllegalStateException("mm " + mm + " has no PMD entry of the folio");
        }
        return tellUnmap(new Run(mm, MappingLevel.PMD, 0, pages));
    }

    /**
     * An address space replaces its PMD entry by a page table, which maps every page: the small entries are told first.
     *
     * @param mm the address space
     */
    public void splitPmd(int mm) {
        map(mm, 0, pages);
        unmapEntire(mm);
    }

    /**
     * A fork: the child maps what the parent maps, told in runs as fork batches them.
     *
     * @param parent the parent's address space
     * @param child the child's
     */
    public void fork(int parent, int child) {
        Book from = bookOf(parent);
        for (int i = 0; i < from.entire; i++) {
            mapEntire(child);
        }
        for (int page = 0; page < pages; ) {
            int end = page;
            while (end < pages && from.ptes[end] > 0) {
                end++;
            }
            if (end > page) {
                map(child, page, end - page);
            }
            page = end + 1;
        }
    }

    /**
     * An address space goes away with all it maps, told in runs.
     *
     * @param mm the address space
     */
    public void exit(int mm) {
        Book book = bookOf(mm);
        while (book.entire > 0) {
            unmapEntire(mm);
        }
        for (int page = 0; page < pages; ) {
            int end = page;
            while (end < pages && book.ptes[end] > 0) {
                end++;
            }
            if (end > page) {
                unmap(mm, page, end - page);
            } else {
                page++;
            }
        }
    }

    /**
     * Takes references that no mapping explains.
     *
     * @param extraReferences how many there are
     * @return this
     */
    public FakeLargeFolio extraReferences(int extraReferences) {
        this.extraReferences = extraReferences;
        return this;
    }

    /** {@return how many address spaces really map a part of it} */
    public int sharers() {
        int sharers = 0;
        for (Book book : books.values()) {
            sharers += book.entries() > 0 ? 1 : 0;
        }
        return sharers;
    }

    /**
     * How many entries really map a page, those at PMD level included.
     *
     * @param page from 0
     * @return the number
     */
    public int mapcountOf(int page) {
        int sum = 0;
        for (Book book : books.values()) {
            sum += book.ptes[page] + book.entire;
        }
        return sum;
    }

    /** {@return how many entries really map a part of it} */
    public int entries() {
        int sum = 0;
        for (Book book : books.values()) {
            sum += book.entries();
        }
        return sum;
    }

    /** {@return how many pages nobody maps} */
    public int unmappedPages() {
        int unmapped = 0;
        for (int page = 0; page < pages; page++) {
            unmapped += mapcountOf(page) == 0 ? 1 : 0;
        }
        return unmapped;
    }

    /** {@return how often the scheme had the reverse map walked} */
    public int walks() {
        return walks;
    }

    @Override
    public int pages() {
        return pages;
    }

    @Override
    public int refcount() {
        return entries() + extraReferences;
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
        walks++;
        return sharers();
    }

    private boolean tellUnmap(Run run) {
        scheme.onUnmap(run);
        return entries() > 0 && scheme.isPartiallyMapped(run);
    }

    private Book bookOf(int mm) {
        return books.computeIfAbsent(mm, any -> new Book(pages));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("folio of ").append(pages).append(" pages");
        books.forEach((mm, book) -> {
            text.append("; mm ").append(mm).append(":");
            text.append(book.entire > 0 ? " PMD x" + book.entire : "");
            for (int page = 0; page < pages; page++) {
                text.append(book.ptes[page] > 0 ? " " + page : "");
            }
        });
        return text.toString();
    }

    private final class Run implements MappingRun {

        private final int mm;
        private final MappingLevel level;
        private final int first;
        private final int count;

        Run(int mm, MappingLevel level, int first, int count) {
            this.mm = mm;
            this.level = level;
            this.first = first;
            this.count = count;
        }

        @Override
        public int mmId() {
            return mm;
        }

        @Override
        public MappingLevel level() {
            return level;
        }

        @Override
        public int firstPage() {
            return first;
        }

        @Override
        public int pageCount() {
            return count;
        }

        @Override
        public void set(int counter, long value) {
            counters[counter] = value;
        }

        @Override
        public int addToPages(int delta) {
            int atZero = 0;
            for (int page = first; page < first + count; page++) {
                int before = pageCounters[page];
                pageCounters[page] = before + delta;
                atZero += before == 0 || before + delta == 0 ? 1 : 0;
            }
            return atZero;
        }

        @Override
        public int pagesAtZero() {
            int atZero = 0;
            for (int counter : pageCounters) {
                atZero += counter == 0 ? 1 : 0;
            }
            return atZero;
        }

        @Override
        public int pages() {
            return pages;
        }

        @Override
        public int refcount() {
            return FakeLargeFolio.this.refcount();
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
            return FakeLargeFolio.this.walkForSharers();
        }
    }
}
