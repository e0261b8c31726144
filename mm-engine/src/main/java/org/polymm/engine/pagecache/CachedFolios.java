package org.polymm.engine.pagecache;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;

/** Takes folios out of the page cache, with all that is counted of them: {@code filemap_remove_folio}. */
public final class CachedFolios {

    private final Files files;
    private final Frames frames;
    private final Folios folios;
    private final Vmstat vmstat;

    /**
     * Of one machine.
     *
     * @param files the page cache
     * @param memory the folios
     */
    public CachedFolios(Files files, PhysicalMemory memory) {
        this.files = files;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.vmstat = memory.vmstat();
    }

    /**
     * Removes a folio, which leaves holes. What was written to it is forgotten. The references of the page cache are dropped, and the folio is
     * freed if there are no others.
     *
     * @param head the folio, in the page cache, locked unless nobody has a reference; nothing maps it
     */
    public void remove(int head) {
        int pages = frames.pages(head);
        int file = frames.mapping(head);
        files.remove(file, frames.index(head), pages, CacheEntry.NONE);
        vmstat.add(VmstatItem.NR_FILE_PAGES, -pages);
        boolean shmem = frames.test(head, Frames.SWAPBACKED);
        if (shmem) {
            vmstat.add(VmstatItem.NR_SHMEM, -pages);
        } else if (frames.test(head, Frames.DIRTY)) {
            vmstat.add(VmstatItem.NR_DIRTY, -pages);
        }
        notHuge(head);
        frames.clearFlags(head, Frames.DIRTY);
        frames.setMapping(head, 0, 0);
        folios.put(head, pages);
    }

    /** A folio of the page cache is about to be no huge page of a file any more, if it is one. */
    public void notHuge(int head) {
        if (frames.order(head) == frames.blockShift()) {
            boolean shmem = frames.test(head, Frames.SWAPBACKED);
            vmstat.add(shmem ? VmstatItem.NR_SHMEM_HUGEPAGES : VmstatItem.NR_FILE_HUGEPAGES, -1);
        }
    }
}
