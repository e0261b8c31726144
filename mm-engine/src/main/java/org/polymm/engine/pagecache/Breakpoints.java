package org.polymm.engine.pagecache;

import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * Which pages of which files have breakpoints ({@code uprobes_tree}), and how many in each. Read by who maps a file, which is a step of its own
 * in the eyes of a scheduler; few enough for a list.
 */
public final class Breakpoints {

    private static final int FILE = 0;
    private static final int PAGE = 1;
    private static final int COUNT = 2;
    private static final int FIELDS = 3;

    private final Sync sync;
    private final LongVector entries;

    /**
     * No breakpoints yet.
     *
     * @param space where state is registered
     * @param sync is told that they are read and changed
     */
    public Breakpoints(StateSpace space, Sync sync) {
        this.sync = sync;
        entries = new LongVector(space, "breakpoints", FIELDS);
    }

    /**
     * One more in a page.
     *
     * @param file the file
     * @param page the page in it
     */
    public void add(int file, long page) {
        sync.point(Point.WRITE_CACHE, Files.object(file, Files.BREAKPOINTS));
        int at = find(file, page);
        if (at < 0) {
            entries.add(file);
            entries.add(page);
            entries.add(1);
        } else {
            entries.increment(at + COUNT, 1);
        }
    }

    /**
     * One fewer in a page.
     *
     * @param file the file
     * @param page the page in it
     * @return how many are left; -1 if there was none
     */
    public int remove(int file, long page) {
        sync.point(Point.WRITE_CACHE, Files.object(file, Files.BREAKPOINTS));
        int at = find(file, page);
        if (at < 0) {
            return -1;
        }
        int left = (int) entries.increment(at + COUNT, -1);
        if (left == 0) {
            int last = entries.size() - FIELDS;
            for (int field = FIELDS - 1; field >= 0; field--) {
                long value = entries.removeLast();
                if (at != last) {
                    entries.set(at + field, value);
                }
            }
        }
        return left;
    }

    /**
     * The first page at or after another that has a breakpoint.
     *
     * @param file the file
     * @param from the page to begin with
     * @param end where to end, exclusive
     * @return the page, or {@code end}
     */
    public long next(int file, long from, long end) {
        sync.touch(Point.READ_CACHE, Files.object(file, Files.BREAKPOINTS));
        long first = end;
        for (int at = 0; at < entries.size(); at += FIELDS) {
            long page = entries.get(at + PAGE);
            if (entries.get(at + FILE) == file && page >= from && page < first) {
                first = page;
            }
        }
        return first;
    }

    private int find(int file, long page) {
        for (int at = 0; at < entries.size(); at += FIELDS) {
            if (entries.get(at + FILE) == file && entries.get(at + PAGE) == page) {
                return at;
            }
        }
        return -1;
    }
}
