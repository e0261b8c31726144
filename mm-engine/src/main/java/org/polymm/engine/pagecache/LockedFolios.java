package org.polymm.engine.pagecache;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/** Finds pages in the page cache and locks their folios: {@code filemap_lock_folio}. */
public final class LockedFolios {

    private final Sync sync;
    private final Files files;
    private final Frames frames;
    private final Folios folios;

    /**
     * Of one machine.
     *
     * @param sync the locks
     * @param files the page cache
     * @param frames the records of pages
     * @param folios who counts references
     */
    public LockedFolios(Sync sync, Files files, Frames frames, Folios folios) {
        this.sync = sync;
        this.files = files;
        this.frames = frames;
        this.folios = folios;
    }

    /**
     * The page at an index, its folio locked and with a reference for the caller. Waits for whoever has the lock, and for a collapse that works
     * on the place.
     *
     * @param file the file
     * @param index the page of the file
     * @return 0 if nothing is cached there
     */
    public int find(int file, long index) {
        while (true) {
            long entry = files.entry(file, index);
            if (CacheEntry.isKind(entry, CacheEntry.RETRY)) {
                // Where the kernel spins, a simulated task waits: for the lock of the folio that a collapse is about to
                // put here.
                int huge = (int) CacheEntry.payload(entry);
                sync.lock(LockClass.FOLIO_LOCK, huge);
                sync.unlock(LockClass.FOLIO_LOCK, huge);
                continue;
            }
            if (!CacheEntry.isPage(entry)) {
                return 0;
            }
            int page = CacheEntry.pfn(entry);
            int head = frames.head(page);
            frames.get(head);
            sync.lock(LockClass.FOLIO_LOCK, head);
            if (files.peek(file, index) == page && frames.head(page) == head) {
                return page;
            }
            release(head);
        }
    }

    /** Unlocks a folio, and drops the reference that came with it. */
    public void release(int head) {
        sync.unlock(LockClass.FOLIO_LOCK, head);
        folios.put(head, 1);
    }
}
