package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.AllocationFailures;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Copies the entries of a VMA into a child's: {@code copy_page_range}.
 *
 * <pre>
 *   parent's entry               child's                         parent's afterwards
 *   anonymous page               the same, read-only, old        read-only, no longer exclusive
 *   .. exclusive, maybe pinned   a copy, exclusive, writable     untouched
 *   huge, anonymous              the same, read-only, old        read-only; if maybe pinned: split, then as pages
 *   huge, of a file              none: faulted again             untouched
 *   file page                    the same, old                   read-only if it copies on write
 *   zero page                    the same                        read-only
 *   swap entry                   the same, not exclusive         not exclusive
 *   migration entry              for reading                     for reading
 *   marker                       guard and poison; wp if watched untouched
 * </pre>
 *
 * <p>Consecutive pages of a large folio go in batches. If one page of a batch is exclusive and the folio may be pinned, the whole batch is
 * refused; then the locks are dropped, a page is allocated, and the page at which the copy stands goes alone.
 */
final class PageCopy {

    private final Frames frames;
    private final Folios folios;
    private final AllocationFailures failures;
    private final Contents contents;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final RmapAccounting rmap;
    private final RssAccounting rss;
    private final Boundaries boundaries;
    private final SwapCache swap;
    private final Sync sync;
    private final MmTable mms;
    private final VmaTable vmas;
    private final EventLog log;
    private final boolean sharesPinned;

    PageCopy(MmContext parts, Boundaries boundaries) {
        this.frames = parts.memory().frames();
        this.folios = parts.memory().folios();
        this.failures = parts.memory().buddy().failures();
        this.contents = parts.memory().contents();
        this.vmstat = parts.memory().vmstat();
        this.tables = parts.tables();
        this.rmap = parts.mappings().rmap();
        this.rss = parts.mappings().rss();
        this.boundaries = boundaries;
        this.swap = parts.swap();
        this.sync = parts.sync();
        this.mms = parts.spaces().mms();
        this.vmas = parts.spaces().vmas();
        this.log = parts.log();
        this.sharesPinned = parts.mechanisms().is(Mechanism.FORK_OF_PINNED_HUGE_PAGES, "share");
    }

    /** One VMA's copy: what it needs to know at every page, and the page it has at hand. */
    private static final class Job {
        final int parentMm;
        final int childMm;
        final int fromRoot;
        final int toRoot;
        final int from;
        final int to;
        final boolean cow;
        /** Bits in which the entries of a batch may differ. */
        final long ignored;
        /** Bits that the child's entries do not get. */
        final long dropped;
        /** A new page for the next entry that must be copied; 0 for none. While there is one, pages go singly. */
        int spare;

        private long anon;

        Job(MmTable mms, VmaTable vmas, int from, int to, boolean cow) {
            this.from = from;
            this.to = to;
            this.cow = cow;
            parentMm = vmas.mm(from);
            childMm = vmas.mm(to);
            fromRoot = mms.pgd(parentMm);
            toRoot = mms.pgd(childMm);
            long dirty = vmas.has(from, VmFlags.VM_SHARED) ? Pte.DIRTY : 0;
            ignored = Pte.ACCESSED | Pte.WRITE | Pte.SOFT_DIRTY | dirty;
            dropped =
                    Pte.ACCESSED | dirty | (cow ? Pte.WRITE : 0) | (vmas.has(to, VmFlags.VM_UFFD_WP) ? 0 : Pte.UFFD_WP);
        }
    }

    /**
     * Copies a VMA's entries.
     *
     * @param from the parent's VMA
     * @param to the child's VMA, of the same range
     * @param cow whether the mapping copies on write
     * @return 0 or -ENOMEM, in which case some entries were copied
     */
    int range(int from, int to, boolean cow) {
        Job job = new Job(mms, vmas, from, to, cow);
        long end = vmas.end(from);
        long at = tables.nextPopulated(job.fromRoot, vmas.start(from), end);
        int error = 0;
        while (at < end && error == 0) {
            long next = tables.pmdEnd(at, end);
            error = pmd(job, at, next);
            at = tables.nextPopulated(job.fromRoot, next, end);
        }
        if (job.spare != 0) {
            folios.put(job.spare, 1);
        }
        if (cow) {
            sync.point(Point.TLB_FLUSH, job.parentMm);
        }
        return error;
    }

