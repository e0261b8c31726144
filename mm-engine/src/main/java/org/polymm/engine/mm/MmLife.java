package org.polymm.engine.mm;

import org.polymm.api.StateScope;
import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.collapse.Collapse;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.PolicyMemories;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.Unmapping;
import org.polymm.engine.vma.VmaTable;

/**
 * How address spaces begin and end: the first process, exec, exit.
 *
 * <pre>
 *   exit    mmap lock read    remove entries of all VMAs | flush, free pages
 *           mmap lock write   leave rmap trees | free page tables | free VMAs
 *           free the root table and the mm
 * </pre>
 */
public final class MmLife {

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final Unmapping unmapping;
    private final PageTables tables;
    private final MunmapOps munmap;
    private final Zap zap;
    private final PolicyMemories memories;
    private final EventLog log;
    private final Collapse collapse;
    private final long taskSize;

    MmLife(MmContext parts, MunmapOps munmap, Zap zap) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.unmapping = spaces.unmapping();
        this.tables = parts.tables();
        this.munmap = munmap;
        this.zap = zap;
        this.memories = parts.policies().memories();
        this.log = parts.log();
        this.collapse = parts.collapse();
        this.taskSize = parts.geometry().taskSize();
    }

    /**
     * Makes an address space without any mapping, with the default limits.
     *
     * @return the mm
     */
    public int spawn() {
        int mm = newMm();
        log.record(EventKind.SPAWN, mm, 0, 0);
        return mm;
    }

    /** An empty address space with a root table and an id for the mapcount scheme. */
    int newMm() {
        int mm = spaces.newMm();
        mms.pgd(mm, tables.newRoot());
        mms.mapcountId(mm, mm);
        long heap = Pages.alignUp(taskSize / 3);
        mms.startBrk(mm, heap);
        mms.brk(mm, heap);
        return mm;
    }

    /**
     * execve(2), as far as memory is concerned: the process gets a new address space without mappings, and keeps its limits. What mlockall
     * asked for ends.
     *
     * @param mm the old address space, which is gone afterwards
     * @return the new one
     */
    public int exec(int mm) {
        int fresh = newMm();
        mms.copyLimits(mm, fresh);
        mms.mmapBase(fresh, mms.mmapBase(mm));
        mms.owner(fresh, mms.owner(mm));
        mms.parent(fresh, mms.parent(mm));
        log.record(EventKind.EXEC, mm, 0, 0);
        tearDown(mm);
        return fresh;
    }

    /**
     * exit(2), as far as memory is concerned: {@code exit_mmap}.
     *
     * @param mm the address space, which is gone afterwards
     * @return 0; -ESRCH if there is no such mm
     */
    public int exit(int mm) {
        if (!mms.isLive(mm)) {
            return -Errno.ESRCH;
        }
        log.record(EventKind.EXIT, mm, 0, 0);
        tearDown(mm);
        return 0;
    }

    /** Unmaps everything and frees the mm. Also of a child whose fork failed half way. */
    void tearDown(int mm) {
        locks.readLock(mm);
        mms.stateFlags(mm, mms.stateFlags(mm) | MmTable.EXITING);
        Gather gather = zap.gather(mm);
        for (int i = 0; i < mms.mapCount(mm); i++) {
            int vma = spaces.at(mm, i);
            zap.range(gather, vma, vmas.start(vma), vmas.end(vma), Zap.DROP_MARKERS, BoundaryCause.EXIT);
        }
        gather.finish();
        locks.readUnlock(mm);
        locks.writeLock(mm);
        int head = unmapping.detach(mm, 0, taskSize);
        for (int vma = head; vma != 0; vma = vmas.nextDetached(vma)) {
            unmapping.unlinkRmap(vma);
        }
        int root = mms.pgd(mm);
        tables.freeTables(root, 0, taskSize, 0, 0);
        if (head != 0) {
            munmap.release(head);
        }
        locks.writeUnlock(mm);
        tables.freeRoot(root);
        memories.clear(StateScope.MM, mm);
        collapse.forget(mm);
        spaces.freeMm(mm);
    }
}
