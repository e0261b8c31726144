package org.polymm.engine.split;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MlockBatch;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.rmap.RmapVisitor;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Splits large folios: {@code __folio_split}. See the package description.
 *
 * <p>Not thread-safe; any number of simulated tasks may be inside at once.
 */
public final class FolioSplit {

    /** Gets the pieces of a folio that was split while it was isolated from the LRU lists. */
    @FunctionalInterface
    public interface Pieces {
        /**
         * Takes a piece.
         *
         * @param head the piece, with a reference that is the receiver's from now on; on no list
         */
        void add(int head);
    }

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final MlockBatch mlock;
    private final PageTables tables;
    private final AnonVmas anonVmas;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting rmap;
    private final PmdSplit pmdSplit;
    private final RmapWalk walk;
    private final SwapCache swap;
    private final FileSplit ofFiles;
    private final boolean waitsForZaps;

    /**
     * Splits folios of one machine.
     *
     * @param sync the locks
     * @param events the event log
     * @param memory the folios
     * @param tables the page tables
     * @param spaces the address spaces
     * @param mappings what counts mappings
     * @param walk finds them
     * @param swap the swap cache
     * @param files the page cache
     * @param mechanisms whether the walk that unmaps waits for others that do
     */
    public FolioSplit(
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Mappings mappings,
            RmapWalk walk,
            SwapCache swap,
            Files files,
            Mechanisms mechanisms) {
        this.sync = sync;
        this.events = events;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.contents = memory.contents();
        this.vmstat = memory.vmstat();
        this.mthp = memory.mthp();
        this.mlock = memory.mlock();
        this.tables = tables;
        this.anonVmas = spaces.anonVmas();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.rmap = mappings.rmap();
        this.pmdSplit = mappings.pmdSplit();
        this.walk = walk;
        this.swap = swap;
        this.waitsForZaps = mechanisms.is(Mechanism.SPLIT_UNMAP_SYNC, "on");
        FilePageUnmap unmap = new FilePageUnmap(sync, memory, tables, spaces, mappings, walk);
        this.ofFiles = new FileSplit(sync, memory, files, unmap, waitsForZaps);
    }

    /**
     * Splits a large folio into pieces of one order. No spinning lock and no lock of an anon_vma or of a file's VMAs may be held.
     *
     * @param head the folio, locked; the caller has one reference, which stays with its first page
     * @param order of the pieces: less than the folio's; 0 in the swap cache; not 1 if it is anonymous
     * @param pieces gets all pieces but the first if the folio is anonymous and isolated; null if it is on its LRU list, to which the pieces go
     * @return 0; -EINVAL for an order or a folio that cannot be; -EBUSY if nothing maps it, or it has left the page cache; -EAGAIN if it is pinned or has other
     *     references than its mappings, its places in the page cache and the caller's. Nothing is changed on failure, but that PMD mappings may be
     *     split and mappings of the page cache be gone
     */
    public int split(int head, int order, @Nullable Pieces pieces) {
        sync.assertHeld(LockClass.FOLIO_LOCK, head);
        int flags = frames.flags(head);
        int from = flags & Frames.ORDER_MASK;
        boolean anon = (flags & Frames.ANON) != 0;
        boolean cached = (flags & Frames.SWAPCACHE) != 0;
        if (order < 0 || order >= from || anon && order == 1 || cached && order != 0) {
            return -Errno.EINVAL;
        }
        return counted(
                head,
                from,
                order,
                anon ? lockedSplit(head, from, order, pieces) : ofFiles.split(head, order, FileSplit.UNIFORM));
    }

    /**
     * Splits a large folio of the page cache so that one page gets a folio of its own and what is around it stays as large as can be:
     * {@code folio_split}. As {@link #split} otherwise.
     *
     * <pre>
     *   order 4, page 5        |----------- 4 -----------|
     *                          |-- 2 --|0|0|-1-|--- 3 ---|
     * </pre>
     *
     * @param head the folio
     * @param page any of its pages
     * @return as {@link #split}
     */
    public int splitAt(int head, int page) {
        sync.assertHeld(LockClass.FOLIO_LOCK, head);
        int from = frames.order(head);
        if (frames.test(head, Frames.ANON) || from == 0 || frames.head(page) != head) {
            return -Errno.EINVAL;
        }
        return counted(head, from, 0, ofFiles.split(head, 0, page));
    }

    private int counted(int head, int from, int order, int error) {
        if (from == frames.blockShift()) {
            vmstat.increment(error == 0 ? VmstatItem.THP_SPLIT_PAGE : VmstatItem.THP_SPLIT_PAGE_FAILED);
        }
        mthp.increment(error == 0 ? MthpStat.SPLIT : MthpStat.SPLIT_FAILED, from);
        if (error == 0) {
            vmstat.did(Work.SPLIT_FOLIOS, 1);
            events.record(EventKind.SPLIT_FOLIO, head, from, order);
        } else {
            events.record(EventKind.SPLIT_FAILED, head, from, -error);
        }
        return error;
    }

