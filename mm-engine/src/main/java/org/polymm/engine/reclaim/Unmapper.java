package org.polymm.engine.reclaim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.rmap.RmapVisitor;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Takes away the entries that map a folio: {@code try_to_unmap}. Those of a folio in the swap cache become swap entries, those of a clean
 * lazily freed one and those of the page cache become none; where userfaultfd protects a page of a file, a marker says so afterwards.
 *
 * <p>It stops at the first obstacle, with what it did before done: a VM_LOCKED VMA, a page that is pinned, a lazily freed folio that was
 * written after all.
 */
final class Unmapper {

    private static final long PAGE = Geometry.PAGE_SIZE;

    /** Bits in which the entries of a run may differ. */
    private static final long IGNORED = Pte.ACCESSED | Pte.DIRTY | Pte.WRITE | Pte.SOFT_DIRTY;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting rmapCounts;
    private final RssAccounting rss;
    private final PmdSplit pmdSplit;
    private final RmapWalk rmap;
    private final SwapCache swap;
    private final LockedVmaWalk locked;

    /** The walk that nobody makes now, to be made again. */
    private @Nullable Visit idle = new Visit();

    Unmapper(ReclaimParts parts, LockedVmaWalk locked) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        rmapCounts = parts.mappings().rmap();
        rss = parts.mappings().rss();
        pmdSplit = parts.mappings().pmdSplit();
        rmap = parts.rmap();
        swap = parts.swap();
        this.locked = locked;
    }

    /**
     * Unmaps; whether all mappings went is seen at the folio.
     *
     * @param head a locked folio, in the swap cache, lazily freed or in the page cache; the caller has a reference
     */
    void unmap(int head) {
        Visit visit = idle != null ? idle : new Visit();
        idle = null;
        visit.begin(head);
        rmap.walk(head, visit);
        visit.begin(0);
        idle = visit;
    }

    /** One walk. */
    private final class Visit implements RmapVisitor {

        private final int[] seen = new int[2];
        private int head;

        void begin(int folio) {
            head = folio;
            seen[0] = 0;
            seen[1] = 0;
        }

        @Override
        public boolean visit(int mm, int vma, long address, int firstPage, int pages) {
            if (vmas.has(vma, VmFlags.VM_LOCKED)) {
                seen[0] = 0;
                locked.walk(vma, head, address, pages, true, seen);
                return seen[0] == 0;
            }
            int root = mms.pgd(mm);
            long end = address + pages * PAGE;
            boolean on = true;
            boolean cleared = false;
            for (long at = address; at < end && on; at = tables.pmdEnd(at, end)) {
                int leaf = tables.lockLeaf(root, at);
                if (leaf == 0 && mapsHuge(root, at)) {
                    pmdSplit.split(vma, at);
                    leaf = tables.lockLeaf(root, at);
                }
                if (leaf != 0) {
                    int before = frames.mapcount(head);
                    on = entries(mm, vma, leaf, at, tables.pmdEnd(at, end));
                    cleared |= frames.mapcount(head) != before;
                    tables.unlockLeaf(leaf);
                }
            }
            if (cleared) {
                sync.point(Point.TLB_FLUSH, mm);
            }
            return on;
        }

        private boolean mapsHuge(int root, long address) {
            long pmd = tables.pmd(root, address);
            return Pte.isHuge(pmd) && Pte.pfn(pmd) == head;
        }

        private boolean entries(int mm, int vma, int leaf, long from, long to) {
            long[] row = tables.row(leaf);
            for (long at = from; at < to; ) {
                int index = tables.pteIndex(at);
                long entry = row[index];
                if (!Pte.isNormalPage(entry) || frames.head(Pte.pfn(entry)) != head) {
                    at += PAGE;
                    continue;
                }
                tables.writePoints(leaf, at, 1);
                int run = take(mm, leaf, row, index, (int) ((to - at) / PAGE));
                if (run == 0) {
                    return false;
                }
                rss.add(mm, head, -run);
                rmapCounts.remove(Pte.pfn(entry), run, vma, at);
                folios.put(head, run);
                at += run * PAGE;
            }
            return true;
        }

        private int take(int mm, int leaf, long[] row, int index, int most) {
            if (!frames.test(head, Frames.ANON)) {
                return forget(row, index);
            }
            return frames.test(head, Frames.SWAPBACKED) ? swapOut(mm, leaf, row, index) : discard(row, index, most);
        }

        /** Clears the entry of one page of the page cache, where it is found again. */
        private int forget(long[] row, int index) {
            long entry = row[index];
            noteDirty(entry);
            row[index] = (entry & Pte.UFFD_WP) != 0 ? Pte.marker(Pte.MARKER_UFFD_WP) : Pte.NONE;
            return 1;
        }

        /** Replaces the entry of one page by a swap entry. Returns 1; 0, with nothing changed, if the page is pinned. */
        private int swapOut(int mm, int leaf, long[] row, int index) {
            long entry = row[index];
            int page = Pte.pfn(entry);
            row[index] = Pte.NONE;
            noteDirty(entry);
            boolean exclusive = frames.test(page, Frames.ANON_EXCLUSIVE);
            boolean shared = !exclusive || rmapCounts.tryShareAnon(page);
            tables.touchEntries(leaf, index, index + 1);
            if (!shared) {
                row[index] = entry;
                return 0;
            }
            int slot = frames.privateWord(head) + (page - head);
            swap.duplicate(slot);
            mms.addRssSwap(mm, 1);
            row[index] = Pte.swap(slot, exclusive) | entry & (Pte.UFFD_WP | Pte.SOFT_DIRTY);
            return 1;
        }

        /**
         * Clears the entries of consecutive pages of a lazily freed folio. Returns how many; 0, with nothing changed, if the folio was written
         * or somebody refers to it: then it is as other memory again.
         */
        private int discard(long[] row, int index, int most) {
            int page = Pte.pfn(row[index]);
            int run = Pte.run(row, index, Math.min(most, head + frames.pages(head) - page), IGNORED);
            for (int i = index; i < index + run; i++) {
                noteDirty(row[i]);
            }
            if (frames.refcount(head) != 1 + frames.mapcount(head) || frames.test(head, Frames.DIRTY)) {
                frames.setFlags(head, Frames.SWAPBACKED);
                return 0;
            }
            Arrays.fill(row, index, index + run, Pte.NONE);
            return run;
        }

        private void noteDirty(long entry) {
            if ((entry & Pte.DIRTY) != 0) {
                frames.setFlags(head, Frames.DIRTY);
            }
        }
    }
}
