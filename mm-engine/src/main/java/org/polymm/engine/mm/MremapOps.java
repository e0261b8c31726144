package org.polymm.engine.mm;

import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.CopiedVma;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.UnmappedArea;
import org.polymm.engine.vma.VmAccounting;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * mremap.
 *
 * <pre>
 *   new length    without a new address               MREMAP_FIXED or MREMAP_DONTUNMAP
 *   smaller       the end is unmapped                 the end is unmapped, then moved
 *   equal         nothing                             moved; FIXED: all VMAs of the range, gaps included
 *   larger        grown in place if there is room,    moved, then grown
 *                 else moved, with MREMAP_MAYMOVE
 *
 *   a move        VMA at the new place (or a neighbour extended)  |  page tables  |  the old range unmapped, or left empty
 * </pre>
 */
public final class MremapOps {

    private static final int KNOWN = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED | Mman.MREMAP_DONTUNMAP;
    private static final int NEW_ADDRESS = Mman.MREMAP_FIXED | Mman.MREMAP_DONTUNMAP;
    private static final int RELOCATING =
            RelocationPolicy.MREMAP_RELOCATE_ANON | RelocationPolicy.MREMAP_MUST_RELOCATE_ANON;

    /** What one call, or one VMA of a call, asks for, and what has come of it. Lengths and addresses are bytes. */
    private static final class Request {
        final int mm;
        final int flags;
        long address;
        long oldLength;
        long newLength;
        long newAddress;
        int vma;
        /** Whether the mmap lock is still held for writing. */
        boolean locked = true;
        /** Where to populate afterwards, because the VMA is mlocked and grew; 0 for nowhere. */
        long populateFrom;

        long populateLength;

        /** What is unmapped of registered memory. */
        final WatchedUnmaps unmaps;
        /** The userfaultfd that is told of the move; 0 if none is. */
        int told;

        Request(int mm, int flags, WatchedUnmaps unmaps) {
            this.mm = mm;
            this.flags = flags;
            this.unmaps = unmaps;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        boolean grows() {
            return Pages.above(newLength, oldLength);
        }

        boolean shrinks() {
            return Pages.below(newLength, oldLength);
        }

        long grownPages() {
            return Pages.count(newLength - oldLength);
        }
    }

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Vmstat vmstat;
    private final MmLocks locks;
    private final UnmappedArea area;
    private final VmAccounting accounting;
    private final CommitLimit commit;
    private final Boundaries boundaries;
    private final MunmapOps munmap;
    private final PageTableMove tableMove;
    private final Relocation relocation;
    private final Populate populate;
    private final Decisions decisions;
    private final EventLog log;
    private final MappingChanges changes;
    private final long taskSize;

    MremapOps(
            MmContext parts,
            Boundaries boundaries,
            MunmapOps munmap,
            PageTableMove tableMove,
            Relocation relocation,
            CommitLimit commit,
            Populate populate) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.vmstat = parts.memory().vmstat();
        this.locks = spaces.locks();
        this.area = spaces.unmappedArea();
        this.accounting = spaces.accounting();
        this.commit = commit;
        this.boundaries = boundaries;
        this.munmap = munmap;
        this.tableMove = tableMove;
        this.relocation = relocation;
        this.populate = populate;
        this.decisions = parts.policies().decisions();
        this.log = parts.log();
        this.changes = parts.changes();
        this.taskSize = parts.geometry().taskSize();
    }

    /**
     * mremap(2).
     *
     * @param mm the address space
     * @param address of the old mapping, in bytes, page aligned
     * @param oldLength in bytes, rounded up to pages; 0 maps the pages of a shared mapping once more
     * @param newLength in bytes, rounded up to pages; not 0
     * @param flags {@link Mman} MREMAP_ bits, and those the relocation policy accepts
     * @param newAddress with MREMAP_FIXED where to, with MREMAP_DONTUNMAP alone a hint; in bytes, page aligned
     * @return the address of the mapping, or -EINVAL for bad flags, addresses or lengths, a source and destination that overlap, or a kind of
     *     mapping that cannot be treated so; -EFAULT if the old range is not mapped, or lies in more VMAs than the call can handle; -ENOMEM
     *     if there is no room, or a limit forbids it; -EAGAIN if the limit on locked memory does; -EPERM if a VMA is sealed
     */
    public long mremap(int mm, long address, long oldLength, long newLength, int flags, long newAddress) {
        Request request = new Request(mm, flags, munmap.watched());
        request.address = address;
        request.oldLength = Pages.alignUp(oldLength);
        request.newLength = Pages.alignUp(newLength);
        request.newAddress = newAddress;
        int error = checkParameters(request);
        if (error != 0) {
            return error;
        }
        locks.writeLock(mm);
        boundaries.cause(mm, BoundaryCause.MREMAP);
        long result = request.has(Mman.MREMAP_FIXED) && request.oldLength == request.newLength
                ? moveAll(request)
                : resizeOrMove(request);
        if (request.locked) {
            locks.writeUnlock(mm);
        }
        if (request.told != 0) {
            changes.tell(request.told, MappingChanges.Change.REMAP, address, result, request.oldLength);
        }
        request.unmaps.tell();
        if (result >= 0) {
            log.record(EventKind.MREMAP, mm, address, result);
            if (request.populateLength != 0) {
                populate.range(mm, request.populateFrom, request.populateLength, true);
            }
        }
        return result;
    }