    private int lockedSplit(int head, int from, int order, @Nullable Pieces pieces) {
        int anonVma = frames.mapping(head);
        if (frames.mapcount(head) == 0 || !anonVmas.isLive(anonVma)) {
            return -Errno.EBUSY;
        }
        int root = anonVmas.root(anonVma);
        sync.writeLock(LockClass.ANON_VMA, root);
        int error;
        if (frames.mapcount(head) == 0 || !anonVmas.isLive(anonVma) || anonVmas.root(anonVma) != root) {
            error = -Errno.EBUSY;
        } else if (frames.refcount(head) != folios.expectedRefs(head) + 1) {
            error = -Errno.EAGAIN;
        } else {
            error = unmapAndSplit(head, from, order);
        }
        sync.unlock(LockClass.ANON_VMA, root);
        if (error == 0) {
            finish(head, from, order, pieces);
        }
        return error;
    }

    private int unmapAndSplit(int head, int from, int order) {
        if (walk.walkLocked(head, new Unmapping(head)) == RmapWalk.COMPLETE) {
            requireUnmapped(frames, head);
        }
        int step = 1 << order;
        int end = head + (1 << from);
        for (int piece = head + step; piece < end; piece += step) {
            // Whoever waits for a migration entry waits for its page's folio, which is this one once the metadata are
            // split.
            sync.tryLock(LockClass.FOLIO_LOCK, piece);
        }
        int cached = frames.test(head, Frames.SWAPCACHE) ? frames.pages(head) : 0;
        boolean frozen = frames.mapcount(head) == 0 && frames.refcount(head) == cached + 1;
        if (!frozen) {
            for (int piece = head + step; piece < end; piece += step) {
                unlock(piece);
            }
            walk.walkLocked(head, new Remapping(head, false));
            return -Errno.EAGAIN;
        }
        folios.splitMetadata(head, order);
        for (int piece = head; piece < end; piece += step) {
            walk.walkLocked(piece, new Remapping(piece, order == 0 && contents.isOn()));
        }
        return 0;
    }

    /**
     * After every mapping of a locked folio was taken away there is none: what the kernel warns about, and before 5.14 stopped at, if it is not
     * so. Somebody who has cleared an entry has not counted that yet, and the walk has not waited for him.
     *
     * @throws IllegalStateException if the folio is mapped
     */
    static void requireUnmapped(Frames frames, int head) {
        int left = frames.mapcount(head);
        if (left != 0) {
            throw new IllegalStateException(
                    "folio " + head + " is to be split, and all its entries were taken away; its mapcount is " + left
                            + " still: an entry that another task has cleared and not yet counted was passed over");
        }
    }

    /** Unlocks the pieces and hands over or drops the reference that each has; one that nothing maps is freed. */
    private void finish(int head, int from, int order, @Nullable Pieces pieces) {
        int step = 1 << order;
        int end = head + (1 << from);
        for (int piece = head + step; piece < end; piece += step) {
            unlock(piece);
            if (pieces != null) {
                pieces.add(piece);
            } else {
                swap.freeUnmapped(piece);
                folios.put(piece, 1);
            }
        }
    }

    private void unlock(int piece) {
        if (sync.isHeld(LockClass.FOLIO_LOCK, piece)) {
            sync.unlock(LockClass.FOLIO_LOCK, piece);
        }
    }

    private void drainMlocks(int vma) {
        if (vmas.has(vma, VmFlags.VM_LOCKED)) {
            mlock.drain();
        }
    }

    /** Replaces the entries that map a folio by migration entries, until a pin forbids it: {@code try_to_migrate_one}. */
    private final class Unmapping implements RmapVisitor {

        private final int head;
        private final boolean waitsForPmd;

        Unmapping(int head) {
            this.head = head;
            waitsForPmd = waitsForZaps && frames.order(head) == frames.blockShift();
        }

        @Override
        public boolean visit(int mm, int vma, long address, int firstPage, int pages) {
            int root = mms.pgd(mm);
            long end = address + pages * PAGE;
            boolean free = true;
            for (long at = address; at < end && free; at = tables.pmdEnd(at, end)) {
                long pmd = tables.pmd(root, at);
                boolean whole = Pte.isHuge(pmd) && Pte.pfn(pmd) == head;
                if (whole) {
                    pmdSplit.split(vma, at);
                }
                long next = tables.pmdEnd(at, end);
                int leaf = waitsForZaps || mapsAny(root, at, next) ? tables.lockLeaf(root, at) : 0;
                if (leaf != 0) {
                    free = entries(leaf, vma, at, next, whole);
                    tables.unlockLeaf(leaf);
                } else if (waitsForPmd) {
                    tables.settlePmd(root, at);
                }
            }
            drainMlocks(vma);
            return free;
        }

