package org.polymm.engine.mm;

import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagecache.CachedFolios;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagecache.LockedFolios;
import org.polymm.engine.split.FolioSplitter;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * Takes ranges of pages out of the page cache: {@code shmem_undo_range} and {@code truncate_inode_pages_range}.
 *
 * <pre>
 *   folios      |--- 9 ---|-0-|-0-|--- 9 ---|
 *   hole              [##############)
 *   1.                      x   x                   what lies inside and is not locked by somebody
 *   2.          |-8-|..[x]  split at the first page of the hole; if that fails: zeroed, and stays
 *               the same at its last page
 *   3.          what is left inside, waiting for locks
 * </pre>
 */
final class CacheHoles {

    /** Unmaps pages of a file but for private copies. */
    @FunctionalInterface
    interface Unmap {
        /** Unmaps the pages {@code [first, end)}. */
        void pages(int file, long first, long end);
    }

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final Files files;
    private final CachedFolios cached;
    private final LockedFolios locked;
    private final FolioSplitter splitter;
    private final SwapCache swap;
    private final Unmap unmap;

    CacheHoles(MmContext parts, Unmap unmap) {
        this.sync = parts.sync();
        this.frames = parts.memory().frames();
        this.folios = parts.memory().folios();
        this.contents = parts.memory().contents();
        this.files = parts.files();
        this.cached = new CachedFolios(parts.files(), parts.memory());
        this.locked = new LockedFolios(sync, files, frames, folios);
        this.splitter = parts.splitter();
        this.swap = parts.swap();
        this.unmap = unmap;
    }

    /**
     * Makes a hole.
     *
     * @param first its first page
     * @param end the page after its last
     */
    void make(int file, long first, long end) {
        removeUnlocked(file, first, end);
        long from = first;
        long to = end;
        boolean one = first == end - 1;
        int head = locked(file, first);
        if (head != 0) {
            long after = frames.index(head) + frames.pages(head);
            one = end <= after;
            if (!removePart(file, head, first, end)) {
                from = after;
                to = one ? Math.min(to, from) : to;
            }
            locked.release(head);
        }
        if (!one) {
            head = locked(file, end - 1);
            if (head != 0) {
                long index = frames.index(head);
                if (!removePart(file, head, first, end)) {
                    to = index;
                }
                locked.release(head);
            }
        }
        removeAll(file, first, end, from, to);
    }

    /** The folio of a page, locked and with a reference; 0 if there is none. One of shared memory counts as dirty: it has no other place. */
    private int locked(int file, long index) {
        int page = locked.find(file, index);
        if (page == 0) {
            return 0;
        }
        int head = frames.head(page);
        if (files.is(file, Files.SHMEM)) {
            frames.setFlags(head, Frames.DIRTY);
        }
        return head;
    }

    /** Takes a reference and the lock, or nothing. */
    private boolean tryLocked(int head) {
        frames.get(head);
        if (sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            return true;
        }
        folios.put(head, 1);
        return false;
    }

    private void removeUnlocked(int file, long first, long end) {
        for (long index = files.nextOccupied(file, first, end); index >= 0; ) {
            long entry = files.entry(file, index);
            long next = index + 1;
            if (CacheEntry.isPage(entry)) {
                int head = frames.head(CacheEntry.pfn(entry));
                next = frames.index(head) + frames.pages(head);
                boolean whole = frames.index(head) >= first && next <= end;
                if (whole && tryLocked(head)) {
                    if (files.peek(file, index) == CacheEntry.pfn(entry)
                            && frames.head(CacheEntry.pfn(entry)) == head) {
                        remove(file, head);
                    }
                    locked.release(head);
                }
            } else {
                removeValue(file, index, entry);
            }
            index = next < end ? files.nextOccupied(file, next, end) : -1;
        }
    }

    private void removeValue(int file, long index, long entry) {
        if (CacheEntry.isValue(entry) && !CacheEntry.isKind(entry, CacheEntry.RETRY)) {
            files.replace(file, index, CacheEntry.NONE);
            if (CacheEntry.isKind(entry, CacheEntry.SWAP)) {
                swap.free((int) CacheEntry.payload(entry));
            }
        }
    }

    /** Removes what is left of the pages {@code [from, to)}; the hole itself may be larger. */
    private void removeAll(int file, long first, long end, long from, long to) {
        long index = files.nextOccupied(file, from, to);
        while (index >= 0) {
            long entry = files.entry(file, index);
            long next = index + 1;
            if (CacheEntry.isPage(entry) || CacheEntry.isKind(entry, CacheEntry.RETRY)) {
                int head = locked(file, index);
                if (head == 0) {
                    next = index;
                } else {
                    next = frames.index(head) + frames.pages(head);
                    boolean large = frames.isLarge(head);
                    if (removePart(file, head, first, end) && large && !frames.isLarge(head)) {
                        next = from;
                    }
                    locked.release(head);
                }
            } else {
                removeValue(file, index, entry);
            }
            index = next < to ? files.nextOccupied(file, next, to) : -1;
        }
    }

    /**
     * Removes the part of a folio that is in a hole: {@code truncate_inode_partial_folio}.
     *
     * @param head the folio, locked, with a reference
     * @param first the first page of the hole
     * @param end the page after its last
     * @return false if the folio is still whole, with zeroes in the hole
     */
    private boolean removePart(int file, int head, long first, long end) {
        long index = frames.index(head);
        int pages = frames.pages(head);
        int offset = (int) Math.max(0, first - index);
        int length = (int) (Math.min(pages, end - index) - offset);
        if (length == pages) {
            remove(file, head);
            return true;
        }
        contents.zero(head + offset, length);
        if (splitter.splitAt(head, head + offset) == 0) {
            if (offset + length != pages) {
                splitBehind(file, head + offset + length, index + offset + length);
            }
            return true;
        }
        if (frames.test(head, Frames.DIRTY)) {
            return false;
        }
        remove(file, head);
        return true;
    }

    /** Splits what is behind the hole, if it is large still and nobody has locked it. */
    private void splitBehind(int file, int page, long index) {
        if (files.peek(file, index) != page) {
            return;
        }
        int head = frames.head(page);
        if (frames.isLarge(head) && tryLocked(head)) {
            if (frames.mapping(head) == file && frames.head(page) == head) {
                splitter.splitAt(head, page);
            }
            locked.release(head);
        }
    }

    /** Takes a whole folio away: {@code truncate_inode_folio}. Who refers to it keeps it, without the file. */
    private void remove(int file, int head) {
        if (frames.mapcount(head) != 0) {
            long index = frames.index(head);
            unmap.pages(file, index, index + frames.pages(head));
        }
        cached.remove(head);
    }
}