    /** {@code check_mremap_params}: what is wrong whatever is mapped. */
    private int checkParameters(Request request) {
        int accepted = decisions.acceptedMremapFlags();
        boolean strange = (request.flags & ~(KNOWN | accepted)) != 0
                || request.has(RELOCATING & accepted) && !request.has(Mman.MREMAP_MAYMOVE);
        if (strange
                || !Pages.isAligned(request.address)
                || request.newLength == 0
                || Pages.above(request.newLength, taskSize)) {
            return -Errno.EINVAL;
        }
        if (!request.has(NEW_ADDRESS)) {
            return 0;
        }
        if (Pages.above(request.newAddress, taskSize - request.newLength)
                || !Pages.isAligned(request.newAddress)
                || !request.has(Mman.MREMAP_MAYMOVE)
                || request.has(Mman.MREMAP_DONTUNMAP) && request.oldLength != request.newLength
                || overlaps(request)) {
            return -Errno.EINVAL;
        }
        // The old and the new place may both have to be cut out of the middle of a VMA.
        return mms.mapCount(request.mm) + 2 >= spaces.limits().maxMapCount() - 3 ? -Errno.ENOMEM : 0;
    }

    private static boolean overlaps(Request request) {
        return Pages.above(request.address + request.oldLength, request.newAddress)
                && Pages.above(request.newAddress + request.newLength, request.address);
    }

    // ---- one VMA

    private long resizeOrMove(Request request) {
        request.vma = lookup(request.mm, request.address);
        int error = checkVma(request);
        if (error != 0) {
            return error;
        }
        if (request.has(NEW_ADDRESS)) {
            return moveTo(request);
        }
        if (request.shrinks()) {
            return shrinkInPlace(request);
        }
        return request.grows() ? grow(request) : request.address;
    }

    private int lookup(int mm, long address) {
        return Pages.above(address, taskSize) ? 0 : spaces.find(mm, address);
    }

    /** {@code check_prep_vma}: whether this VMA can be treated so. */
    private int checkVma(Request request) {
        int vma = request.vma;
        if (vma == 0) {
            return -Errno.EFAULT;
        }
        if (vmas.has(vma, VmFlags.VM_SEALED)) {
            return -Errno.EPERM;
        }
        boolean fixedSize = vmas.has(vma, VmFlags.VM_DONTEXPAND | VmFlags.VM_PFNMAP);
        boolean shared = vmas.has(vma, VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE);
        if (request.oldLength == 0 && !shared
                || request.has(Mman.MREMAP_DONTUNMAP) && fixedSize
                || vmas.has(vma, VmFlags.VM_HUGETLB) && request.grows()) {
            return -Errno.EINVAL;
        }
        if (!request.has(NEW_ADDRESS) && !request.grows()) {
            return 0;
        }
        long moved = request.shrinks() ? request.newLength : request.oldLength;
        if (Pages.above(moved, vmas.end(vma) - request.address)) {
            return -Errno.EFAULT;
        }
        if (!request.grows()) {
            return 0;
        }
        if (fixedSize) {
            return -Errno.EFAULT;
        }
        long flags = vmas.flags(vma);
        if (!accounting.mayLock(request.mm, flags, request.grownPages())) {
            return -Errno.EAGAIN;
        }
        return accounting.mayExpand(request.mm, flags, request.grownPages()) ? 0 : -Errno.ENOMEM;
    }

    private long shrinkInPlace(Request request) {
        request.locked = false;
        int error = munmap.unmapAndUnlock(
                request.mm, request.address + request.newLength, request.oldLength - request.newLength);
        return error != 0 ? error : request.address;
    }

