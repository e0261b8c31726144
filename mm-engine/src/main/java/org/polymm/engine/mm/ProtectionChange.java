package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Makes the entries of a range agree with what its VMA allows: {@code change_protection}.
 *
 * <p>Taking a right away takes it from every entry. Giving the right to write does not: the first write must be noticed where it could
 * still mean a copy, or where a file must hear of it. An entry becomes writable at once only where a fault would find nothing to do:
 *
 * <pre>
 *   private   the page is anonymous and exclusive, and userfaultfd does not watch it
 *   shared    the entry is dirty already, and userfaultfd does not watch it
 * </pre>
 */
final class ProtectionChange {

    private final Frames frames;
    private final Files files;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final Boundaries boundaries;
    private final Sync sync;
    private final MmTable mms;
    private final VmaTable vmas;

    ProtectionChange(MmContext parts, Boundaries boundaries) {
        this.frames = parts.memory().frames();
        this.files = parts.files();
        this.vmstat = parts.memory().vmstat();
        this.tables = parts.tables();
        this.boundaries = boundaries;
        this.sync = parts.sync();
        this.mms = parts.spaces().mms();
        this.vmas = parts.spaces().vmas();
    }

    /**
     * Changes entries.
     *
     * @param vma the VMA, with its new flags, locked for writing
     * @param start in bytes
     * @param end in bytes
     */
    void range(int vma, long start, long end) {
        int mm = vmas.mm(vma);
        int root = mms.pgd(mm);
        long flags = vmas.flags(vma);
        boolean notified = isFileNotified(vma);
        long protection = PageProtection.of(flags, notified);
        boolean upgrades = VmFlags.any(flags, VmFlags.VM_WRITE) && (protection & Pte.WRITE) == 0;
        boolean changed = false;
        long at = tables.nextPopulated(root, start, end);
        while (at < end) {
            long next = tables.pmdEnd(at, end);
            changed |= pmd(root, vma, at, next, protection, upgrades);
            at = tables.nextPopulated(root, next, end);
        }
        if (changed) {
            sync.point(Point.TLB_FLUSH, mm);
        }
    }

    /** Files other than shmem keep track of which of their pages are dirty. */
    private boolean isFileNotified(int vma) {
        int file = vmas.file(vma);
        return file != 0 && !files.is(file, Files.SHMEM | Files.HUGETLB);
    }

    private boolean pmd(int root, int vma, long at, long next, long protection, boolean upgrades) {
        long entry = tables.pmd(root, at);
        if (!Pte.isTable(entry) && !Pte.isNone(entry)) {
            if (next - at != tables.pmdSize()) {
                boundaries.pmdSplit(vma, at, BoundaryCause.MPROTECT);
            } else if (huge(root, vma, at, protection, upgrades)) {
                return true;
            }
        }
        int leaf = tables.lockLeaf(root, at);
        if (leaf == 0) {
            return false;
        }
        boolean changed = entries(vma, tables.row(leaf), leaf, at, next, protection, upgrades);
        tables.unlockLeaf(leaf);
        return changed;
    }

    private boolean entries(int vma, long[] row, int leaf, long from, long to, long protection, boolean upgrades) {
        int index = tables.pteIndex(from);
        int end = index + (int) ((to - from) >>> Geometry.PAGE_SHIFT);
        int changed = 0;
        for (; index < end; index++) {
            long entry = row[index];
            if (entry == Pte.NONE) {
                continue;
            }
            long now = Pte.isPresent(entry) ? present(vma, entry, protection, upgrades) : absent(entry);
            if (now != entry) {
                sync.point(Point.WRITE_PTE, (long) leaf << 16 | index);
                // The processor may have set bits meanwhile, and they must not be lost.
                long last = row[index];
                row[index] = Pte.isPresent(last) ? present(vma, last, protection, upgrades) : now;
                changed++;
            }
        }
        vmstat.did(Work.PROTECTED_PTES, changed);
        return changed != 0;
    }

    private long present(int vma, long entry, long protection, boolean upgrades) {
        long now = Pte.withProtection(entry, protection);
        if ((entry & Pte.UFFD_WP) != 0) {
            return now & ~Pte.WRITE;
        }
        return upgrades && mayWriteWithoutFault(vma, entry) ? now | Pte.WRITE : now;
    }

    /** {@code can_change_pte_writable}; of a huge entry the first page speaks for all. */
    private boolean mayWriteWithoutFault(int vma, long entry) {
        if (vmas.has(vma, VmFlags.VM_SHARED)) {
            return (entry & Pte.DIRTY) != 0;
        }
        return Pte.isNormalPage(entry)
                && frames.testAll(Pte.pfn(entry), Frames.ANON_EXCLUSIVE)
                && frames.test(frames.head(Pte.pfn(entry)), Frames.ANON);
    }

    /** A page under migration will not be writable when it is back, whatever the new flags are. */
    private static long absent(long entry) {
        return Pte.isMigration(entry) ? Pte.asReadOnlyMigration(entry) : entry;
    }

    /** Changes a huge entry as a whole. Returns false if it is not huge any more once the lock is held. */
    private boolean huge(int root, int vma, long address, long protection, boolean upgrades) {
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        int index = tables.pmdIndex(address);
        sync.point(Point.WRITE_PMD, (long) pmdTable << 16 | index);
        long entry = tables.row(pmdTable)[index];
        boolean isHuge = !Pte.isNone(entry) && !Pte.isTable(entry);
        if (isHuge) {
            long now = Pte.isPresent(entry) ? present(vma, entry, protection, upgrades) : absent(entry);
            tables.setPmd(root, pmdTable, address, now);
            vmstat.did(Work.PROTECTED_PTES, 1);
        }
        tables.unlockPmd(pmdTable);
        return isHuge;
    }
}
