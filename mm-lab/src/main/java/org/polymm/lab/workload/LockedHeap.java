package org.polymm.lab.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.trace.Granularity;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceHeader;
import org.polymm.lab.trace.TraceWriter;

/**
 * A database that locks a part of its heap and has buffers pinned by a device, beside a process that wants the memory.
 *
 * <pre>
 *   database   | rows, hot and cold; buffers PP  |#####index, locked#####| rows | sessions  ..##.. ..##.. | keys  .#..#..#..#. |
 *   report     | written and read from one end to the other, again and again  ------&gt;                                       |
 * </pre>
 *
 * <p>Each heap has 24 MiB; a machine of 32 MiB has to swap a third of what the two want. What is locked and pinned begins and ends where
 * it happens to, seldom at the edge of a folio:
 *
 * <ul>
 *   <li><b>The index</b> is locked from the beginning to the end.
 *   <li><b>Sessions</b> come and go. Each gets fresh memory, locks a part of it, later the rest, protects some against writing, and unlocks it
 *       all when it ends.
 *   <li><b>Keys</b> are a few pages each, locked, among memory that is not.
 *   <li><b>Buffers</b> are pinned for long, a few pages each, and move now and then.
 *   <li><b>Rows</b> are dropped here and there and written anew.
 * </ul>
 */
final class LockedHeap {

    private static final long SEED = 20230707;
    private static final int PAGE = 4096;
    private static final int DATABASE = 100;
    private static final int REPORT = 200;
    private static final long HEAP = 0x5000_0000_0000L;
    private static final int HEAP_PAGES = 24 << 8;
    private static final int CHUNK = 16;
    private static final int PROT_READ_WRITE = Mman.PROT_READ | Mman.PROT_WRITE;
    private static final int LOAD = 0;
    private static final int STORE = 1;
    private static final int ROUNDS = 240;

    /** The index: locked from the beginning to the end. */
    private static final int INDEX = 1029;

    private static final int INDEX_PAGES = 1531;

    /** Rows that are dropped now and then. */
    private static final int DROPPED = 2600;

    /** Sessions: one place in 128 pages, 64 of them written, 40 of them locked. */
    private static final int SESSIONS = 3072;

    private static final int SESSION_STRIDE = 128;
    private static final int SESSION_AREA = 64;
    private static final int SESSION_PAGES = 40;
    private static final int SESSION_PLACES = 12;
    private static final int SESSIONS_AT_ONCE = 6;

    /** Keys: one place in 32 pages, all written, 6 of them locked. */
    private static final int KEYS = 4608;

    private static final int KEY_AREA = 32;
    private static final int KEY_PAGES = 6;
    private static final int KEY_PLACES = 48;
    private static final int KEYS_AT_ONCE = 36;

    /** Buffers: one place in 80 pages, 32 of them written, 6 of them pinned. */
    private static final int BUFFERS = 64;

    private static final int BUFFER_STRIDE = 80;
    private static final int BUFFER_AREA = 32;
    private static final int BUFFER_PAGES = 6;
    private static final int BUFFER_PLACES = 12;
    private static final int BUFFERS_AT_ONCE = 8;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final TraceEvent event = new TraceEvent();
    private final TraceWriter out;
    private final Deque<Integer> sessions = new ArrayDeque<>();
    private final Deque<Integer> keys = new ArrayDeque<>();
    private final Deque<Integer> buffers = new ArrayDeque<>();
    private long time;
    private int nextSession;
    private int nextKey;
    private int nextBuffer;
    private int reported;

    private LockedHeap(TraceWriter out) {
        this.out = out;
    }

    /**
     * Writes the trace.
     *
     * @param target its file
     * @throws IOException when it cannot be written
     */
    static void write(Path target) throws IOException {
        try (TraceWriter out = TraceWriter.create(target)) {
            new LockedHeap(out).run();
            out.finish(new TraceHeader(
                    "locked-heap",
                    "",
                    "",
                    "polymm",
                    "made up: a database that mlocks a part of its heap and holds pins, beside a process that wants the memory",
                    "",
                    "",
                    "operations, 100 ns each",
                    12,
                    Granularity.ACCESSES));
        }
    }

    private void run() throws IOException {
        begin(DATABASE, "database");
        begin(REPORT, "report");
        for (int page = 0; page < HEAP_PAGES; page += CHUNK) {
            access(DATABASE, page, CHUNK, STORE);
        }
        range(DATABASE, TraceEventKind.MLOCK, INDEX, INDEX_PAGES, 0, 0);
        for (int round = 0; round < ROUNDS; round++) {
            if (round % 6 == 0) {
                changeSession();
            }
            if (round % 6 == 3) {
                lockTheRest();
            }
            changeKey();
            if (round % 8 == 0) {
                changeBuffer();
            }
            if (round % 5 == 0) {
                dropRows();
            }
            query();
            report();
        }
        at(DATABASE);
        out.write(event.become(TraceEventKind.MUNLOCKALL, 0));
        end(REPORT);
        end(DATABASE);
    }

    // ---- processes

    private void begin(int process, String name) throws IOException {
        at(process);
        out.write(event.become(TraceEventKind.PROCESS, out.name(name)));
        at(process);
        out.write(event.become(
                TraceEventKind.MMAP,
                HEAP,
                (long) HEAP_PAGES * PAGE,
                PROT_READ_WRITE,
                Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED,
                0,
                0,
                HEAP));
    }

