package org.polymm.engine.split;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.pagecache.CachedFolios;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.state.Errno;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/** Splits large folios of the page cache: what {@link FolioSplit} does for those. */
final class FileSplit {

    /** Instead of a page to split at: all pieces get the wanted order. */
    static final int UNIFORM = 0;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final Files files;
    private final CachedFolios cached;
    private final FilePageUnmap unmap;
    private final boolean waitsForZaps;

    FileSplit(Sync sync, PhysicalMemory memory, Files files, FilePageUnmap unmap, boolean waitsForZaps) {
        this.sync = sync;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.files = files;
        this.cached = new CachedFolios(files, memory);
        this.unmap = unmap;
        this.waitsForZaps = waitsForZaps;
    }

    /**
     * Splits.
     *
     * @param head the folio, locked, with a reference of the caller, which stays with its first page
     * @param order of the pieces; of the piece of one page, if there is one
     * @param at the page that gets a piece of that order, with pieces as large as can be around it; or {@link #UNIFORM}
     * @return 0; -EBUSY if it left the page cache; -EAGAIN if it has references that are not explained, where it may have been unmapped
     */
    int split(int head, int order, int at) {
        int file = frames.mapping(head);
        if (file == 0) {
            return -Errno.EBUSY;
        }
        sync.readLock(LockClass.I_MMAP, file);
        int error = -Errno.EAGAIN;
        if (isUnreferenced(head)) {
            unmap.unmapLocked(head, waitsForZaps && frames.order(head) == frames.blockShift());
            FolioSplit.requireUnmapped(frames, head);
            sync.point(Point.WRITE_CACHE, Files.pointOf(file, frames.index(head)));
            if (isUnreferenced(head)) {
                cut(file, head, order, at);
                error = 0;
            }
        }
        sync.unlock(LockClass.I_MMAP, file);
        return error;
    }

    private boolean isUnreferenced(int head) {
        return frames.refcount(head) == folios.expectedRefs(head) + 1;
    }

    /** The split itself, one step for others. Pieces beyond the end of the file leave the page cache. */
    private void cut(int file, int head, int order, int at) {
        long index = frames.index(head);
        int end = head + frames.pages(head);
        for (int i = 0; i < end - head; i++) {
            sync.touch(Point.WRITE_CACHE, Files.pointOf(file, index + i));
        }
        sync.tally(LockClass.I_PAGES);
        cached.notHuge(head);
        if (at == UNIFORM) {
            folios.splitMetadata(head, order);
        } else {
            for (int piece = head; frames.order(piece) > order; piece = frames.head(at)) {
                folios.splitMetadata(piece, frames.order(piece) - 1);
            }
        }
        int size = frames.pages(head);
        for (int piece = head + size; piece < end; piece += size) {
            size = frames.pages(piece);
            if (frames.index(piece) >= files.pages(file)) {
                cached.remove(piece);
            }
            folios.put(piece, 1);
        }
    }
}
