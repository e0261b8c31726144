package org.polymm.engine.mm;

import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Guard regions: ranges whose every page ends an access with SIGSEGV, without a VMA of their own.
 *
 * <pre>
 *   install    [  page  | none | marker |  huge ...  )   what is mapped is discarded first, then every entry is a guard marker
 *   remove     [ marker | page |  none  |  marker    )   guard markers become none, all else stays
 * </pre>
 *
 * <p>A VMA with guard regions must have its page tables copied by fork. Installing marks it with VM_MAYBE_GUARD for that, which stays through
 * merges and splits; one of anonymous memory gets its anon_vma as well, as if it had been faulted, and one of a file does not. Under the other state
 * of {@link Mechanism#GUARD_INSTALL} the anon_vma is all there is, and a mapping of a file gets one, too.
 */
final class GuardRegions {

    /** How often a range that is faulted in again and again is discarded before the call is begun anew. */
    private static final int RETRIES = 3;

    private final PageTables tables;
    private final AnonVmas anonVmas;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Zap zap;
    private final Sync sync;
    private final boolean isBitKept;
    private final EventLog log;

    GuardRegions(MmContext parts, Zap zap) {
        this.tables = parts.tables();
        this.anonVmas = parts.spaces().anonVmas();
        this.mms = parts.spaces().mms();
        this.vmas = parts.spaces().vmas();
        this.zap = zap;
        this.sync = parts.sync();
        this.isBitKept = parts.mechanisms().is(Mechanism.GUARD_INSTALL, "sticky-bit");
        this.log = parts.log();
    }

    /**
     * MADV_GUARD_INSTALL on a part of a VMA. The mmap lock is held for reading.
     *
     * @param vma the VMA
     * @param start in bytes
     * @param end in bytes
     * @return 0; -EINVAL for mlocked, special and hugetlb mappings; -EAGAIN if other tasks fault the range in as fast as it is discarded
     */
    int install(int vma, long start, long end) {
        if (vmas.has(vma, VmFlags.VM_SPECIAL | VmFlags.VM_HUGETLB | VmFlags.VM_LOCKED)) {
            return -Errno.EINVAL;
        }
        if (isBitKept) {
            sync.point(Point.WRITE_VMA, vma);
            vmas.changeFlags(vma, VmFlags.VM_MAYBE_GUARD, 0);
        }
        if (!isBitKept || vmas.isAnonymous(vma)) {
            anonVmas.prepare(vma);
        }
        for (int attempt = 0; attempt < RETRIES; attempt++) {
            if (mark(vma, start, end)) {
                return 0;
            }
            Gather gather = zap.gather(vmas.mm(vma));
            zap.range(gather, vma, start, end, 0, BoundaryCause.MADVISE);
            gather.finish();
        }
        return -Errno.EAGAIN;
    }

    /** Puts markers into all entries until it meets one that holds something else. Returns whether it met none. */
    private boolean mark(int vma, long start, long end) {
        int root = mms.pgd(vmas.mm(vma));
        for (long at = start; at < end; at = tables.pmdEnd(at, end)) {
            if (tables.leafAlloc(root, at) == 0) {
                return false;
            }
            int leaf = tables.lockLeaf(root, at);
            boolean done = leaf != 0 && markIn(vma, leaf, at, tables.pmdEnd(at, end));
            if (leaf != 0) {
                tables.unlockLeaf(leaf);
            }
            if (!done) {
                return false;
            }
        }
        return true;
    }

    private boolean markIn(int vma, int leaf, long from, long to) {
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(from);
        int end = index + (int) Pages.count(to - from);
        for (long at = from; index < end; index++, at += Geometry.PAGE_SIZE) {
            if ((Pte.markers(row[index]) & Pte.MARKER_GUARD) == 0) {
                if (row[index] != Pte.NONE) {
                    return false;
                }
                write(vma, leaf, index, at, Pte.marker(Pte.MARKER_GUARD));
            }
        }
        return true;
    }

    /**
     * MADV_GUARD_REMOVE on a part of a VMA. The mmap lock is held for reading.
     *
     * @param vma the VMA
     * @param start in bytes
     * @param end in bytes
     * @return 0; -EINVAL for special and hugetlb mappings
     */
    int remove(int vma, long start, long end) {
        if (vmas.has(vma, VmFlags.VM_SPECIAL | VmFlags.VM_HUGETLB)) {
            return -Errno.EINVAL;
        }
        int root = mms.pgd(vmas.mm(vma));
        long at = tables.nextPopulated(root, start, end);
        while (at < end) {
            long next = tables.pmdEnd(at, end);
            int leaf = tables.lockLeaf(root, at);
            if (leaf != 0) {
                unmarkIn(vma, leaf, at, next);
                tables.unlockLeaf(leaf);
            }
            at = tables.nextPopulated(root, next, end);
        }
        return 0;
    }

    private void unmarkIn(int vma, int leaf, long from, long to) {
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(from);
        int end = index + (int) Pages.count(to - from);
        for (long at = from; index < end; index++, at += Geometry.PAGE_SIZE) {
            if ((Pte.markers(row[index]) & Pte.MARKER_GUARD) != 0) {
                write(vma, leaf, index, at, Pte.NONE);
            }
        }
    }

    private void write(int vma, int leaf, int index, long address, long entry) {
        sync.point(Point.WRITE_PTE, (long) leaf << 16 | index);
        tables.row(leaf)[index] = entry;
        if (log.isOn()) {
            EventKind kind = entry == Pte.NONE ? EventKind.MARKER_CLEAR : EventKind.MARKER_SET;
            log.record(kind, vmas.mm(vma), address, Pte.MARKER_GUARD);
        }
    }
}
