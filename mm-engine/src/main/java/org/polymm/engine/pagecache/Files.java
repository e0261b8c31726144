package org.polymm.engine.pagecache;

import java.util.function.IntConsumer;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.IntVector;
import org.polymm.engine.state.LongRows;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.FileMappings;

/**
 * The files of a machine and their cached pages ({@code struct address_space}), as records named by handles from 1 on.
 *
 * <pre>
 *   file 3 --- directory | 7 | 0 | 9 | ...             one word for 64 pages, 0 where nothing is cached
 *                          |       '--- | pfn 0 0 pfn ... |
 *                          '----------- | pfn pfn swap 0 ... |
 * </pre>
 *
 * <p>Indexes and sizes are pages. Frames are not touched: a page in the cache holds a reference, which the caller takes
 * before {@link #add} and gives up after {@link #remove}. A lookup is lockless, as in the kernel, and marks that by a
 * scheduling point; what it returned may be gone once the caller has it. Changes are single steps under
 * {@link LockClass#I_PAGES}; stability of a page over several steps needs the folio lock.
 */
public final class Files {

    /** Contents live in memory and swap only: shmem, memfd, shared anonymous memory. */
    public static final int SHMEM = 1;

    /** Pages come from a pool of huge pages. */
    public static final int HUGETLB = 1 << 1;

    /** Every page is in memory from the start, so that no fault has to read it: none is a major fault. */
    public static final int RESIDENT = 1 << 2;

    private static final int NAME = 0;
    private static final int KIND = 1;
    private static final int PAGES = 2;
    private static final int OPENS = 3;
    private static final int DIRECTORY = 4;
    private static final int CACHED = 5;
    private static final int VALUES = 6;
    private static final int PUNCHED_FROM = 7;
    private static final int PUNCHED_TO = 8;
    private static final int FIELDS = 9;

    private static final int NODE_SHIFT = 6;
    private static final int NODE_SIZE = 1 << NODE_SHIFT;

    /** Bits of an index in the object of a scheduling point. */
    private static final int INDEX_BITS = 36;

    /** In the place of an index: the size. */
    private static final long SIZE = (1L << INDEX_BITS) - 1;

    /** In the place of an index: which pages have breakpoints. */
    static final long BREAKPOINTS = SIZE - 1;

    /** In the place of an index: the hole that is being punched. */
    private static final long PUNCH = SIZE - 2;

    private final Sync sync;
    private final FileMappings mappings;
    private final RecordPool pool;
    private final LongRows nodes;
    private final IntVector byName;

    /** No files yet. */
    public Files(StateSpace space, FileMappings mappings, Sync sync) {
        this.sync = sync;
        this.mappings = mappings;
        this.pool = new RecordPool(space, "file", FIELDS);
        this.nodes = new LongRows(space, "page cache");
        this.byName = new IntVector(space, "file names", 16);
    }

    // ---- files ----

    /**
     * Makes a file, opened once.
     *
     * @param name id of its name, under which {@link #byName} finds it; 0 for a file without a name
     * @param pages size
     * @param kind {@link #SHMEM}, {@link #HUGETLB} and {@link #RESIDENT}, or-ed
     * @return its handle
     * @throws IllegalArgumentException if there is a file of that name, or the size is negative
     */
    public int create(int name, long pages, int kind) {
        if (name != 0 && byName(name) != 0) {
            throw new IllegalArgumentException("there is a file of name " + name + " already, file " + byName(name));
        }
        if (pages < 0) {
            throw new IllegalArgumentException("a file has 0 pages or more, not " + pages);
        }
        int file = pool.allocate();
        pool.set(file, NAME, name);
        pool.set(file, KIND, kind);
        pool.set(file, PAGES, pages);
        pool.set(file, OPENS, 1);
        pool.set(file, DIRECTORY, nodes.newRow(1));
        if (name != 0) {
            byName.ensureSize(name + 1);
            byName.set(name, file);
        }
        return file;
    }

    /** The file of a name, or 0. */
    public int byName(int name) {
        return name > 0 && name < byName.size() ? byName.get(name) : 0;
    }

    /** One more opens it. */
    public void get(int file) {
        pool.increment(file, OPENS, 1);
    }

    /** One fewer has it open. Nothing is freed: see {@link #isUnused}. */
    public void put(int file) {
        if (pool.increment(file, OPENS, -1) < 0) {
            throw new IllegalStateException("file " + file + " was closed more often than opened");
        }
    }

    /** How often it is open. */
    public int opens(int file) {
        return (int) pool.get(file, OPENS);
    }

    /** Whether nobody has it open or maps it: a file without a name then ends, and its pages with it. */
    public boolean isUnused(int file) {
        return opens(file) == 0 && mappings.mappings(file) == 0;
    }

