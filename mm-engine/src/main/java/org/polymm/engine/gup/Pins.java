package org.polymm.engine.gup;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongRows;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.vma.MmTable;

/**
 * The pins and references that devices and pipes hold, each with a handle, and how they are taken. See the package description.
 *
 * <p>Belongs to one machine, used by one thread at a time.
 */
public final class Pins {

    private static final int OWNER = 0;
    private static final int MM = 1;
    private static final int START = 2;
    private static final int FLAGS = 3;
    private static final int ROW = 4;
    private static final int FIELDS = 5;

    private final Frames frames;
    private final MmTable mms;
    private final long taskSize;
    private final PageGrabs grabs;
    private final FastGup fast;
    private final SlowGup slow;
    private final RecordPool records;
    private final LongRows rows;

    /**
     * No pins yet.
     *
     * @param parts the machine's
     */
    public Pins(GupParts parts) {
        StateSpace space = parts.space();
        frames = parts.memory().frames();
        mms = parts.spaces().mms();
        taskSize = parts.spaces().geometry().taskSize();
        grabs = new PageGrabs(parts);
        fast = new FastGup(parts, grabs);
        slow = new SlowGup(parts, grabs);
        records = new RecordPool(space, "pins", FIELDS);
        rows = new LongRows(space, "pinned pages");
    }

    // ---- taking and giving back

    /**
     * Takes every page that a range touches: {@code pin_user_pages_fast}, or {@code get_user_pages_fast} without
     * {@link GupFlags#PIN}. All of them or none: those taken before one that cannot be had are given back, as drivers do.
     *
     * @param mm the process
     * @param address in bytes
     * @param length in bytes
     * @param flags of {@link GupFlags}
     * @return a handle, at least 1; -EINVAL for an empty range; -EFAULT where nothing is mapped, the access is not allowed, or not all pages
     *     could be had; -ENOMEM if not even the first; or what a policy's plan wants it to fail with
     */
    public int take(int mm, long address, long length, int flags) {
        if (length <= 0) {
            return -Errno.EINVAL;
        }
        long start = address & -Geometry.PAGE_SIZE;
        if (address < 0 || length > taskSize || address > taskSize - length) {
            return -Errno.EFAULT;
        }
        long count = (address + length - start + Geometry.PAGE_SIZE - 1) / Geometry.PAGE_SIZE;
        long[] pages = new long[Math.toIntExact(count)];
        if (GupFlags.has(flags, GupFlags.PIN)) {
            mms.hasPinned(mm, true);
        }
        int taken = fast.take(mm, start, flags, pages);
        if (taken < pages.length) {
            taken = slow.take(mm, start, flags, pages, taken);
        }
        if (taken < pages.length) {
            if (taken > 0) {
                grabs.dropAll(pages, taken, flags);
            }
            return taken < 0 ? taken : -Errno.EFAULT;
        }
        return add(mm, start, flags, pages);
    }

    private int add(int mm, long start, int flags, long[] pages) {
        int handle = records.allocate();
        int row = rows.newRow(pages.length);
        System.arraycopy(pages, 0, rows.row(row), 0, pages.length);
        records.set(handle, OWNER, mm);
        records.set(handle, MM, mm);
        records.set(handle, START, start);
        records.set(handle, FLAGS, flags);
        records.set(handle, ROW, row);
        if (GupFlags.has(flags, GupFlags.LONGTERM)) {
            mms.addPinnedVm(mm, pages.length);
        }
        return handle;
    }

    /**
     * Gives a handle's pages back.
     *
     * @param handle a handle
     * @return 0; -EBADF if there is no such handle
     */
    public int release(int handle) {
        if (!records.isLive(handle)) {
            return -Errno.EBADF;
        }
        int count = pages(handle);
        int mm = mm(handle);
        int row = (int) records.get(handle, ROW);
        if (mm != 0 && GupFlags.has(flags(handle), GupFlags.LONGTERM)) {
            mms.addPinnedVm(mm, -count);
        }
        if (GupFlags.has(flags(handle), GupFlags.PIN) && GupFlags.has(flags(handle), GupFlags.WRITE)) {
            grabs.markDirty(rows.row(row), count, GupFlags.has(flags(handle), GupFlags.LONGTERM));
        }
        grabs.dropAll(rows.row(row), count, flags(handle));
        rows.freeRow(row, true);
        records.free(handle);
        return 0;
    }