    private int pmd(Job job, long from, long to) {
        long entry = tables.pmd(job.fromRoot, from);
        boolean isHuge = !Pte.isTable(entry) && !Pte.isNone(entry);
        boolean needsTable = isHuge ? vmas.isAnonymous(job.to) : tables.leaf(job.toRoot, from) == 0;
        if (needsTable && failures.strikesTable()) {
            return -Errno.ENOMEM;
        }
        if (isHuge && huge(job, from)) {
            return 0;
        }
        long at = from;
        while (at < to) {
            at = table(job, at, to);
            if (at < to) {
                job.spare = folios.allocAnon(0);
                if (job.spare == 0) {
                    return -Errno.ENOMEM;
                }
            }
        }
        return 0;
    }

    /** Copies entries of one table. Returns where it stopped for want of a page, or the end. */
    private long table(Job job, long from, long to) {
        int toLeaf = tables.leafAlloc(job.toRoot, from);
        sync.lock(LockClass.PTL, toLeaf);
        int fromLeaf = lockSource(job.fromRoot, from);
        long at = to;
        if (fromLeaf != 0) {
            at = entries(job, fromLeaf, tables.row(toLeaf), from, to);
            sync.unlock(LockClass.PTL, fromLeaf);
        }
        sync.unlock(LockClass.PTL, toLeaf);
        if (job.anon != 0) {
            mms.addRssAnon(job.childMm, job.anon);
            job.anon = 0;
        }
        return at;
    }

    /** The parent's lock is of the same class as the child's, which is held; nobody takes them the other way round. */
    private int lockSource(int root, long address) {
        int leaf = tables.leaf(root, address);
        while (leaf != 0) {
            sync.nestedLock(LockClass.PTL, leaf);
            int now = tables.leaf(root, address);
            if (now == leaf) {
                return leaf;
            }
            sync.unlock(LockClass.PTL, leaf);
            leaf = now;
        }
        return 0;
    }

    private long entries(Job job, int fromLeaf, long[] toRow, long from, long to) {
        long[] row = tables.row(fromLeaf);
        int index = tables.pteIndex(from);
        int end = index + (int) ((to - from) >>> Geometry.PAGE_SHIFT);
        int first = index;
        while (index < end) {
            long entry = row[index];
            int run = 1;
            if (entry != Pte.NONE) {
                sync.point(Point.READ_PTE, (long) fromLeaf << 16 | index);
                entry = row[index];
                long address = from + ((long) (index - first) << Geometry.PAGE_SHIFT);
                if (Pte.isNormalPage(entry)) {
                    run = present(job, row, fromLeaf, toRow, index, end, entry, address);
                    if (run == 0) {
                        vmstat.did(Work.FORKED_PTES, index - first);
                        return address;
                    }
                } else {
                    other(job, row, fromLeaf, toRow, index, entry);
                }
            }
            index += run;
        }
        vmstat.did(Work.FORKED_PTES, index - first);
        return to;
    }

    /** Returns how many entries were copied; 0 if a page is needed first. */
    private int present(Job job, long[] row, int fromLeaf, long[] toRow, int index, int end, long entry, long address) {
        int page = Pte.pfn(entry);
        if (mms.hasPinned(job.parentMm) || !rmap.dupSmallAnonAndGet(page, job.to)) {
            return run(job, row, fromLeaf, toRow, index, end, page, address);
        }
        job.anon++;
        share(job, row, fromLeaf, toRow, index, entry);
        return 1;
    }

    /** A page of a large folio or of a file, or one that may be pinned: takes all entries that go on with its next pages. */
    private int run(Job job, long[] row, int fromLeaf, long[] toRow, int index, int end, int page, long address) {
        int head = frames.head(page);
        int most = job.spare != 0 ? 1 : Math.min(end - index, frames.pages(head) - (page - head));
        int count = Pte.run(row, index, most, job.ignored);
        frames.addRefs(head, count);
        if (!frames.test(head, Frames.ANON)) {
            rmap.dupFile(page, count, job.to);
        } else if (!rmap.tryDupAnon(page, count, job.from, job.to)) {
            frames.addRefs(head, -count);
            return job.spare == 0 ? 0 : copyPage(job, toRow, index, page, address, row[index]);
        }
        rss.add(job.childMm, head, count);
        for (int i = index; i < index + count; i++) {
            share(job, row, fromLeaf, toRow, i, row[i]);
        }
        return count;
    }

    /** Gives the child an entry, and takes the right to write from the parent's if the mapping copies on write. */
    private void share(Job job, long[] row, int fromLeaf, long[] toRow, int index, long entry) {
        long shared = entry;
        if (job.cow && (entry & Pte.WRITE) != 0) {
            sync.point(Point.WRITE_PTE, (long) fromLeaf << 16 | index);
            shared = row[index];
            row[index] = shared & ~Pte.WRITE;
        }
        toRow[index] = shared & ~job.dropped;
    }