    private void end(int process) throws IOException {
        at(process);
        out.write(event.become(TraceEventKind.PROCESS_EXIT));
    }

    // ---- what the database does

    /** The oldest session ends, and a new one begins: it locks the upper half of its pages. */
    private void changeSession() throws IOException {
        if (sessions.size() == SESSIONS_AT_ONCE) {
            int old = sessions.remove();
            range(DATABASE, TraceEventKind.MUNLOCK, old, SESSION_PAGES, 0);
            range(DATABASE, TraceEventKind.MPROTECT, old, SESSION_PAGES, PROT_READ_WRITE, 0, 0);
        }
        int area = SESSIONS + nextSession++ % SESSION_PLACES * SESSION_STRIDE;
        renew(area, SESSION_AREA);
        int place = area + 1 + random.nextInt(CHUNK - 2);
        range(DATABASE, TraceEventKind.MLOCK, place + SESSION_PAGES / 2, SESSION_PAGES / 2, 0, 0);
        sessions.add(place);
    }

    /** The newest session locks the lower half of its pages, too, and protects a few pages at the end. */
    private void lockTheRest() throws IOException {
        int place = sessions.getLast();
        range(DATABASE, TraceEventKind.MLOCK, place, SESSION_PAGES / 2, 0, 0);
        range(DATABASE, TraceEventKind.MPROTECT, place + SESSION_PAGES / 2, 4, Mman.PROT_READ, 0, 0);
    }

    private void changeKey() throws IOException {
        if (keys.size() == KEYS_AT_ONCE) {
            range(DATABASE, TraceEventKind.MUNLOCK, keys.remove(), KEY_PAGES, 0);
        }
        int area = KEYS + nextKey++ % KEY_PLACES * KEY_AREA;
        renew(area, KEY_AREA);
        int place = area + 1 + random.nextInt(KEY_AREA - KEY_PAGES - 1);
        range(DATABASE, TraceEventKind.MLOCK, place, KEY_PAGES, 0, 0);
        keys.add(place);
    }

    private void changeBuffer() throws IOException {
        if (buffers.size() == BUFFERS_AT_ONCE) {
            at(DATABASE);
            out.write(event.become(TraceEventKind.UNPIN, address(buffers.remove()), 0));
        }
        int area = BUFFERS + nextBuffer++ % BUFFER_PLACES * BUFFER_STRIDE;
        renew(area, BUFFER_AREA);
        int place = area + random.nextInt(BUFFER_AREA - BUFFER_PAGES);
        range(DATABASE, TraceEventKind.PIN, place, BUFFER_PAGES, 0);
        buffers.add(place);
    }

    /** An allocator gives memory back, and gets it again: what is there now is written for the first time. */
    private void renew(int page, int pages) throws IOException {
        range(DATABASE, TraceEventKind.MADVISE, page, pages, Mman.MADV_DONTNEED, 0);
        access(DATABASE, page, pages, STORE);
    }

    /** A few pages of rows go, and come back when they are written. */
    private void dropRows() throws IOException {
        int place = DROPPED + random.nextInt(400);
        range(DATABASE, TraceEventKind.MADVISE, place, 3, Mman.MADV_DONTNEED, 0);
        access(DATABASE, place + 1, 1, STORE);
    }

    /** Most of a query is in the index and in a tenth of the rows. */
    private void query() throws IOException {
        for (int i = 0; i < 150; i++) {
            access(DATABASE, INDEX + random.nextInt(INDEX_PAGES), 1, random.nextInt(8) == 0 ? STORE : LOAD);
            access(DATABASE, random.nextInt(512), 1, random.nextInt(3) == 0 ? STORE : LOAD);
        }
        for (int i = 0; i < 12; i++) {
            access(DATABASE, SESSIONS + random.nextInt(HEAP_PAGES - SESSIONS), 1, LOAD);
        }
        for (int session : sessions) {
            access(DATABASE, session + random.nextInt(SESSION_PAGES), 1, LOAD);
        }
        for (int key : keys) {
            access(DATABASE, key + random.nextInt(KEY_PAGES), 1, LOAD);
        }
    }

    // ---- what the report does

    private void report() throws IOException {
        for (int i = 0; i < 12; i++) {
            access(REPORT, reported, CHUNK, STORE);
            reported = (reported + CHUNK) % HEAP_PAGES;
        }
        for (int i = 0; i < 24; i++) {
            access(REPORT, random.nextInt(HEAP_PAGES), 1, LOAD);
        }
    }

    // ---- events

    private void at(int process) {
        time += 100;
        event.at(time, process, process);
    }

    private static long address(int page) {
        return HEAP + (long) page * PAGE;
    }

    private void access(int process, int page, int pages, int how) throws IOException {
        at(process);
        out.write(event.become(TraceEventKind.ACCESSED, address(page), (long) pages * PAGE, how));
    }

    /** An event whose first fields are an address and a length. */
    private void range(int process, TraceEventKind kind, int page, int pages, long... more) throws IOException {
        long[] values = new long[2 + more.length];
        values[0] = address(page);
        values[1] = (long) pages * PAGE;
        System.arraycopy(more, 0, values, 2, more.length);
        at(process);
        out.write(event.become(kind, values));
    }
}
