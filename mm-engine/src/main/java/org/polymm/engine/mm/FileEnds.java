package org.polymm.engine.mm;

import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagecache.CachedFolios;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.vma.VmaTable;

/** Ends files without a name that nobody has open or maps any more: the pages of a shared anonymous mapping go with its last mapping. */
final class FileEnds {

    static final int[] NONE = {};

    private final Files files;
    private final Frames frames;
    private final CachedFolios cached;
    private final SwapCache swap;
    private final VmaTable vmas;

    FileEnds(MmContext parts) {
        this.files = parts.files();
        this.frames = parts.memory().frames();
        this.cached = new CachedFolios(parts.files(), parts.memory());
        this.swap = parts.swap();
        this.vmas = parts.spaces().vmas();
    }

    /** The files that detached VMAs map, before the VMAs are freed. */
    int[] of(int head) {
        int count = 0;
        for (int vma = head; vma != 0; vma = vmas.nextDetached(vma)) {
            count++;
        }
        int[] found = new int[count];
        int next = 0;
        for (int vma = head; vma != 0; vma = vmas.nextDetached(vma)) {
            found[next++] = vmas.file(vma);
        }
        return found;
    }

    /** Ends those of some files that are unused; 0 and files that ended already are passed over. */
    void endUnused(int[] some) {
        for (int file : some) {
            if (file != 0 && files.isLive(file)) {
                endIfUnused(file);
            }
        }
    }

    /** Ends a file if it has no name and is unused: its pages leave the page cache, then it is freed. */
    void endIfUnused(int file) {
        if (files.name(file) != 0 || !files.isUnused(file)) {
            return;
        }
        long index = files.nextOccupied(file, 0, Long.MAX_VALUE);
        while (index >= 0) {
            long entry = files.peek(file, index);
            int count = 1;
            if (CacheEntry.isPage(entry)) {
                int head = frames.head(CacheEntry.pfn(entry));
                count = frames.pages(head);
                cached.remove(head);
            } else {
                files.replace(file, index, CacheEntry.NONE);
                if (CacheEntry.isKind(entry, CacheEntry.SWAP)) {
                    swap.free((int) CacheEntry.payload(entry));
                }
            }
            index = files.nextOccupied(file, index + count, Long.MAX_VALUE);
        }
        files.destroy(file);
    }
}
