package org.polymm.engine.mm;

import java.util.ArrayList;
import java.util.List;
import org.polymm.api.StateScope;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.policy.PolicyMemories;
import org.polymm.engine.state.Errno;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * fork: a copy of an address space ({@code dup_mmap}).
 *
 * <pre>
 *   VMA of the parent     in the child
 *   DONTCOPY              not at all
 *   WIPEONFORK            the VMA, empty, without anon_vma
 *   with anon_vma, or     the VMA and its entries: see {@link PageCopy}
 *     userfaultfd-wp
 *   any other             the VMA; its pages are faulted in again
 * </pre>
 *
 * <p>Both mmap locks are held for writing, the parent's first. While entries of a VMA that copies on write are copied, the parent's
 * {@code write_protect_seq} is odd, which GUP-fast looks at: it gives up pins that it took meanwhile. A child is not locked, however
 * locked its parent is, and mlockall(MCL_FUTURE) is not inherited.
 */
public final class ForkOps {

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final Sync sync;
    private final CommitLimit commit;
    private final MmLife life;
    private final PageCopy copy;
    private final PolicyMemories memories;
    private final EventLog log;
    private final MappingChanges changes;

    /** A userfaultfd that is told of the fork, and the child's copy of it. */
    private record Watch(int parents, int childs) {}

    ForkOps(MmContext parts, CommitLimit commit, MmLife life, PageCopy copy) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.locks = spaces.locks();
        this.sync = parts.sync();
        this.commit = commit;
        this.life = life;
        this.copy = copy;
        this.memories = parts.policies().memories();
        this.log = parts.log();
        this.changes = parts.changes();
    }

    /**
     * fork(2), as far as memory is concerned.
     *
     * @param parent the address space to copy
     * @return the child's; -ENOMEM if memory or the commit limit is short, in which case there is no child
     */
    public int fork(int parent) {
        int child = life.newMm();
        List<Watch> watches = new ArrayList<>();
        sync.readLock(LockClass.DUP_MMAP, 1);
        locks.writeLock(parent);
        locks.writeLockNested(child);
        inherit(parent, child);
        int error = duplicate(parent, child, watches);
        locks.writeUnlock(child);
        locks.writeUnlock(parent);
        sync.unlock(LockClass.DUP_MMAP, 1);
        if (error != 0) {
            life.tearDown(child);
            watches.forEach(watch -> changes.cancel(watch.parents(), watch.childs()));
            return error;
        }
        for (Watch watch : watches) {
            changes.tell(watch.parents(), MappingChanges.Change.FORK, watch.childs(), 0, 0);
        }
        log.record(EventKind.FORK, parent, child, 0);
        return child;
    }

    private void inherit(int parent, int child) {
        mms.copyLimits(parent, child);
        mms.startBrk(child, mms.startBrk(parent));
        mms.brk(child, mms.brk(parent));
        mms.startStack(child, mms.startStack(parent));
        mms.mmapBase(child, mms.mmapBase(parent));
        mms.defFlags(child, mms.defFlags(parent) & VmFlags.VM_NOHUGEPAGE);
        mms.stateFlags(child, mms.stateFlags(parent) & MmTable.HAS_UPROBES);
        mms.parent(child, parent);
        memories.copy(StateScope.MM, parent, child);
    }

    private int duplicate(int parent, int child, List<Watch> watches) {
        for (int i = 0; i < mms.mapCount(parent); i++) {
            int vma = spaces.at(parent, i);
            locks.startWrite(vma);
            if (!vmas.has(vma, VmFlags.VM_DONTCOPY)) {
                int error = duplicateVma(parent, child, vma, watches);
                if (error != 0) {
                    return error;
                }
            }
        }
        return 0;
    }

    private int duplicateVma(int parent, int child, int vma, List<Watch> watches) {
        if (vmas.has(vma, VmFlags.VM_ACCOUNT) && !commit.charge(vmas.pages(vma))) {
            return -Errno.ENOMEM;
        }
        int copied = spaces.dupVma(child, vma);
        memories.copy(StateScope.VMA, vma, copied);
        if (vmas.uffd(copied) != 0) {
            watch(child, copied, watches);
        }
        if (vmas.has(copied, VmFlags.VM_WIPEONFORK) || !needsCopy(vma, copied)) {
            return 0;
        }
        boolean cow = VmFlags.isCow(vmas.flags(vma));
        if (!cow) {
            return copy.range(vma, copied, false);
        }
        advanceSequence(parent);
        int error = copy.range(vma, copied, true);
        advanceSequence(parent);
        return error;
    }

    /** {@code dup_userfaultfd}: who is told of forks watches the child as well, by a userfaultfd of its own; else nobody does. */
    private void watch(int child, int copied, List<Watch> watches) {
        int context = vmas.uffd(copied);
        if (!changes.wants(context, MappingChanges.Change.FORK)) {
            vmas.uffd(copied, 0);
            vmas.changeFlags(copied, 0, VmFlags.VM_UFFD_FLAGS);
            return;
        }
        for (Watch watch : watches) {
            if (watch.parents() == context) {
                vmas.uffd(copied, watch.childs());
                return;
            }
        }
        Watch made = new Watch(context, changes.copy(context, child));
        changes.begin(context);
        watches.add(made);
        vmas.uffd(copied, made.childs());
    }

    /** {@code vma_needs_copy}: where faults would bring everything back, nothing is copied. */
    private boolean needsCopy(int vma, int copied) {
        long always = VmFlags.VM_PFNMAP | VmFlags.VM_MIXEDMAP | VmFlags.VM_UFFD_WP | VmFlags.VM_MAYBE_GUARD;
        return vmas.has(copied, always) || vmas.anonVma(vma) != 0;
    }

    private void advanceSequence(int mm) {
        sync.point(Point.WRITE_SEQ, mm);
        mms.writeProtectSeq(mm, mms.writeProtectSeq(mm) + 1);
    }
}
