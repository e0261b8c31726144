package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.FileMappings;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * Gives a file another size, and punches holes into it: ftruncate and fallocate with FALLOC_FL_PUNCH_HOLE.
 *
 * <pre>
 *                           shrinking                      punching a hole
 *   the file's i_rwsem      held throughout
 *   faults meanwhile        end with SIGBUS: the size is    in shmem wait until the hole is there, so that they cannot fill it as fast as it
 *                           set first                       is made; in other files wait for the invalidate_lock, if they have to read
 *   mappings                all, of private copies too     all but private copies
 *   page cache              pages go; of a huge folio that is cut, what is beside the cut stays, split as finely as need be, or
 *                           is zeroed in place where it cannot be split
 *   mappings, once more     for who copied meanwhile
 * </pre>
 */
public final class TruncateOps {

    private static final long ALL = Long.MAX_VALUE >> Geometry.PAGE_SHIFT;

    private final Sync sync;
    private final EventLog log;
    private final Files files;
    private final FileMappings mappings;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Zap zap;
    private final CacheHoles holes;

    TruncateOps(MmContext parts, Zap zap) {
        this.sync = parts.sync();
        this.log = parts.log();
        this.files = parts.files();
        this.mappings = parts.files().mappings();
        this.mms = parts.spaces().mms();
        this.vmas = parts.spaces().vmas();
        this.zap = zap;
        this.holes = new CacheHoles(
                parts, (file, first, end) -> unmap(file, first, end, Zap.KEEP_COPIES | Zap.DROP_MARKERS));
    }

    /**
     * ftruncate(2).
     *
     * @param file the file
     * @param size the new size in bytes, rounded up to pages
     * @return 0; -EINVAL for a negative size or a hugetlb file
     */
    public int truncate(int file, long size) {
        if (size < 0 || Pages.alignUp(size) < size || files.is(file, Files.HUGETLB)) {
            return -Errno.EINVAL;
        }
        long pages = Pages.alignUp(size) >>> Geometry.PAGE_SHIFT;
        sync.writeLock(LockClass.I_RWSEM, file);
        log.record(EventKind.TRUNCATE, file, files.pages(file), pages);
        long before = files.pages(file);
        boolean shmem = files.is(file, Files.SHMEM);
        if (!shmem) {
            sync.writeLock(LockClass.INVALIDATE_LOCK, file);
        }
        files.resize(file, pages);
        if (pages < before) {
            unmap(file, pages, before, 0);
        }
        if (pages <= before) {
            holes.make(file, pages, ALL);
        }
        if (pages < before) {
            unmap(file, pages, before, 0);
        }
        if (!shmem) {
            sync.unlock(LockClass.INVALIDATE_LOCK, file);
        }
        sync.unlock(LockClass.I_RWSEM, file);
        return 0;
    }

    /**
     * fallocate(2) with FALLOC_FL_PUNCH_HOLE and FALLOC_FL_KEEP_SIZE.
     *
     * @param file the file
     * @param offset first byte, page aligned
     * @param length in bytes, page aligned; the hole may reach beyond the end of the file
     * @return 0; -EINVAL for a range that is none or not aligned, or a hugetlb file
     */
    public int punchHole(int file, long offset, long length) {
        if (offset < 0
                || length <= 0
                || offset + length < 0
                || !Pages.isAligned(offset | length)
                || files.is(file, Files.HUGETLB)) {
            return -Errno.EINVAL;
        }
        long first = offset >>> Geometry.PAGE_SHIFT;
        long end = offset + length >>> Geometry.PAGE_SHIFT;
        sync.writeLock(LockClass.I_RWSEM, file);
        log.record(EventKind.PUNCH_HOLE, file, first, end - first);
        boolean shmem = files.is(file, Files.SHMEM);
        LockClass faults = shmem ? LockClass.HOLE_PUNCH : LockClass.INVALIDATE_LOCK;
        sync.writeLock(faults, file);
        if (shmem) {
            files.announcePunch(file, first, end);
        }
        unmap(file, first, end, Zap.KEEP_COPIES);
        holes.make(file, first, end);
        if (shmem) {
            files.announcePunch(file, first, first);
        }
        sync.unlock(faults, file);
        sync.unlock(LockClass.I_RWSEM, file);
        return 0;
    }

    /** Unmaps pages of a file everywhere: {@code unmap_mapping_pages}. Guards stay, and write-protection leaves markers. */
    private void unmap(int file, long first, long end, int mode) {
        sync.readLock(LockClass.I_MMAP, file);
        for (int vma = mappings.first(file, first, end - 1); vma != 0; vma = mappings.next(vma, first, end - 1)) {
            sync.touch(Point.READ_VMA, vma);
            long offset = vmas.pgoff(vma);
            long from = vmas.start(vma) + (Math.max(first, offset) - offset << Geometry.PAGE_SHIFT);
            long to = Math.min(vmas.end(vma), vmas.start(vma) + (end - offset << Geometry.PAGE_SHIFT));
            int mm = vmas.mm(vma);
            mms.noteRssPeak(mm);
            Gather gather = zap.gather(mm);
            zap.range(gather, vma, from, to, mode, BoundaryCause.TRUNCATE);
            gather.finish();
        }
        sync.unlock(LockClass.I_MMAP, file);
    }
}