    /**
     * Frees a file.
     *
     * @throws IllegalStateException if it is in use or the cache holds anything of it
     */
    public void destroy(int file) {
        if (!isUnused(file) || cached(file) != 0 || values(file) != 0) {
            throw new IllegalStateException("file " + file + " is open " + opens(file) + " times, mapped "
                    + mappings.mappings(file) + " times, and has " + cached(file) + " pages and " + values(file)
                    + " values cached; all must be 0 before it is freed");
        }
        int name = name(file);
        if (name != 0) {
            byName.set(name, 0);
        }
        nodes.freeRow(directory(file));
        pool.free(file);
    }

    /** Whether a handle names a file. */
    public boolean isLive(int file) {
        return pool.isLive(file);
    }

    /** Number of files. */
    public int live() {
        return pool.live();
    }

    /** Visits the files in ascending order of handles. */
    public void forEachLive(IntConsumer visitor) {
        pool.forEachLive(visitor);
    }

    /** Id of its name, or 0. */
    public int name(int file) {
        return (int) pool.get(file, NAME);
    }

    /** Whether it is of a kind: {@link #SHMEM}, {@link #HUGETLB} or {@link #RESIDENT}. */
    public boolean is(int file, int kind) {
        return (pool.get(file, KIND) & kind) != 0;
    }

    /** Size, in pages. A fault beyond it is SIGBUS. */
    public long pages(int file) {
        return pool.get(file, PAGES);
    }

    /** As {@link #pages}, for who must see it before or after a {@link #resize} of another task, not just any time. */
    public long readPages(int file) {
        sync.touch(Point.READ_CACHE, object(file, SIZE));
        return pages(file);
    }

    /** Sets the size, in pages: {@code i_size_write}. What is cached or mapped beyond it is the caller's part. */
    public void resize(int file, long pages) {
        sync.point(Point.WRITE_CACHE, object(file, SIZE));
        pool.set(file, PAGES, pages);
    }

    /**
     * Says that a hole is being punched, so that faults keep out of it: {@code shmem_falloc} in {@code inode->i_private}. One at a time.
     *
     * @param first its first page
     * @param end the page after its last; equal to {@code first} when it is done
     */
    public void announcePunch(int file, long first, long end) {
        sync.point(Point.WRITE_CACHE, object(file, PUNCH));
        pool.set(file, PUNCHED_FROM, first);
        pool.set(file, PUNCHED_TO, end);
    }

    /** Whether a page is in a hole that is being punched right now. */
    public boolean isBeingPunched(int file, long index) {
        sync.touch(Point.READ_CACHE, object(file, PUNCH));
        return index >= pool.get(file, PUNCHED_FROM) && index < pool.get(file, PUNCHED_TO);
    }

    /** Number of pages in the cache: {@code nrpages}. */
    public long cached(int file) {
        return pool.get(file, CACHED);
    }

    /** Number of values in the cache. */
    public long values(int file) {
        return pool.get(file, VALUES);
    }

    /** The VMAs that map the files. */
    public FileMappings mappings() {
        return mappings;
    }

    // ---- the cache ----

    /** What the cache holds at an index: see {@link CacheEntry}. */
    public long entry(int file, long index) {
        sync.point(Point.READ_CACHE, object(file, index));
        return peek(file, index);
    }

    /** The page at an index, or 0 if there is none or a value. */
    public int page(int file, long index) {
        long entry = entry(file, index);
        return CacheEntry.isPage(entry) ? CacheEntry.pfn(entry) : 0;
    }

    /** As {@link #page}, without a scheduling point: for hints. */
    public int peekPage(int file, long index) {
        long entry = peek(file, index);
        return CacheEntry.isPage(entry) ? CacheEntry.pfn(entry) : 0;
    }

    /** As {@link #entry}, without a scheduling point: for checks, and under a lock that keeps the entry. */
    public long peek(int file, long index) {
        int node = node(file, index);
        return node == 0 ? CacheEntry.NONE : nodes.row(node)[(int) index & NODE_SIZE - 1];
    }

    /**
     * Adds the pages of a folio ({@code filemap_add_folio}). Shadows give way; so do swap values, whose slots the
     * caller has looked after.
     *
     * @param first index of the first page
     * @param head page frame number of the first page
     * @return 0, or -EEXIST if any index holds a page or is being worked on, and nothing was added
     */
    public int add(int file, long first, int head, int count) {
        checkIndex(file, first, count);
        sync.point(Point.WRITE_CACHE, object(file, first));
        sync.tally(LockClass.I_PAGES);
        for (int i = 0; i < count; i++) {
            long entry = peek(file, first + i);
            if (CacheEntry.isPage(entry) || CacheEntry.isKind(entry, CacheEntry.RETRY)) {
                return -Errno.EEXIST;
            }
        }
        for (int i = 0; i < count; i++) {
            sync.touch(Point.WRITE_CACHE, object(file, first + i));
            store(file, first + i, head + i);
        }
        return 0;
    }

