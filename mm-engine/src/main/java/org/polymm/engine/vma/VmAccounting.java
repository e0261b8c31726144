package org.polymm.engine.vma;

import org.polymm.engine.state.Geometry;

/** How many pages of which kind an address space maps, and whether it may map more. Pages, but for resource limits. */
public final class VmAccounting {

    private final MmTable mms;
    private final MapLimits limits;

    VmAccounting(MmTable mms, MapLimits limits) {
        this.mms = mms;
        this.limits = limits;
    }

    /**
     * {@code vm_stat_account}: {@code total_vm}, and one of {@code exec_vm}, {@code stack_vm} and {@code data_vm}.
     *
     * @param pages how many more pages have these flags; negative for fewer
     */
    public void account(int mm, long flags, long pages) {
        if (pages < 0) {
            mms.noteVmPeak(mm);
        }
        mms.addTotalVm(mm, pages);
        if (VmFlags.countsAsExec(flags)) {
            mms.addExecVm(mm, pages);
        } else if (VmFlags.countsAsStack(flags)) {
            mms.addStackVm(mm, pages);
        } else if (VmFlags.countsAsData(flags)) {
            mms.addDataVm(mm, pages);
        }
    }

    /** As {@link #account}, and {@code locked_vm} if the flags have VM_LOCKED. */
    void accountWithLocked(int mm, long flags, long pages) {
        account(mm, flags, pages);
        if (VmFlags.any(flags, VmFlags.VM_LOCKED)) {
            mms.addLockedVm(mm, pages);
        }
    }

    /** {@code may_expand_vm}: whether RLIMIT_AS and, for private writable mappings, RLIMIT_DATA allow more pages. */
    public boolean mayExpand(int mm, long flags, long pages) {
        return mms.totalVm(mm) + pages <= mms.rlimitAs(mm) >> Geometry.PAGE_SHIFT
                && (!VmFlags.countsAsData(flags)
                        || mms.dataVm(mm) + pages <= mms.rlimitData(mm) >> Geometry.PAGE_SHIFT);
    }

    /**
     * {@code mlock_future_ok}: whether RLIMIT_MEMLOCK allows more locked pages.
     *
     * @param flags of the mapping; without VM_LOCKED the limit does not matter
     */
    public boolean mayLock(int mm, long flags, long pages) {
        return !VmFlags.any(flags, VmFlags.VM_LOCKED)
                || mms.capIpcLock(mm)
                || mms.lockedVm(mm) + pages <= mms.rlimitMemlock(mm) >> Geometry.PAGE_SHIFT;
    }

    /**
     * Whether {@code vm.max_map_count} keeps mmap and brk from adding a mapping. They look before they know whether the
     * mapping will merge, and let the count reach one above the limit.
     */
    public boolean tooManyToMap(int mm) {
        return mms.mapCount(mm) > limits.maxMapCount();
    }

    /** Whether {@code vm.max_map_count} keeps a VMA from being split. */
    public boolean tooManyToSplit(int mm) {
        return mms.mapCount(mm) >= limits.maxMapCount();
    }

    /** Whether {@code vm.max_map_count} keeps mremap from moving, which may need three VMAs more. */
    public boolean tooManyToMove(int mm) {
        return mms.mapCount(mm) >= limits.maxMapCount() - 3;
    }
}
