package org.polymm.engine.split;

import java.util.Arrays;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * Copies the pages of a folio that a range of a VMA maps into new folios and maps those instead: what a plan to unshare asks for.
 *
 * <pre>
 *   without locks    look at the entries, allocate: pieces as large as the plan allows, naturally aligned, each of pages that are mapped
 *   under the PTL    the entries are as they were? the check of the plan passes for every page? else all is given back: EAGAIN
 *                    entries cleared, pages copied, entries of the copies set
 * </pre>
 *
 * <p>A range that two page tables map is refused: no one lock protects it.
 */
final class Unsharing {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long UNSTABLE = Pte.ACCESSED | Pte.DIRTY;

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting rmap;
    private final PmdSplit pmdSplit;
    private final Decisions decisions;

    Unsharing(
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Mappings mappings,
            PolicyGateway policies) {
        this.sync = sync;
        this.events = events;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.contents = memory.contents();
        this.vmstat = memory.vmstat();
        this.tables = tables;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.rmap = mappings.rmap();
        this.pmdSplit = mappings.pmdSplit();
        this.decisions = policies.decisions();
    }

    /** As {@link FolioSplitter#unshare}. */
    int unshare(int vma, int head, long from, long to, int order, SplitPlan.UnshareCheck check) {
        long first = vmas.start(vma) + ((frames.index(head) - vmas.pgoff(vma)) << Geometry.PAGE_SHIFT);
        long start = Math.max(first, Math.max(from, vmas.start(vma)));
        long end = Math.min(first + frames.pages(head) * PAGE, Math.min(to, vmas.end(vma)));
        if (start >= end || tables.pmdStart(start) != tables.pmdStart(end - PAGE) || vmas.anonVma(vma) == 0) {
            return -Errno.EAGAIN;
        }
        int root = mms.pgd(vmas.mm(vma));
        pmdSplit.split(vma, start);
        int leaf = tables.lockLeaf(root, start);
        if (leaf == 0) {
            return -Errno.EAGAIN;
        }
        int index = tables.pteIndex(start);
        int count = (int) ((end - start) / PAGE);
        long[] seen = Arrays.copyOfRange(tables.row(leaf), index, index + count);
        tables.unlockLeaf(leaf);
        int largest = order < 0 ? frames.order(head) : order;
        int[] copies = new int[count];
        if (!allocate(seen, start, head, largest, copies)) {
            giveBack(copies);
            return -Errno.ENOMEM;
        }
        leaf = tables.lockLeaf(root, start);
        int error = leaf == 0 || !isSame(tables.row(leaf), index, seen)
                ? -Errno.EAGAIN
                : clear(vma, leaf, index, start, head, seen, check);
        if (error == 0) {
            map(vma, tables.row(leaf), index, start, seen, copies);
        }
        if (leaf != 0) {
            tables.unlockLeaf(leaf);
        }
        if (error != 0) {
            giveBack(copies);
        }
        return error;
    }

    private boolean maps(long entry, int head) {
        return Pte.isNormalPage(entry) && frames.head(Pte.pfn(entry)) == head;
    }

    /** Allocates a copy for every run of pages; its head stands at the index of the run's first page. */
    private boolean allocate(long[] seen, long start, int head, int largest, int[] copies) {
        boolean any = false;
        int index = 0;
        while (index < seen.length) {
            if (!maps(seen[index], head)) {
                index++;
                continue;
            }
            int order = order(seen, index, start + index * PAGE, largest);
            int copy = order == 0 ? 0 : folios.tryAllocAnon(order);
            if (copy == 0) {
                order = 0;
                copy = folios.allocAnon(0);
            }
            if (copy == 0) {
                return false;
            }
            any = true;
            copies[index] = copy;
            index += 1 << order;
        }
        return any;
    }

