package org.polymm.engine.uffd;

import org.polymm.api.view.MappingLevel;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Puts something where nothing is mapped, page by page: {@code mfill_atomic}.
 *
 * <pre>
 *                private VMA                                shared VMA (shmem)
 *   copy         new anonymous page, the file is not        new page in the page cache; -EEXIST if there is one
 *                looked at; replaces a marker
 *   zero page    the shared zero page; no marker may be     as a copy of zeroes
 *                there
 *   proceed      the page cache's page, read-only           the page cache's page; -EFAULT if there is none
 *   poison       a marker; nothing else may be there        a marker
 * </pre>
 *
 * <p>The VMA is held by its own lock, or by the mmap lock if it has no anon_vma yet, and must contain the whole range. What is done when a page
 * cannot be filled stays done; the result says how far it came.
 */
final class Filling {

    private static final long PAGE = Geometry.PAGE_SIZE;

    /** What is put there. */
    enum Kind {
        COPY,
        ZEROPAGE,
        CONTINUE,
        POISON
    }

    /**
     * One call.
     *
     * @param protects whether the pages are write-protected
     * @param first what the first page holds, for a copy
     * @param step what each further page holds more
     */
    record Fill(Kind kind, boolean protects, long first, long step) {}

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final AnonVmas anonVmas;
    private final MmLocks locks;
    private final Files files;
    private final RmapAccounting rmap;
    private final RssAccounting rss;
    private final UserfaultContexts contexts;

