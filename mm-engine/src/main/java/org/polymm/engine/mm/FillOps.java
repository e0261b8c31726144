package org.polymm.engine.mm;

import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagecache.ShmemFolios;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * Gives shared memory pages without a mapping: fallocate(2) and write(2).
 *
 * <pre>
 *                 folios of which order            filled with zeroes      size of the file
 *   fallocate     as shmem_enabled says of calls   by the first fault      grows at the end
 *   write         the same                         at once                 grows with each page
 * </pre>
 *
 * <p>Both hold the file's i_rwsem throughout, and wait for a collapse that works on the place.
 */
public final class FillOps {

    private final Sync sync;
    private final Files files;
    private final Frames frames;
    private final Contents contents;
    private final ShmemFolios folios;

    FillOps(MmContext parts) {
        this.sync = parts.sync();
        this.files = parts.files();
        this.frames = parts.memory().frames();
        this.contents = parts.memory().contents();
        this.folios = new ShmemFolios(
                parts.geometry(), sync, files, parts.memory(), parts.spaces().vmas());
    }

    /**
     * fallocate(2) with mode 0.
     *
     * @param file the file
     * @param offset first byte, page aligned
     * @param length in bytes, page aligned
     * @return 0; -EINVAL for a range that is none or not aligned; -EOPNOTSUPP for a hugetlb file; -ENOMEM, and nothing is given
     */
    public int allocate(int file, long offset, long length) {
        if (offset < 0 || length <= 0 || offset + length < 0 || !Pages.isAligned(offset | length)) {
            return -Errno.EINVAL;
        }
        if (files.is(file, Files.HUGETLB)) {
            return -Errno.EOPNOTSUPP;
        }
        long end = offset + length >>> Geometry.PAGE_SHIFT;
        int error = 0;
        sync.writeLock(LockClass.I_RWSEM, file);
        if (files.is(file, Files.SHMEM)) {
            error = give(file, offset >>> Geometry.PAGE_SHIFT, end);
        }
        if (error == 0 && end > files.pages(file)) {
            files.resize(file, end);
        }
        sync.unlock(LockClass.I_RWSEM, file);
        return error;
    }

    /** Other files get blocks of their disk, and have pages in memory when they are used. */
    private int give(int file, long first, long end) {
        for (long index = first; index < end; ) {
            int page = folios.forCall(file, index, end, false);
            if (page < 0) {
                folios.takeBack(file, first, index);
                return page;
            }
            int head = frames.head(page);
            index = frames.index(head) + frames.pages(head);
            // What was given is not to be forgotten when memory is short.
            frames.setFlags(head, Frames.DIRTY);
            folios.release(head);
        }
        return 0;
    }

    /**
     * write(2) of one whole page.
     *
     * @param file the file
     * @param index the page
     * @param token what is in it then
     * @return 0; -EINVAL for a page before the file; -EOPNOTSUPP unless the file is shared memory; -ENOMEM
     */
    public int write(int file, long index, long token) {
        if (index < 0) {
            return -Errno.EINVAL;
        }
        if (!files.is(file, Files.SHMEM)) {
            return -Errno.EOPNOTSUPP;
        }
        sync.writeLock(LockClass.I_RWSEM, file);
        int page = folios.forCall(file, index, index + 1, true);
        if (page > 0) {
            int head = frames.head(page);
            sync.point(Point.WRITE_MEMORY, page);
            contents.write(page, token);
            if (index >= files.pages(file)) {
                files.resize(file, index + 1);
            }
            folios.fill(head);
            frames.setFlags(head, Frames.DIRTY);
            folios.release(head);
        }
        sync.unlock(LockClass.I_RWSEM, file);
        return Math.min(page, 0);
    }
}