    /**
     * A process ended: what it pinned is released.
     *
     * @param mm its address space, torn down already
     */
    public void ended(int mm) {
        records.forEachLive(handle -> {
            if (records.get(handle, OWNER) == mm) {
                records.set(handle, MM, 0);
                release(handle);
            }
        });
    }

    /**
     * A process has a new address space: its pins stay, and what they were taken through is gone.
     *
     * @param old its address space before, torn down already
     * @param fresh the one it has now
     */
    public void replaced(int old, int fresh) {
        records.forEachLive(handle -> {
            if (records.get(handle, OWNER) == old) {
                records.set(handle, OWNER, fresh);
            }
            if (records.get(handle, MM) == old) {
                records.set(handle, MM, 0);
            }
        });
    }

    // ---- what is held

    /**
     * Whether a handle is one.
     *
     * @param handle any number
     * @return whether it stands for pages that are held
     */
    public boolean isLive(int handle) {
        return records.isLive(handle);
    }

    /**
     * The address space that pages were taken through.
     *
     * @param handle a handle
     * @return its mm; 0 if it is gone
     */
    public int mm(int handle) {
        return (int) records.get(handle, MM);
    }

    /**
     * Where the pages were when they were taken.
     *
     * @param handle a handle
     * @return the address of the first, in bytes
     */
    public long start(int handle) {
        return records.get(handle, START);
    }

    /**
     * How the pages were taken.
     *
     * @param handle a handle
     * @return bits of {@link GupFlags}
     */
    public int flags(int handle) {
        return (int) records.get(handle, FLAGS);
    }

    /**
     * How many pages there are.
     *
     * @param handle a handle
     * @return their number, at least 1
     */
    public int pages(int handle) {
        return rows.length((int) records.get(handle, ROW));
    }

    /**
     * One of the pages.
     *
     * @param handle a handle
     * @param index which, from 0
     * @return its page frame number
     * @throws IndexOutOfBoundsException if there are fewer pages
     */
    public int page(int handle, int index) {
        return (int) rows.row((int) records.get(handle, ROW))[Objects.checkIndex(index, pages(handle))];
    }

    /**
     * Whether one of the pages is anonymous memory.
     *
     * @param handle a handle
     * @param index which, from 0
     * @return false for pages of files and for the zero page
     */
    public boolean isAnonymous(int handle, int index) {
        return frames.test(frames.head(page(handle, index)), Frames.ANON);
    }

    /**
     * Visits all handles.
     *
     * @param visitor sees them in ascending order
     */
    public void forEach(IntConsumer visitor) {
        records.forEachLive(visitor);
    }

    /** Sees what handles hold of a folio. */
    @FunctionalInterface
    public interface HoldVisitor {
        /**
         * Sees one page that is held.
         *
         * @param head its folio
         * @param pinned whether it is pinned; else it is only referred to
         */
        void see(int head, boolean pinned);
    }

    /**
     * Visits every page that is held, as often as it is. Those that are not counted, the zero pages, are left out.
     *
     * @param visitor sees them, handle by handle
     */
    public void forEachHold(HoldVisitor visitor) {
        forEach(handle -> {
            boolean pinned = GupFlags.has(flags(handle), GupFlags.PIN);
            long[] held = Arrays.copyOf(rows.row((int) records.get(handle, ROW)), pages(handle));
            for (long page : held) {
                if (!frames.test((int) page, Frames.RESERVED)) {
                    visitor.see(frames.head((int) page), pinned);
                }
            }
        });
    }
}
