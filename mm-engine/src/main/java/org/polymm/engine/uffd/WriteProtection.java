package org.polymm.engine.uffd;

import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryKind;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.FolioCuts;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.PmdSplit;
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
 * Write-protects a range for userfaultfd, or ends that: {@code uffd_wp_range}, {@code change_protection} with {@code MM_CP_UFFD_WP}.
 *
 * <pre>
 *                 protect                                     end
 *   page          bit set, not writable                       bit cleared; writable if no fault would find anything to do
 *   swap entry    bit set                                     bit cleared
 *   none          marker, if the VMA has markers              none
 *   marker        stays; poison and guards are left alone     wp: none; poison and guards are left alone
 *   huge entry    as a page if all of it is meant and it is   as a page if all of it is meant
 *                 anonymous; else split
 * </pre>
 */
final class WriteProtection {

    private final UserfaultContexts contexts;
    private final PageTables tables;
    private final Frames frames;
    private final Vmstat vmstat;
    private final PmdSplit pmdSplit;
    private final FolioCuts cuts;
    private final Files files;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Sync sync;
    private final EventLog log;

    WriteProtection(UserfaultParts parts) {
        contexts = parts.contexts();
        tables = parts.tables();
        frames = parts.memory().frames();
        vmstat = parts.memory().vmstat();
        pmdSplit = parts.mappings().pmdSplit();
        cuts = parts.mappings().cuts();
        files = parts.files();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        sync = parts.sync();
        log = parts.events();
    }

    /** What is done to the entries of a VMA. */
    private record Change(int vma, boolean protects, boolean marks, long protection, boolean upgrades) {}

    /**
     * Changes entries. The mmap lock is held.
     *
     * @param vma a VMA that is registered for write protection
     * @param start in bytes
     * @param end in bytes, not above the VMA's
     * @param protects whether to protect or to end that
     */
    void range(int vma, long start, long end, boolean protects) {
        int mm = vmas.mm(vma);
        int root = mms.pgd(mm);
        long flags = vmas.flags(vma);
        long protection = PageProtection.of(flags, isFileNotified(vma));
        boolean upgrades = !protects && VmFlags.any(flags, VmFlags.VM_WRITE) && (protection & Pte.WRITE) == 0;
        Change change = new Change(vma, protects, protects && usesMarkers(vma), protection, upgrades);
        boolean changed = false;
        for (long at = first(change, root, start, end); at < end; ) {
            long next = tables.pmdEnd(at, end);
            changed |= pmd(change, root, at, next);
            at = first(change, root, next, end);
        }
        if (changed) {
            sync.point(Point.TLB_FLUSH, mm);
        }
    }

    private long first(Change change, int root, long at, long end) {
        return change.marks || at >= end ? at : tables.nextPopulated(root, at, end);
    }

    private boolean isFileNotified(int vma) {
        int file = vmas.file(vma);
        return file != 0 && !files.is(file, Files.SHMEM | Files.HUGETLB);
    }

    /** {@code userfaultfd_wp_use_markers}. */
    private boolean usesMarkers(int vma) {
        return vmas.has(vma, VmFlags.VM_UFFD_WP)
                && (!vmas.isAnonymous(vma) || contexts.has(vmas.uffd(vma), UserfaultFlags.FEATURE_WP_UNPOPULATED));
    }

    /** What one PMD entry maps. Others may map it by a huge entry or take its table away meanwhile; then all is looked at again. */
    private boolean pmd(Change change, int root, long at, long next) {
        if (change.marks) {
            tables.pmdTableAlloc(root, at);
        }
        while (true) {
            long entry = tables.pmd(root, at);
            if (Pte.isNone(entry) && !change.marks) {
                return false;
            }
            if (!Pte.isTable(entry) && !Pte.isNone(entry)) {
                boolean asWhole = next - at == tables.pmdSize() && (!change.protects || vmas.isAnonymous(change.vma));
                if (!asWhole) {
                    split(change.vma, at);
                } else if (huge(change, root, at)) {
                    return true;
                }
            }
            if (change.marks && tables.leafAlloc(root, at) == 0) {
                continue;
            }
            int leaf = tables.lockLeaf(root, at);
            if (leaf != 0) {
                boolean changed = entries(change, leaf, at, next);
                tables.unlockLeaf(leaf);
                return changed;
            }
        }
    }

    private void split(int vma, long address) {
        int head = pmdSplit.split(vma, address);
        if (head != 0) {
            cuts.askAndDefer(BoundaryKind.PMD_SPLIT, BoundaryCause.USERFAULTFD, vma, head, address, false);
        }
    }

    private boolean entries(Change change, int leaf, long from, long to) {
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(from);
        int end = index + (int) ((to - from) >>> Geometry.PAGE_SHIFT);
        int changed = 0;
        for (long at = from; index < end; index++, at += Geometry.PAGE_SIZE) {
            if (changed(change, row[index]) != row[index]) {
                sync.point(Point.WRITE_PTE, (long) leaf << 16 | index);
                // The processor may have set bits meanwhile, and they must not be lost.
                long before = row[index];
                row[index] = changed(change, before);
                changed++;
                note(change, at, before, row[index]);
            }
        }
        vmstat.did(Work.PROTECTED_PTES, changed);
        return changed != 0;
    }

    private void note(Change change, long address, long before, long after) {
        if (log.isOn() && (Pte.isMarker(before) || Pte.isMarker(after))) {
            log.record(
                    Pte.isMarker(after) ? EventKind.MARKER_SET : EventKind.MARKER_CLEAR,
                    vmas.mm(change.vma),
                    address,
                    Pte.MARKER_UFFD_WP);
        }
    }

    private long changed(Change change, long entry) {
        if (entry == Pte.NONE) {
            return change.marks ? Pte.marker(Pte.MARKER_UFFD_WP) : entry;
        }
        if (Pte.isPresent(entry)) {
            return present(change, entry);
        }
        if (Pte.isMarker(entry)) {
            return !change.protects && Pte.markers(entry) == Pte.MARKER_UFFD_WP ? Pte.NONE : entry;
        }
        long weaker = Pte.isMigration(entry) ? Pte.asReadOnlyMigration(entry) : entry;
        return change.protects ? weaker | Pte.UFFD_WP : weaker & ~Pte.UFFD_WP;
    }

    private long present(Change change, long entry) {
        long now = Pte.withProtection(entry, change.protection);
        if (change.protects) {
            return now & ~Pte.WRITE | Pte.UFFD_WP;
        }
        now &= ~Pte.UFFD_WP;
        return change.upgrades && mayWriteWithoutFault(change.vma, entry) ? now | Pte.WRITE : now;
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

    /** Changes a huge entry as a whole. Returns false if it is not huge any more once the lock is held. */
    private boolean huge(Change change, int root, long address) {
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        int index = tables.pmdIndex(address);
        sync.point(Point.WRITE_PMD, (long) pmdTable << 16 | index);
        long entry = tables.row(pmdTable)[index];
        boolean isHuge = !Pte.isNone(entry) && !Pte.isTable(entry);
        if (isHuge) {
            tables.setPmd(root, pmdTable, address, changed(change, entry));
            vmstat.did(Work.PROTECTED_PTES, 1);
        }
        tables.unlockPmd(pmdTable);
        return isHuge;
    }
}
