package org.polymm.engine.fault;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagecache.CachedFolios;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagecache.ShmemFolios;
import org.polymm.engine.state.Errno;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Finds pages of files in the page cache, and brings them there: {@code filemap_fault} and {@code shmem_fault}, without what maps them.
 *
 * <p>A page of a regular file that is not cached is read, which is a major fault, with its surroundings as read-ahead would; a file whose pages
 * are all in memory from the start gets the one page without that. Shmem gets a new folio of zeroes: {@link ShmemFolios}. To read takes the
 * invalidate_lock, so that nobody cuts the file meanwhile.
 */
final class CachePages {

    /** Pages that a read brings in around the one that is wanted: the default of {@code read_ahead_kb}, 128. */
    private static final int READ_AROUND = 32;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final Files files;
    private final VmaTable vmas;
    private final CachedFolios cached;
    private final ShmemFolios shmem;

    CachePages(FaultParts parts) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        lru = parts.memory().lru();
        vmstat = parts.memory().vmstat();
        files = parts.files();
        vmas = parts.spaces().vmas();
        cached = new CachedFolios(files, parts.memory());
        shmem = new ShmemFolios(parts.geometry(), sync, files, parts.memory(), vmas);
    }

    /** Whether a page is in the page cache, or at least in memory. */
    boolean isResident(int file, long index) {
        return files.page(file, index) != 0;
    }

    /**
     * The page that a VMA shows, brought into the page cache if necessary.
     *
     * @param vma the VMA; what it shows is below the end of the file
     * @param address in bytes
     * @return the page with a reference for the caller and the folio locked; {@link FaultResult#OOM}; or {@link FaultResult#SIGBUS} if the file
     *     was truncated meanwhile
     */
    int lockedPage(int vma, long address) {
        int file = vmas.file(vma);
        if (!files.is(file, Files.SHMEM)) {
            return lockedPage(file, vmas.pgoffAt(vma, address), vmas.flags(vma));
        }
        int page = shmem.forFault(vma, address);
        return page == -Errno.ENOMEM ? FaultResult.OOM : page < 0 ? FaultResult.SIGBUS : page;
    }

    private int lockedPage(int file, long index, long vmFlags) {
        while (true) {
            long entry = files.entry(file, index);
            if (CacheEntry.isPage(entry)) {
                int page = CacheEntry.pfn(entry);
                int head = frames.head(page);
                frames.get(head);
                sync.lock(LockClass.FOLIO_LOCK, head);
                if (files.peek(file, index) == page && frames.head(page) == head) {
                    if (index < files.readPages(file)) {
                        return page;
                    }
                    dropBeyondEnd(head);
                    return FaultResult.SIGBUS;
                }
                unlockAndPut(head);
            } else {
                sync.readLock(LockClass.INVALIDATE_LOCK, file);
                int result = bring(file, index, vmFlags);
                sync.unlock(LockClass.INVALIDATE_LOCK, file);
                if (result < 0) {
                    return result;
                }
            }
        }
    }

    void unlockAndPut(int head) {
        sync.unlock(LockClass.FOLIO_LOCK, head);
        folios.put(head, 1);
    }

    /** A page that was added behind the back of whoever truncated the file goes again. */
    private void dropBeyondEnd(int head) {
        if (!frames.isLarge(head) && frames.mapcount(head) == 0) {
            cached.remove(head);
        }
        unlockAndPut(head);
    }

    private int bring(int file, long index, long vmFlags) {
        if (files.is(file, Files.RESIDENT)) {
            return add(file, index);
        }
        vmstat.increment(VmstatItem.PGMAJFAULT);
        int result = read(file, index);
        if (result == FaultResult.DONE && (vmFlags & VmFlags.VM_RAND_READ) == 0) {
            readAround(file, index, (vmFlags & VmFlags.VM_SEQ_READ) != 0);
        }
        return result;
    }

    private void readAround(int file, long index, boolean sequential) {
        long from = sequential ? index : Math.max(0, index - READ_AROUND / 2);
        long to = Math.min(from + READ_AROUND, files.pages(file));
        for (long at = from; at < to; at++) {
            if (CacheEntry.isKind(files.peek(file, at), CacheEntry.SHADOW) || files.peek(file, at) == CacheEntry.NONE) {
                if (read(file, at) != FaultResult.DONE) {
                    return;
                }
            }
        }
    }

    private int read(int file, long index) {
        int result = add(file, index);
        if (result == FaultResult.DONE) {
            vmstat.add(VmstatItem.PGPGIN, 4);
        }
        return result;
    }

    /** Adds a new page to the page cache of a file that is not shmem, unless somebody else was faster. */
    int add(int file, long index) {
        int page = folios.allocFile(0, false);
        if (page == 0) {
            return FaultResult.OOM;
        }
        if (files.add(file, index, page, 1) == 0) {
            frames.get(page);
            frames.setMapping(page, file, index);
            vmstat.increment(VmstatItem.NR_FILE_PAGES);
            lru.add(page);
        }
        folios.put(page, 1);
        return FaultResult.DONE;
    }
}