    Filling(UserfaultParts parts) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        contents = parts.memory().contents();
        lru = parts.memory().lru();
        vmstat = parts.memory().vmstat();
        tables = parts.tables();
        spaces = parts.spaces();
        mms = spaces.mms();
        vmas = spaces.vmas();
        anonVmas = spaces.anonVmas();
        locks = spaces.locks();
        files = parts.files();
        rmap = parts.mappings().rmap();
        rss = parts.mappings().rss();
        contexts = parts.contexts();
    }

    /** Fills a range that was checked. Returns how many bytes were filled; a negated errno if none was. */
    long fill(int context, int mm, long start, long length, Fill fill) {
        int vma = lockVma(mm, start);
        if (vma < 0) {
            return vma;
        }
        long result = vmas.end(vma) < start + length || vmas.uffd(vma) == 0 ? -Errno.ENOENT : 0;
        if (result == 0) {
            sync.readLock(LockClass.UFFD_CTX, context);
            result = contexts.isChanging(context)
                    ? -Errno.EAGAIN
                    : isAllowed(vma, fill) ? pages(mm, vma, start, length, fill) : -Errno.EINVAL;
            sync.unlock(LockClass.UFFD_CTX, context);
        }
        locks.endRead(vma);
        return result;
    }

    /** {@code uffd_lock_vma}: with an anon_vma, if it is private. */
    private int lockVma(int mm, long address) {
        locks.lookupPoint(mm);
        int vma = spaces.find(mm, address);
        if (vma != 0 && locks.tryStartRead(vma)) {
            boolean ready = vmas.mm(vma) == mm && vmas.contains(vma, address) && hasAnonVma(vma);
            if (ready) {
                return vma;
            }
            locks.endRead(vma);
        }
        locks.readLock(mm);
        vma = spaces.find(mm, address);
        if (vma == 0) {
            locks.readUnlock(mm);
            return -Errno.ENOENT;
        }
        if (!hasAnonVma(vma)) {
            anonVmas.prepare(vma);
        }
        if (!locks.tryStartRead(vma)) {
            throw new IllegalStateException("vma " + vma + " is being written though the mmap lock is held");
        }
        locks.readUnlock(mm);
        return vma;
    }

    private boolean hasAnonVma(int vma) {
        return vmas.has(vma, VmFlags.VM_SHARED) || vmas.anonVma(vma) != 0;
    }

    private boolean isAllowed(int vma, Fill fill) {
        if (fill.protects && !vmas.has(vma, VmFlags.VM_UFFD_WP)) {
            return false;
        }
        return isShmem(vma) || vmas.isAnonymous(vma) && fill.kind != Kind.CONTINUE;
    }

    private boolean isShmem(int vma) {
        return vmas.file(vma) != 0 && files.is(vmas.file(vma), Files.SHMEM);
    }

    private long pages(int mm, int vma, long start, long length, Fill fill) {
        int root = mms.pgd(mm);
        long done = 0;
        int error = 0;
        while (done < length && error == 0) {
            long address = start + done;
            error = tables.leafAlloc(root, address) == 0
                    ? -Errno.EEXIST
                    : page(mm, vma, root, address, fill, fill.first + done / PAGE * fill.step);
            done += error == 0 ? PAGE : 0;
        }
        return done > 0 ? done : error;
    }

    private int page(int mm, int vma, int root, long address, Fill fill, long token) {
        return switch (fill.kind) {
            case CONTINUE -> fromCache(mm, vma, root, address, fill.protects);
            case POISON -> entry(vma, root, address, Pte.marker(Pte.MARKER_POISON));
            case COPY -> copy(mm, vma, root, address, fill.protects, token);
            case ZEROPAGE -> {
                if (vmas.has(vma, VmFlags.VM_SHARED)) {
                    yield copy(mm, vma, root, address, false, 0);
                }
                long bits = PageProtection.ofPrivate(vmas.flags(vma)) | Pte.SPECIAL | Pte.ACCESSED;
                yield entry(vma, root, address, Pte.present(Frames.ZERO_PFN, bits));
            }
        };
    }

    private int copy(int mm, int vma, int root, long address, boolean protects, long token) {
        return vmas.has(vma, VmFlags.VM_SHARED)
                ? intoCache(mm, vma, root, address, protects, token)
                : anonymous(mm, vma, root, address, protects, token);
    }

    // ---- entries without a page of their own

    /** Sets an entry where there is none, not even a marker. */
    private int entry(int vma, int root, long address, long entry) {
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            return -Errno.EAGAIN;
        }
        tables.writePoints(leaf, address, 1);
        int index = tables.pteIndex(address);
        int error = isBeyondEnd(vma, address) ? -Errno.EFAULT : tables.row(leaf)[index] != Pte.NONE ? -Errno.EEXIST : 0;
        if (error == 0) {
            tables.row(leaf)[index] = entry;
        }
        tables.unlockLeaf(leaf);
        return error;
    }

    private boolean isBeyondEnd(int vma, long address) {
        int file = vmas.file(vma);
        return file != 0 && vmas.pgoffAt(vma, address) >= files.readPages(file);
    }

    // ---- pages

    private int anonymous(int mm, int vma, int root, long address, boolean protects, long token) {
        int page = folios.allocAnon(0);
        if (page == 0) {
            return -Errno.ENOMEM;
        }
        write(page, token);
        int leaf = tables.lockLeaf(root, address);
        int error = leaf == 0 ? -Errno.EAGAIN : check(vma, leaf, address);
        if (error == 0) {
            rmap.addNewAnon(page, vma, address);
            rmap.addNewToLru(page, vma, address, MappingLevel.PTE);
            mms.addRssAnon(mm, 1);
            tables.row(leaf)[tables.pteIndex(address)] = Pte.present(page, bits(vma, protects, true));
            vmstat.did(Work.ANON_FOLIOS, 1);
            vmstat.did(Work.COPIED_PAGES, 1);
        }
        if (leaf != 0) {
            tables.unlockLeaf(leaf);
        }
        if (error != 0) {
            folios.put(page, 1);
        }
        return error;
    }

    /** {@code shmem_mfill_atomic_pte}: a new page goes into the page cache first. */
    private int intoCache(int mm, int vma, int root, long address, boolean protects, long token) {
        int file = vmas.file(vma);
        long index = vmas.pgoffAt(vma, address);
        if (index >= files.readPages(file)) {
            return -Errno.EFAULT;
        }
        int page = folios.allocFile(0, true);
        if (page == 0) {
            return -Errno.ENOMEM;
        }
        write(page, token);
        sync.lock(LockClass.FOLIO_LOCK, page);
        int error = files.add(file, index, page, 1);
        if (error == 0) {
            frames.get(page);
            frames.setMapping(page, file, index);
            frames.setFlags(page, Frames.DIRTY);
            vmstat.increment(VmstatItem.NR_FILE_PAGES);
            vmstat.increment(VmstatItem.NR_SHMEM);
            error = mapCached(mm, vma, root, address, protects, page);
            if (error == 0) {
                lru.add(page);
            } else {
                files.remove(file, index, 1, CacheEntry.NONE);
                frames.setMapping(page, 0, 0);
                vmstat.add(VmstatItem.NR_FILE_PAGES, -1);
                vmstat.add(VmstatItem.NR_SHMEM, -1);
                folios.put(page, 1);
            }
        }
        sync.unlock(LockClass.FOLIO_LOCK, page);
        if (error != 0) {
            folios.put(page, 1);
        }
        return error;
    }

    private int fromCache(int mm, int vma, int root, long address, boolean protects) {
        int file = vmas.file(vma);
        long index = vmas.pgoffAt(vma, address);
        while (true) {
            int page = files.page(file, index);
            if (page == 0) {
                return -Errno.EFAULT;
            }
            int head = frames.head(page);
            frames.get(head);
            sync.lock(LockClass.FOLIO_LOCK, head);
            boolean same = files.peek(file, index) == page && frames.head(page) == head;
            int error = same ? mapCached(mm, vma, root, address, protects, page) : 0;
            sync.unlock(LockClass.FOLIO_LOCK, head);
            if (!same || error != 0) {
                folios.put(head, 1);
            }
            if (same) {
                return error;
            }
        }
    }

    /** Maps a page of the page cache; the caller's reference becomes the entry's. */
    private int mapCached(int mm, int vma, int root, long address, boolean protects, int page) {
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            return -Errno.EAGAIN;
        }
        int error = check(vma, leaf, address);
        if (error == 0) {
            rss.add(mm, frames.head(page), 1);
            rmap.addFile(page, 1, vma, address);
            tables.row(leaf)[tables.pteIndex(address)] =
                    Pte.present(page, bits(vma, protects, vmas.has(vma, VmFlags.VM_SHARED)));
        }
        tables.unlockLeaf(leaf);
        return error;
    }

    /** Looks at the entry, whose lock is held: none, or any marker. */
    private int check(int vma, int leaf, long address) {
        tables.writePoints(leaf, address, 1);
        if (isBeyondEnd(vma, address)) {
            return -Errno.EFAULT;
        }
        long entry = tables.row(leaf)[tables.pteIndex(address)];
        return entry == Pte.NONE || Pte.isMarker(entry) ? 0 : -Errno.EEXIST;
    }

    /** The entry is dirty in any case. */
    private long bits(int vma, boolean protects, boolean mayWrite) {
        long flags = vmas.flags(vma);
        long bits = PageProtection.of(flags, false) | Pte.ACCESSED | Pte.DIRTY;
        if (mayWrite) {
            bits |= PageProtection.writeBit(flags);
        }
        return protects ? bits & ~Pte.WRITE | Pte.UFFD_WP : bits;
    }

    private void write(int page, long token) {
        if (contents.isOn()) {
            contents.write(page, token);
        }
    }
}