        /** Whether any entry maps the folio, as one sees without the lock. */
        private boolean mapsAny(int root, long from, long to) {
            for (long at = from; at < to; at += PAGE) {
                long entry = tables.peek(root, at);
                if (Pte.isNormalPage(entry) && frames.head(Pte.pfn(entry)) == head) {
                    return true;
                }
            }
            return false;
        }

        /** The entries of one table. A mapping that was whole goes at once, as the kernel's huge entry does. */
        private boolean entries(int leaf, int vma, long from, long to, boolean whole) {
            long[] row = tables.row(leaf);
            boolean free = true;
            int cleared = 0;
            for (long at = from; at < to && free; at += PAGE) {
                int index = tables.pteIndex(at);
                long entry = row[index];
                if (!Pte.isNormalPage(entry) || frames.head(Pte.pfn(entry)) != head) {
                    continue;
                }
                int page = Pte.pfn(entry);
                tables.writePoints(leaf, at, 1);
                entry = row[index];
                row[index] = Pte.NONE;
                if ((entry & Pte.DIRTY) != 0) {
                    // Of the folio, and so of all its pieces: none of them is dropped as lazily freed then.
                    frames.setFlags(head, Frames.DIRTY);
                }
                boolean exclusive = frames.test(page, Frames.ANON_EXCLUSIVE);
                boolean shared = !exclusive || rmap.tryShareAnon(page);
                tables.touchEntries(leaf, index, index + 1);
                if (!shared) {
                    row[index] = entry;
                    free = false;
                    continue;
                }
                row[index] = Pte.migration(entry, exclusive);
                cleared++;
                if (!whole) {
                    rmap.remove(page, 1, vma, at);
                }
            }
            if (whole && cleared != 0) {
                rmap.remove(head, cleared, vma, from);
            }
            if (cleared != 0) {
                sync.point(Point.TLB_FLUSH, vmas.mm(vma));
                frames.addRefs(head, -cleared);
            }
            return free;
        }
    }

    /** Puts pages back where migration entries stand for them: {@code remove_migration_pte}. */
    private final class Remapping implements RmapVisitor {

        private final int head;
        private final boolean zeroesToZeroPage;

        Remapping(int head, boolean zeroesToZeroPage) {
            this.head = head;
            this.zeroesToZeroPage = zeroesToZeroPage;
        }

        @Override
        public boolean visit(int mm, int vma, long address, int firstPage, int pages) {
            int root = mms.pgd(mm);
            long end = address + pages * PAGE;
            for (long at = address; at < end; at = tables.pmdEnd(at, end)) {
                int leaf = tables.lockLeaf(root, at);
                if (leaf != 0) {
                    entries(leaf, mm, vma, at, tables.pmdEnd(at, end));
                    tables.unlockLeaf(leaf);
                }
            }
            drainMlocks(vma);
            return true;
        }

        private void entries(int leaf, int mm, int vma, long from, long to) {
            long[] row = tables.row(leaf);
            for (long at = from; at < to; at += PAGE) {
                int index = tables.pteIndex(at);
                long entry = row[index];
                if (!Pte.isMigration(entry) || frames.head(Pte.pfn(entry)) != head) {
                    continue;
                }
                tables.writePoints(leaf, at, 1);
                int page = Pte.pfn(entry);
                long kept = entry & (Pte.UFFD_WP | Pte.SOFT_DIRTY);
                if (zeroesToZeroPage && isReplaceable(page, vma)) {
                    row[index] = Pte.present(
                            frames.zeroPfn(), PageProtection.ofPrivate(vmas.flags(vma)) | Pte.SPECIAL | kept);
                    mms.addRssAnon(mm, -1);
                    continue;
                }
                frames.get(head);
                rmap.addAnon(page, 1, vma, at, Pte.isExclusiveMigration(entry));
                long bits = PageProtection.ofPrivate(vmas.flags(vma))
                        | (Pte.isWritableMigration(entry) ? Pte.WRITE : 0)
                        | entry & (Pte.ACCESSED | Pte.DIRTY)
                        | kept;
                row[index] = Pte.present(page, bits);
            }
        }

        private boolean isReplaceable(int page, int vma) {
            return contents.read(page) == 0 && !frames.test(head, Frames.MLOCKED) && !vmas.has(vma, VmFlags.VM_LOCKED);
        }
    }
}