    private long grow(Request request) {
        int vma = request.vma;
        long delta = request.newLength - request.oldLength;
        long end = vmas.end(vma);
        boolean roomAbove = end - request.address == request.oldLength
                && end + delta <= taskSize
                && spaces.findIntersection(request.mm, end, end + delta) == 0;
        if (roomAbove) {
            return growInPlace(request, delta);
        }
        if (!request.has(Mman.MREMAP_MAYMOVE)) {
            return -Errno.ENOMEM;
        }
        long found = findPlace(request, 0);
        if (found < 0) {
            return found;
        }
        request.newAddress = found;
        return move(request);
    }

    private long growInPlace(Request request, long delta) {
        long pages = Pages.count(delta);
        long flags = vmas.flags(request.vma);
        boolean accounted = VmFlags.any(flags, VmFlags.VM_ACCOUNT);
        if (accounted && !commit.charge(pages)) {
            return -Errno.ENOMEM;
        }
        long end = vmas.end(request.vma);
        int extended = spaces.extend(request.vma, delta);
        if (extended < 0) {
            commit.uncharge(accounted ? pages : 0);
            return extended;
        }
        count(request.mm, flags, pages);
        if (VmFlags.any(flags, VmFlags.VM_LOCKED)) {
            request.populateFrom = end;
            request.populateLength = delta;
        }
        return request.address;
    }

    private void count(int mm, long flags, long pages) {
        accounting.account(mm, flags, pages);
        if (VmFlags.any(flags, VmFlags.VM_LOCKED)) {
            mms.addLockedVm(mm, pages);
        }
    }

    private long findPlace(Request request, long hint) {
        long pgoff = vmas.pgoffAt(request.vma, request.address);
        return area.find(request.mm, area.roundHint(hint), request.newLength, 0, pgoff);
    }

    // ---- several VMAs

    /**
     * Moves all VMAs of a range, and keeps the gaps between them: {@code remap_move}. The result is where the first one is. An error leaves
     * those before it moved.
     */
    private long moveAll(Request whole) {
        long end = whole.address + whole.oldLength;
        long target = whole.newAddress;
        long done = whole.address;
        long result = -Errno.EFAULT;
        boolean moved = false;
        while (done < end) {
            int vma = Pages.above(done, taskSize) ? 0 : spaces.findIntersection(whole.mm, done, end);
            if (vma == 0) {
                break;
            }
            long from = Math.max(vmas.start(vma), done);
            long to = Math.min(vmas.end(vma), end);
            if (from > done && !moved || isWatched(vma) && (moved || vmas.end(vma) < end)) {
                return -Errno.EFAULT;
            }
            target += from - done;
            Request one = new Request(whole.mm, whole.flags, whole.unmaps);
            one.address = from;
            one.oldLength = to - from;
            one.newLength = to - from;
            one.newAddress = target;
            one.vma = vma;
            int error = checkVma(one);
            long placed = error != 0 ? error : moveTo(one);
            whole.told = one.told;
            if (placed < 0) {
                return placed;
            }
            if (!moved) {
                result = placed;
            }
            moved = true;
            target = placed + (to - from);
            done = to;
        }
        return result;
    }

    /** Who watches with userfaultfd must be told of a move without the mmap lock, so such a VMA goes alone. */
    private boolean isWatched(int vma) {
        return vmas.uffd(vma) != 0;
    }

    // ---- moving

    /**
     * {@code mremap_to}: the destination is given, or hinted at. When it also shrinks, Linux 6.18 charges what it shrinks by to the commit
     * limit once more and never gives it back; that is not imitated.
     */
    private long moveTo(Request request) {
        if (request.has(Mman.MREMAP_FIXED)) {
            int error = munmap.unmapLocked(request.mm, request.newAddress, request.newLength, request.unmaps);
            if (error != 0) {
                return error;
            }
        }
        if (request.shrinks()) {
            int error = munmap.unmapLocked(
                    request.mm,
                    request.address + request.newLength,
                    request.oldLength - request.newLength,
                    request.unmaps);
            if (error != 0) {
                return error;
            }
            request.oldLength = request.newLength;
        }
        request.vma = lookup(request.mm, request.address);
        if (request.vma == 0) {
            return -Errno.EFAULT;
        }
        if (request.has(Mman.MREMAP_DONTUNMAP)
                && !accounting.mayExpand(request.mm, vmas.flags(request.vma), Pages.count(request.oldLength))) {
            return -Errno.ENOMEM;
        }
        if (!request.has(Mman.MREMAP_FIXED)) {
            long found = findPlace(request, request.newAddress);
            if (found < 0) {
                return found;
            }
            request.newAddress = found;
        }
        return move(request);
    }

