package org.polymm.engine.fault;

import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;

/**
 * Memory accesses of programs: what the processor does with an address. It reads the page tables, sets accessed and dirty bits, and traps
 * into the fault handler as often as it must.
 */
public final class MemoryAccess {

    /** A load. */
    public static final int READ = 0;
    /** A store. */
    public static final int WRITE = 1;
    /** An instruction fetch. */
    public static final int EXEC = 2;

    /**
     * How often an access may trap before that is taken for an error of the simulator. A fault that lost a race may have to come back; a
     * dozen tasks that race need not come near this.
     */
    private static final int TRAPS_LIMIT = 1_000;

    private final FaultHandler faults;
    private final PageTables tables;
    private final MmTable mms;
    private final Sync sync;
    private final Vmstat vmstat;

    MemoryAccess(FaultParts parts, FaultHandler faults) {
        this.faults = faults;
        tables = parts.tables();
        mms = parts.spaces().mms();
        sync = parts.sync();
        vmstat = parts.memory().vmstat();
    }

    /**
     * Accesses memory. When it returns, the access has happened as far as page tables are concerned, and no scheduling point lies between
     * that and the return: contents may be read or written at once.
     *
     * @param mm the address space
     * @param address in bytes, below the end of user space
     * @param access {@link #READ}, {@link #WRITE} or {@link #EXEC}
     * @return the frame that was accessed, at least 1; or {@link FaultResult#SIGSEGV}, {@link FaultResult#SIGBUS} or
     *     {@link FaultResult#OOM}
     */
    public int access(int mm, long address, int access) {
        int pfn = translate(mm, address, access);
        return pfn != 0 ? pfn : trap(mm, address, access);
    }

    private int trap(int mm, long address, int access) {
        for (int traps = 0; traps < TRAPS_LIMIT; traps++) {
            vmstat.did(Work.TRAPS, 1);
            int result = faults.fault(mm, address, access);
            if (result < 0) {
                return result;
            }
            int pfn = translate(mm, address, access);
            if (pfn != 0) {
                return pfn;
            }
        }
        throw new IllegalStateException("access " + access + " to 0x" + Long.toHexString(address) + " of mm " + mm
                + " still traps after " + TRAPS_LIMIT + " faults; the entry is "
                + Pte.describe(tables.lookup(mms.pgd(mm), address)));
    }

    /**
     * What the processor does before it traps: looks the address up and sets accessed and dirty bits.
     *
     * @return the frame, or 0 if the access traps
     */
    private int translate(int mm, long address, int access) {
        int root = mms.pgd(mm);
        int leaf = tables.leaf(root, address);
        if (sync.isScheduled()) {
            leaf = pointThenLeaf(root, address, access);
        }
        if (leaf == 0) {
            return translateHuge(root, address, access);
        }
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        long entry = row[index];
        if (!Pte.permits(entry, access == WRITE, access == EXEC)) {
            return 0;
        }
        long used = entry | Pte.ACCESSED | (access == WRITE ? Pte.DIRTY : 0);
        if (used != entry) {
            row[index] = used;
        }
        return Pte.pfn(entry);
    }

    private int pointThenLeaf(int root, long address, int access) {
        tables.accessPoint(root, address, access == WRITE);
        return tables.leaf(root, address);
    }

    private int translateHuge(int root, long address, int access) {
        long entry = tables.pmd(root, address);
        if (!Pte.isHuge(entry) || !Pte.permits(entry, access == WRITE, access == EXEC)) {
            return 0;
        }
        tables.touchHuge(root, address, Pte.ACCESSED | (access == WRITE ? Pte.DIRTY : 0));
        return Pte.pfn(entry) + tables.pteIndex(address);
    }
}