    /** The largest order of a naturally aligned piece that begins here and consists of consecutive pages. */
    private int order(long[] seen, int index, long address, int largest) {
        for (int order = largest; order > 1; order--) {
            int pages = 1 << order;
            if ((address & pages * PAGE - 1) == 0 && index + pages <= seen.length && isRun(seen, index, pages)) {
                return order;
            }
        }
        return 0;
    }

    private boolean isRun(long[] seen, int index, int pages) {
        int page = Pte.pfn(seen[index]);
        for (int i = 1; i < pages; i++) {
            if (!Pte.isNormalPage(seen[index + i]) || Pte.pfn(seen[index + i]) != page + i) {
                return false;
            }
        }
        return frames.head(page) == frames.head(page + pages - 1);
    }

    private static boolean isSame(long[] row, int index, long[] seen) {
        for (int i = 0; i < seen.length; i++) {
            if (((row[index + i] ^ seen[i]) & ~UNSTABLE) != 0) {
                return false;
            }
            seen[i] = row[index + i];
        }
        return true;
    }

    /** Clears the entries, if the check passes for each page; else puts them back. The page-table lock is held. */
    private int clear(int vma, int leaf, int index, long start, int head, long[] seen, SplitPlan.UnshareCheck check) {
        long[] row = tables.row(leaf);
        int done = 0;
        boolean[] shared = new boolean[seen.length];
        for (; done < seen.length; done++) {
            if (!maps(seen[done], head)) {
                continue;
            }
            int page = Pte.pfn(seen[done]);
            boolean exclusive = frames.test(page, Frames.ANON_EXCLUSIVE);
            if (exclusive && check == SplitPlan.UnshareCheck.ONLY_SHARED) {
                break;
            }
            tables.writePoints(leaf, start + done * PAGE, 1);
            seen[done] = row[index + done];
            row[index + done] = Pte.NONE;
            if (exclusive && check == SplitPlan.UnshareCheck.SHARE_THEN_COPY) {
                if (!rmap.tryShareAnon(page)) {
                    row[index + done] = seen[done];
                    break;
                }
                shared[done] = true;
            } else if (exclusive && decisions.refuses(SafetyRule.COPY_REPLACES_EXCLUSIVE_PAGE)) {
                row[index + done] = seen[done];
                break;
            }
        }
        if (done == seen.length) {
            sync.point(Point.TLB_FLUSH, vmas.mm(vma));
            return 0;
        }
        for (int i = 0; i < done; i++) {
            if (maps(seen[i], head)) {
                row[index + i] = seen[i];
                if (shared[i]) {
                    frames.setFlags(Pte.pfn(seen[i]), Frames.ANON_EXCLUSIVE);
                }
            }
        }
        return -Errno.EAGAIN;
    }

    private void map(int vma, long[] row, int index, long start, long[] seen, int[] copies) {
        for (int at = 0; at < seen.length; at++) {
            int copy = copies[at];
            if (copy == 0) {
                continue;
            }
            int pages = frames.pages(copy);
            int page = Pte.pfn(seen[at]);
            int head = frames.head(page);
            long address = start + at * PAGE;
            contents.copy(page, copy, pages);
            frames.addRefs(copy, pages - 1);
            rmap.addNewAnon(copy, vma, address);
            rmap.addNewToLru(copy, vma, address, MappingLevel.PTE);
            long bits = PageProtection.ofPrivate(vmas.flags(vma)) | Pte.DIRTY;
            for (int i = 0; i < pages; i++) {
                long kept = seen[at + i] & (Pte.WRITE | Pte.ACCESSED | Pte.UFFD_WP | Pte.SOFT_DIRTY);
                row[index + at + i] = Pte.present(copy + i, bits | kept);
            }
            rmap.remove(page, pages, vma, address);
            folios.put(head, pages);
            vmstat.did(Work.COPIED_PAGES, pages);
            events.record(EventKind.UNSHARE, vmas.mm(vma), address, copy);
        }
    }

    private void giveBack(int[] copies) {
        for (int copy : copies) {
            if (copy != 0) {
                folios.put(copy, 1);
            }
        }
    }
}