    /** A page that a pin may write to stays the parent's; the child gets its contents. */
    private int copyPage(Job job, long[] toRow, int index, int page, long address, long entry) {
        int copy = job.spare;
        job.spare = 0;
        contents.copy(page, copy, 1);
        vmstat.did(Work.COPIED_PAGES, 1);
        rmap.addNewAnon(copy, job.to, address);
        rmap.addNewToLru(copy, job.to, address, MappingLevel.PTE);
        job.anon++;
        long flags = vmas.flags(job.to);
        long bits = PageProtection.ofPrivate(flags) | PageProtection.writeBit(flags) | Pte.ACCESSED | Pte.DIRTY;
        boolean watched = (entry & Pte.UFFD_WP) != 0 && VmFlags.any(flags, VmFlags.VM_UFFD_WP);
        toRow[index] = Pte.present(copy, watched ? bits & ~Pte.WRITE | Pte.UFFD_WP : bits);
        if (log.isOn()) {
            log.record(EventKind.FORK_COPY, job.parentMm, page, copy);
        }
        return 1;
    }

    /** The zero page, and entries that are not present. */
    private void other(Job job, long[] row, int fromLeaf, long[] toRow, int index, long entry) {
        if (Pte.isPresent(entry)) {
            share(job, row, fromLeaf, toRow, index, entry);
        } else if (Pte.isSwap(entry)) {
            swap.duplicate(Pte.swapOffset(entry));
            mms.addRssSwap(job.childMm, 1);
            row[index] = entry & ~Pte.SWAP_EXCLUSIVE;
            toRow[index] = row[index] & ~(job.dropped & Pte.UFFD_WP);
        } else if (Pte.isMigration(entry)) {
            rss.add(job.childMm, frames.head(Pte.pfn(entry)), 1);
            long shared = job.cow ? Pte.asReadableMigration(entry) : entry;
            row[index] = shared;
            toRow[index] = shared & ~(job.dropped & Pte.UFFD_WP);
        } else {
            int watched = (job.dropped & Pte.UFFD_WP) == 0 ? Pte.MARKER_UFFD_WP : 0;
            int kinds = Pte.markers(entry) & (Pte.MARKER_GUARD | Pte.MARKER_POISON | watched);
            toRow[index] = kinds == 0 ? Pte.NONE : Pte.marker(kinds);
        }
    }

    // ---- huge entries

    /** Copies a huge entry. Returns false if it is to be copied as a table: it is one by now, or was split for a pin. */
    private boolean huge(Job job, long address) {
        if (!vmas.isAnonymous(job.to)) {
            return true;
        }
        int fromTable = tables.pmdTable(job.fromRoot, address);
        int toTable = tables.pmdTableAlloc(job.toRoot, address);
        tables.lockPmd(toTable);
        sync.nestedLock(LockClass.PMD_LOCK, fromTable);
        long entry = tables.row(fromTable)[tables.pmdIndex(address)];
        boolean isHuge = !Pte.isNone(entry) && !Pte.isTable(entry);
        boolean copied = isHuge && hugeLocked(job, fromTable, toTable, address, entry);
        tables.unlockPmd(fromTable);
        tables.unlockPmd(toTable);
        if (isHuge && !copied) {
            boundaries.pmdSplit(job.from, address, BoundaryCause.FORK);
        }
        return copied;
    }

    private boolean hugeLocked(Job job, int fromTable, int toTable, long address, long entry) {
        long parents = entry & ~Pte.WRITE;
        if (Pte.isMigration(entry)) {
            parents = Pte.asReadableMigration(entry);
            mms.addRssAnon(job.childMm, tables.entries());
        } else if (Pte.isNormalPage(entry)) {
            int head = Pte.pfn(entry);
            frames.get(head);
            if (sharesPinned) {
                rmap.dupAnonPmdUnchecked(head, job.to);
            } else if (!rmap.tryDupAnonPmd(head, job.from, job.to)) {
                frames.addRefs(head, -1);
                return false;
            }
            mms.addRssAnon(job.childMm, tables.entries());
        }
        vmstat.did(Work.FORKED_PMDS, 1);
        tables.deposit(job.toRoot);
        if (parents != entry) {
            sync.point(Point.WRITE_PMD, (long) fromTable << 16 | tables.pmdIndex(address));
            tables.setPmd(job.fromRoot, fromTable, address, parents);
        }
        tables.setPmd(
                job.toRoot,
                toTable,
                address,
                parents & ~(Pte.isPresent(parents) ? job.dropped : job.dropped & Pte.UFFD_WP));
        return true;
    }
}