    /**
     * Removes pages ({@code filemap_remove_folio}).
     *
     * @param by what to leave in their place: {@link CacheEntry#NONE} or a value, the same for each
     * @throws IllegalStateException if an index holds no page
     */
    public void remove(int file, long first, int count, long by) {
        sync.point(Point.WRITE_CACHE, object(file, first));
        sync.tally(LockClass.I_PAGES);
        for (int i = 0; i < count; i++) {
            long entry = peek(file, first + i);
            if (!CacheEntry.isPage(entry)) {
                throw new IllegalStateException("file " + file + " holds " + CacheEntry.describe(entry) + " at index "
                        + (first + i) + ", not a page to remove");
            }
            sync.touch(Point.WRITE_CACHE, object(file, first + i));
            store(file, first + i, by);
        }
    }

    /**
     * Replaces what an index holds, whatever it is: the steps of a collapse.
     *
     * @return what it held
     */
    public long replace(int file, long index, long entry) {
        checkIndex(file, index, 1);
        sync.point(Point.WRITE_CACHE, object(file, index));
        sync.tally(LockClass.I_PAGES);
        long before = peek(file, index);
        store(file, index, entry);
        return before;
    }

    /**
     * Puts a value into a hole, if it still is one: look and store are one step.
     *
     * @return whether nothing was there
     */
    public boolean fillHole(int file, long index, long value) {
        checkIndex(file, index, 1);
        sync.point(Point.WRITE_CACHE, object(file, index));
        sync.tally(LockClass.I_PAGES);
        if (peek(file, index) != CacheEntry.NONE) {
            return false;
        }
        store(file, index, value);
        return true;
    }

    /**
     * Puts the pages of a folio into the place of whatever a range of indexes holds, in one step: the commit of a collapse.
     *
     * @param first index of the first page
     * @param head page frame number of the first page
     */
    public void replaceAll(int file, long first, int head, int count) {
        checkIndex(file, first, count);
        sync.point(Point.WRITE_CACHE, object(file, first));
        sync.tally(LockClass.I_PAGES);
        for (int i = 0; i < count; i++) {
            sync.touch(Point.WRITE_CACHE, object(file, first + i));
            store(file, first + i, head + i);
        }
    }

    /**
     * The first index in a range that holds something.
     *
     * @param from first index of the range
     * @param to index after the last
     * @return the index, or -1 if the range is empty
     */
    public long nextOccupied(int file, long from, long to) {
        int directory = directory(file);
        long end = Math.min(to, (long) nodes.length(directory) << NODE_SHIFT);
        long index = from;
        while (index < end) {
            int node = (int) nodes.row(directory)[(int) (index >>> NODE_SHIFT)];
            long nodeEnd = (index | NODE_SIZE - 1) + 1;
            if (node != 0) {
                long[] entries = nodes.row(node);
                for (long stop = Math.min(end, nodeEnd); index < stop; index++) {
                    if (entries[(int) index & NODE_SIZE - 1] != CacheEntry.NONE) {
                        return index;
                    }
                }
            }
            index = nodeEnd;
        }
        return -1;
    }

    private void checkIndex(int file, long first, int count) {
        if (first < 0 || count < 1 || first + count > 1L << INDEX_BITS - 5) {
            throw new IllegalArgumentException("indexes [" + first + "," + (first + count) + ") of file " + file
                    + " are not within 0 to 2^" + (INDEX_BITS - 5) + " pages");
        }
    }

    private void store(int file, long index, long entry) {
        int node = node(file, index);
        if (node == 0) {
            if (entry == CacheEntry.NONE) {
                return;
            }
            node = makeNode(file, index);
        }
        long[] entries = nodes.row(node);
        int at = (int) index & NODE_SIZE - 1;
        count(file, entries[at], -1);
        count(file, entry, 1);
        entries[at] = entry;
        if (entry == CacheEntry.NONE && isEmpty(entries)) {
            nodes.row(directory(file))[(int) (index >>> NODE_SHIFT)] = 0;
            nodes.freeRow(node);
        }
    }

    private void count(int file, long entry, int by) {
        if (CacheEntry.isPage(entry)) {
            pool.increment(file, CACHED, by);
        } else if (CacheEntry.isValue(entry)) {
            pool.increment(file, VALUES, by);
        }
    }

    private int node(int file, long index) {
        int directory = directory(file);
        long slot = index >>> NODE_SHIFT;
        return slot < nodes.length(directory) ? (int) nodes.row(directory)[(int) slot] : 0;
    }

    private int makeNode(int file, long index) {
        int directory = directory(file);
        int slot = (int) (index >>> NODE_SHIFT);
        if (slot >= nodes.length(directory)) {
            nodes.setLength(directory, Math.max(slot + 1, 2 * nodes.length(directory)));
        }
        int node = nodes.newRow(NODE_SIZE);
        nodes.row(directory)[slot] = node;
        return node;
    }

    private static boolean isEmpty(long[] entries) {
        for (int i = 0; i < NODE_SIZE; i++) {
            if (entries[i] != CacheEntry.NONE) {
                return false;
            }
        }
        return true;
    }

    private int directory(int file) {
        return (int) pool.get(file, DIRECTORY);
    }

    /** What a scheduling point at an index is about. */
    public static long pointOf(int file, long index) {
        return object(file, index);
    }

    static long object(int file, long index) {
        return (long) file << INDEX_BITS | index;
    }
}