    /** {@code move_vma}. */
    private long move(Request request) {
        if (accounting.tooManyToMove(request.mm)) {
            return -Errno.ENOMEM;
        }
        int vma = request.vma;
        long flags = vmas.flags(vma);
        boolean keepsOld = request.has(Mman.MREMAP_DONTUNMAP);
        long charged = keepsOld ? Pages.count(request.newLength) : request.grownPages();
        boolean accounted = VmFlags.any(flags, VmFlags.VM_ACCOUNT);
        if (accounted && !commit.charge(charged)) {
            return -Errno.ENOMEM;
        }
        locks.startWrite(vma);
        CopiedVma copied = spaces.copyByMerge(vma, request.address, request.newAddress, request.newLength);
        if (copied == null) {
            RelocationPlan plan = relocation.plan(
                    vma, request.flags, request.address, request.newAddress, Pages.count(request.oldLength));
            if (plan == RelocationPlan.FAIL) {
                commit.uncharge(accounted ? charged : 0);
                return -Errno.EFAULT;
            }
            copied = spaces.copyVma(vma, request.address, request.newAddress, request.newLength);
        }
        tableMove.run(new PageTableMove.Move(
                copied.source(),
                copied.vma(),
                request.address,
                request.newAddress,
                request.oldLength,
                copied.needRmapLocks()));
        watchOn(request, copied.vma());
        count(request.mm, flags, Pages.count(request.newLength));
        if (VmFlags.any(flags, VmFlags.VM_LOCKED) && request.grows()) {
            request.populateFrom = request.newAddress + request.oldLength;
            request.populateLength = request.newLength - request.oldLength;
        }
        if (keepsOld) {
            leaveEmpty(copied, request.address, request.oldLength);
        } else {
            unmapSource(copied.source(), request);
        }
        return request.newAddress;
    }

    /** {@code mremap_userfaultfd_prep}: who is told of moves watches the new place; else nobody does. */
    private void watchOn(Request request, int vma) {
        int context = vmas.uffd(vma);
        if (changes.wants(context, MappingChanges.Change.REMAP)) {
            changes.begin(context);
            request.told = context;
        } else if (context != 0) {
            vmas.uffd(vma, 0);
            vmas.changeFlags(vma, 0, VmFlags.VM_UFFD_FLAGS);
        }
    }

    /**
     * {@code dontunmap_complete}: the VMA left behind is not locked any more, all of it, even if only a part moved, and nobody munlocks the
     * folios of the rest, which stay unevictable until they are freed; and if all of it moved, it finds no pages any more. Linux 6.18 forgets to count it as unlocked, so that its {@code locked_vm} never comes back to 0; that is
     * not imitated.
     */
    private void leaveEmpty(CopiedVma copied, long address, long length) {
        int source = copied.source();
        if (vmas.has(source, VmFlags.VM_LOCKED)) {
            mms.addLockedVm(vmas.mm(source), -vmas.pages(source));
            vmas.changeFlags(source, 0, VmFlags.VM_LOCKED_MASK);
            vmstat.did(Work.LOCKS_LOST, vmas.pages(source) - length / Geometry.PAGE_SIZE);
        }
        if (copied.vma() != source && vmas.start(source) == address && vmas.end(source) == address + length) {
            spaces.anonVmas().unlink(source);
        }
    }

    /**
     * {@code unmap_source_vma}. What was promised for the old place goes along with the pages, so that unmapping must not take it back: the
     * VMA is not accounted for that moment, and its remainders are again afterwards.
     *
     * <pre>
     *   |-----------source-----------|            |--below--|          |--above--|
     *             [  moved   )            ==&gt;
     * </pre>
     */
    private void unmapSource(int source, Request request) {
        int mm = request.mm;
        long address = request.address;
        long length = request.oldLength;
        boolean accounted = vmas.has(source, VmFlags.VM_ACCOUNT);
        long start = vmas.start(source);
        long end = vmas.end(source);
        if (accounted) {
            vmas.changeFlags(source, 0, VmFlags.VM_ACCOUNT);
        }
        if (length != 0 && munmap.unmapLocked(mm, address, length, request.unmaps) != 0) {
            throw new IllegalStateException("the old place of a move, 0x" + Long.toHexString(address) + " of mm " + mm
                    + ", could not be unmapped, though room for more VMAs had been checked");
        }
        if (accounted && start < address) {
            vmas.changeFlags(spaces.find(mm, address - 1), VmFlags.VM_ACCOUNT, 0);
        }
        if (accounted && end > address + length) {
            vmas.changeFlags(spaces.find(mm, address + length), VmFlags.VM_ACCOUNT, 0);
        }
    }
}
