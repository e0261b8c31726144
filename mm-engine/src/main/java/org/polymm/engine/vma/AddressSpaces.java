package org.polymm.engine.vma;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/**
 * Address spaces as sets of VMAs: finding, mapping, changing, moving and duplicating ranges, without page tables.
 *
 * <p>Addresses are bytes and multiples of the page size unless said otherwise; ranges are half open; lengths of ranges
 * are bytes. A result that is a VMA is its handle; 0 means none, a negative value is a negated errno. Whatever
 * changes an address space needs its mmap lock held for writing, and throws a {@link
 * org.polymm.engine.sync.LockProtocolError} if it is not; whatever only looks needs one of the locks that the kernel
 * needs, unchecked. What finds allocates nothing.
 *
 * <p>A VMA that a call returns stays valid until the next change of the same address space: a merge may free any.
 */
public final class AddressSpaces {

    private final Geometry geometry;
    private final MapLimits limits;
    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaIndex index;
    private final MmLocks locks;
    private final AnonVmas anonVmas;
    private final FileMappings files;
    private final VmAccounting accounting;
    private final UnmappedArea unmappedArea;
    private final AdjustmentSlot adjustment;
    private final VmaMerge merge;
    private final VmaSplit split;
    private final Unmapping unmapping;

    /** A machine's address spaces; none yet. */
    public AddressSpaces(StateSpace space, Geometry geometry, Sync sync) {
        this.geometry = geometry;
        this.limits = new MapLimits(space, geometry);
        this.mms = new MmTable(space);
        this.vmas = new VmaTable(space, sync);
        this.index = new VmaIndex(space, mms, vmas, sync);
        this.locks = new MmLocks(mms, vmas, sync);
        this.anonVmas = new AnonVmas(space, mms, vmas, index, sync);
        this.files = new FileMappings(space, vmas, sync);
        this.accounting = new VmAccounting(mms, limits);
        this.unmappedArea = new UnmappedArea(geometry, mms, vmas, index, limits);
        this.adjustment = new AdjustmentSlot();
        this.merge = new VmaMerge(vmas, index, anonVmas, files, locks, adjustment);
        this.split = new VmaSplit(vmas, index, anonVmas, files, locks, adjustment);
        this.unmapping = new Unmapping(this, index, split, adjustment);
    }

    // ---- parts ----

    /** Installs what is told of splits and merges. To be done once, when the machine is put together. */
    public void install(VmaAdjustment told) {
        adjustment.install(told);
    }

    public MmTable mms() {
        return mms;
    }

    public VmaTable vmas() {
        return vmas;
    }

    public MmLocks locks() {
        return locks;
    }

    public AnonVmas anonVmas() {
        return anonVmas;
    }

    public FileMappings files() {
        return files;
    }

    public VmAccounting accounting() {
        return accounting;
    }

    public UnmappedArea unmappedArea() {
        return unmappedArea;
    }

    public Unmapping unmapping() {
        return unmapping;
    }

    public MapLimits limits() {
        return limits;
    }

    public Geometry geometry() {
        return geometry;
    }

    // ---- address spaces ----

    /**
     * Makes an empty address space with the usual limits: 8 MiB of stack (1/32 of a small user space), 8 MiB locked,
     * all else unlimited.
     */
    public int newMm() {
        int mm = mms.allocate();
        index.create(mm);
        mms.lockSeq(mm, 1);
        mms.rlimitMemlock(mm, 8L << 20);
        mms.rlimitStack(mm, Math.min(8L << 20, geometry.taskSize() >> 5));
        mms.rlimitData(mm, MmTable.RLIM_INFINITY);
        mms.rlimitAs(mm, MmTable.RLIM_INFINITY);
        mms.mmapBase(mm, unmappedArea.defaultMmapBase(mms.rlimitStack(mm)));
        return mm;
    }

    /**
     * Frees an address space.
     *
     * @throws IllegalStateException if it still has VMAs
     */
    public void freeMm(int mm) {
        if (mms.mapCount(mm) != 0) {
            throw new IllegalStateException("mm " + mm + " still has " + mms.mapCount(mm) + " VMAs, the first "
                    + vmas.describe(at(mm, 0)) + "; unmap them before it is freed");
        }
        index.destroy(mm);
        mms.free(mm);
    }

    // ---- finding ----

    /**
     * The VMA that contains an address ({@code vma_lookup}).
     *
     * @param address in bytes, of any alignment
     * @return the VMA, or 0
     */
    public int find(int mm, long address) {
        return index.find(mm, address);
    }

    /**
     * The first VMA that ends above an address, whether it contains it or not ({@code find_vma}).
     *
     * @param address in bytes, of any alignment
     * @return the VMA, or 0
     */
    public int findOrAbove(int mm, long address) {
        int position = index.positionAtOrAbove(mm, address);
        return position < mms.mapCount(mm) ? index.at(mm, position) : 0;
    }

    /** The first VMA that has a page in a range ({@code find_vma_intersection}), or 0. */
    public int findIntersection(int mm, long start, long end) {
        int vma = findOrAbove(mm, start);
        return vma != 0 && vmas.start(vma) < end ? vma : 0;
    }

    /** The lowest VMA, or 0. */
    public int first(int mm) {
        return mms.mapCount(mm) == 0 ? 0 : index.at(mm, 0);
    }

    /** The next VMA above, or 0. */
    public int next(int vma) {
        int mm = vmas.mm(vma);
        int position = index.positionOf(vma) + 1;
        return position < mms.mapCount(mm) ? index.at(mm, position) : 0;
    }

    /** The next VMA below, or 0. */
    public int prev(int vma) {
        int position = index.positionOf(vma);
        return position > 0 ? index.at(vmas.mm(vma), position - 1) : 0;
    }

    /**
     * The VMA at a position of the ascending order.
     *
     * @param position from 0 to {@link MmTable#mapCount} less one
     */
    public int at(int mm, int position) {
        return index.at(mm, position);
    }

    // ---- mapping ----

    /**
     * Maps a free range: extends neighbours that look alike, or else makes a VMA. Counts it as mapped, and as locked
     * if the flags say so; looks at no limit.
     *
     * @param flags see {@link VmFlags}
     * @param file handle, or 0 for an anonymous mapping
     * @param pgoff in pages; of an anonymous mapping the page number of {@code start}
     * @return the VMA that contains the range
     * @throws IllegalArgumentException if the range is not free
     */
    public int map(int mm, long start, long end, long flags, int file, long pgoff) {
        locks.assertWriteHeld(mm);
        VmaMerge.Request request = new VmaMerge.Request(mm, start, end, pgoff, flags, file);
        lookAround(request);
        int vma = merge.added(request);
        if (vma == 0) {
            vma = create(mm, start, end, flags, file, pgoff);
            adjustment.get().merged(vma);
            adjustment.get().settled(vma);
        }
        accounting.accountWithLocked(mm, flags, (end - start) >> Geometry.PAGE_SHIFT);
        return vma;
    }

    /** {@link #map} of private anonymous memory. */
    public int mapAnonymous(int mm, long start, long end, long flags) {
        return map(mm, start, end, flags, 0, start >>> Geometry.PAGE_SHIFT);
    }

    /** As {@link #map}, but never merged: the first stack of a program ({@code insert_vm_struct}). */
    public int insert(int mm, long start, long end, long flags, int file, long pgoff) {
        locks.assertWriteHeld(mm);
        lookAround(new VmaMerge.Request(mm, start, end, pgoff, flags, file));
        int vma = create(mm, start, end, flags, file, pgoff);
        accounting.accountWithLocked(mm, flags, (end - start) >> Geometry.PAGE_SHIFT);
        return vma;
    }

    /**
     * Extends the heap ({@code do_brk_flags}): the VMA that ends at {@code start} if it looks alike, else a new VMA,
     * which is not merged with what is above. Counts as {@link #map} does.
     *
     * @return the VMA that contains the range
     */
    public int extendBrk(int mm, long start, long end, long flags) {
        locks.assertWriteHeld(mm);
        long pgoff = start >>> Geometry.PAGE_SHIFT;
        VmaMerge.Request request = new VmaMerge.Request(mm, start, end, pgoff, flags, 0);
        lookAround(request);
        request.justExpand = true;
        int vma = merge.added(request);
        if (vma == 0) {
            vma = create(mm, start, end, flags, 0, pgoff);
        }
        accounting.accountWithLocked(mm, flags, (end - start) >> Geometry.PAGE_SHIFT);
        return vma;
    }

    /**
     * Extends a VMA upwards in place, and joins it with the one above if they meet and look alike
     * ({@code vma_merge_extend}). The caller counts the pages.
     *
     * @param delta in bytes
     * @return the VMA, or -ENOMEM if its kind does not merge
     */
    public int extend(int vma, long delta) {
        int mm = vmas.mm(vma);
        locks.assertWriteHeld(mm);
        long start = vmas.end(vma);
        VmaMerge.Request request = new VmaMerge.Request(vmas, vma, start, start + delta);
        lookAround(request);
        int extended = merge.added(request);
        return extended == 0 ? -Errno.ENOMEM : extended;
    }

    private int create(int mm, long start, long end, long flags, int file, long pgoff) {
        int vma = vmas.allocate();
        vmas.mm(vma, mm);
        vmas.setRange(vma, start, end, pgoff);
        vmas.flags(vma, flags);
        vmas.file(vma, file);
        locks.startWrite(vma);
        index.insert(vma);
        files.link(vma);
        return vma;
    }

    /** Fills in the neighbours of a range that must be free. */
    private void lookAround(VmaMerge.Request request) {
        int mm = request.mm;
        if (request.start >= request.end || ((request.start | request.end) & Geometry.PAGE_SIZE - 1) != 0) {
            throw new IllegalArgumentException("[" + Long.toHexString(request.start) + ","
                    + Long.toHexString(request.end) + ") is no range of whole pages");
        }
        int position = index.positionAtOrAbove(mm, request.start);
        request.prev = position > 0 ? index.at(mm, position - 1) : 0;
        request.next = position < mms.mapCount(mm) ? index.at(mm, position) : 0;
        if (request.next != 0 && vmas.start(request.next) < request.end) {
            throw new IllegalArgumentException("[" + Long.toHexString(request.start) + ","
                    + Long.toHexString(request.end) + ") of mm " + mm + " is not free: "
                    + vmas.describe(request.next) + "; unmap it first");
        }
    }

    // ---- changing ----

    /**
     * Makes a VMA that consists of just the given range or of a range that looks as this one is to look: merges if
     * that is possible and splits else ({@code vma_modify}). The flags and ids of the result are still the old ones
     * if it was not merged; setting them (and counting, if {@code vm_stat_account} cares) is the caller's part.
     *
     * @param vma contains the whole range
     * @param flags how the range is to look; likewise the ids
     * @return the VMA that contains the range, or a negated errno: -ENOMEM if it would have to be split and
     *     {@code vm.max_map_count} is reached; one split may have been done by then
     */
    public int modify(int vma, long start, long end, long flags, int uffd, int anonName, int policy) {
        int mm = vmas.mm(vma);
        locks.assertWriteHeld(mm);
        checkInside(vma, start, end);
        VmaMerge.Request request = new VmaMerge.Request(vmas, vma, start, end, flags, uffd, anonName, policy);
        request.middle = vma;
        request.prev = prev(vma);
        request.next = next(vma);
        int merged = merge.existing(request);
        if (merged != 0) {
            return merged;
        }
        if (vmas.start(vma) < start) {
            int error = splitChecked(vma, start, true);
            if (error < 0) {
                return error;
            }
        }
        if (vmas.end(vma) > end) {
            int error = splitChecked(vma, end, false);
            if (error < 0) {
                return error;
            }
        }
        return vma;
    }

    /** {@link #modify} of flags alone ({@code vma_modify_flags}). */
    public int modifyFlags(int vma, long start, long end, long flags) {
        return modify(vma, start, end, flags, vmas.uffd(vma), vmas.anonName(vma), vmas.policy(vma));
    }

    /** {@link #modify} of flags and userfaultfd context ({@code vma_modify_flags_uffd}). */
    public int modifyUffd(int vma, long start, long end, long flags, int uffd) {
        return modify(vma, start, end, flags, uffd, vmas.anonName(vma), vmas.policy(vma));
    }

    /** {@link #modify} of the name ({@code vma_modify_name}). */
    public int modifyName(int vma, long start, long end, int anonName) {
        return modify(vma, start, end, vmas.flags(vma), vmas.uffd(vma), anonName, vmas.policy(vma));
    }

    /** {@link #modify} of the memory policy ({@code vma_modify_policy}). */
    public int modifyPolicy(int vma, long start, long end, int policy) {
        return modify(vma, start, end, vmas.flags(vma), vmas.uffd(vma), vmas.anonName(vma), policy);
    }

    /**
     * Splits a VMA ({@code split_vma}); it keeps the lower part.
     *
     * @param address of the cut, inside the VMA
     * @return the new VMA above the cut, or a negated errno: -ENOMEM if {@code vm.max_map_count} is reached
     */
    public int split(int vma, long address) {
        locks.assertWriteHeld(vmas.mm(vma));
        checkInside(vma, address, vmas.end(vma));
        return splitChecked(vma, address, false);
    }

    private int splitChecked(int vma, long address, boolean newBelow) {
        return accounting.tooManyToSplit(vmas.mm(vma)) ? -Errno.ENOMEM : split.at(vma, address, newBelow);
    }

    /**
     * Joins a VMA with its neighbours as far as they look alike by now.
     *
     * @return the VMA that contains its range
     */
    public int mergeNeighbours(int vma) {
        locks.assertWriteHeld(vmas.mm(vma));
        VmaMerge.Request request = new VmaMerge.Request(vmas, vma, vmas.start(vma), vmas.end(vma));
        request.middle = vma;
        request.prev = prev(vma);
        request.next = next(vma);
        int merged = merge.existing(request);
        return merged == 0 ? vma : merged;
    }

    private void checkInside(int vma, long start, long end) {
        if (start < vmas.start(vma) || end > vmas.end(vma) || start >= end) {
            throw new IllegalArgumentException("[" + Long.toHexString(start) + "," + Long.toHexString(end)
                    + ") is not inside vma " + vma + " (" + vmas.describe(vma) + ")");
        }
    }

    // ---- moving ----

    /**
     * Makes room for pages that mremap moves ({@code copy_vma}): a neighbour of the destination that looks alike is
     * extended, else a VMA with the same anon_vmas is made. Page offsets go along with the pages; a VMA that never
     * faulted takes those of its new place instead, so that it merges there. The caller counts the pages.
     *
     * <pre>
     *     source            destination
     *   |--pgoff 10--|    |--pgoff 10--|        faulted: still found through its old offset
     *   |--pgoff 10--|    |--pgoff 80--|        never faulted: as if mapped there
     * </pre>
     *
     * @param vma contains the pages that are moved
     * @param from first address that is moved
     * @param to first address of the free destination
     * @param length of the destination, in bytes
     */
    public CopiedVma copyVma(int vma, long from, long to, long length) {
        CopiedVma merged = copyByMerge(vma, from, to, length);
        if (merged != null) {
            return merged;
        }
        boolean unfaulted = vmas.isAnonymous(vma) && vmas.anonVma(vma) == 0;
        int copy = duplicateTo(vma, to, length, unfaulted ? to >>> Geometry.PAGE_SHIFT : vmas.pgoffAt(vma, from));
        anonVmas.share(copy, vma);
        link(copy);
        adjustment.get().duplicated(vma, copy);
        return new CopiedVma(copy, vma, false);
    }

    /**
     * As {@link #copyVma}, but a VMA that cannot be merged gets the page offsets of its new place and an anon_vma of
     * its own or of a neighbour, as if it had been mapped and faulted there: for moves that rewrite where folios
     * belong. The folios must follow before anybody may walk their reverse map without the locks of both anon_vmas.
     *
     * @param vma a faulted anonymous VMA; the destination may adopt its anon_vma if the two end up side by side
     */
    public CopiedVma copyVmaAnew(int vma, long from, long to, long length) {
        CopiedVma merged = copyByMerge(vma, from, to, length);
        if (merged != null) {
            return merged;
        }
        int copy = duplicateTo(vma, to, length, to >>> Geometry.PAGE_SHIFT);
        link(copy);
        anonVmas.prepare(copy);
        adjustment.get().duplicated(vma, copy);
        return new CopiedVma(copy, vma, true);
    }

    /**
     * The part of {@link #copyVma} that makes no VMA: extends a neighbour of the destination that looks alike. Parameters
     * are those of {@link #copyVma}.
     *
     * @return null, with nothing changed, if no neighbour does
     */
    public @Nullable CopiedVma copyByMerge(int vma, long from, long to, long length) {
        int mm = vmas.mm(vma);
        locks.assertWriteHeld(mm);
        VmaMerge.Request request = new VmaMerge.Request(vmas, vma, to, to + length);
        boolean unfaulted = vmas.isAnonymous(vma) && vmas.anonVma(vma) == 0;
        request.pgoff = unfaulted ? to >>> Geometry.PAGE_SHIFT : vmas.pgoffAt(vma, from);
        request.copiedFrom = vma;
        lookAround(request);
        long start = vmas.start(vma);
        int merged = merge.added(request);
        if (merged == 0) {
            return null;
        }
        int source = vmas.contains(merged, start) ? merged : vma;
        return new CopiedVma(merged, source, vmas.pgoff(merged) <= vmas.pgoff(source));
    }

    private int duplicateTo(int vma, long to, long length, long pgoff) {
        int copy = vmas.duplicate(vma);
        vmas.anonVma(copy, 0);
        vmas.setRange(copy, to, to + length, pgoff);
        return copy;
    }

    private void link(int vma) {
        locks.startWrite(vma);
        index.insert(vma);
        files.link(vma);
    }

    /**
     * Lets an anonymous VMA find its pages where another finds its own: it gets that one's anon_vmas, and other page
     * offsets. For a move that stopped in the middle: the part whose folios were not rewritten is split off and
     * rebased.
     *
     * @param like an anonymous faulted VMA of the same address space
     * @param pgoff page offset of the first page
     */
    public void rebase(int vma, int like, long pgoff) {
        locks.assertWriteHeld(vmas.mm(vma));
        if (vmas.file(vma) != 0 || vmas.file(like) != 0 || vmas.mm(vma) != vmas.mm(like)) {
            throw new IllegalArgumentException("only anonymous VMAs of one mm are rebased, not " + vmas.describe(vma)
                    + " like " + vmas.describe(like));
        }
        locks.startWrite(vma);
        anonVmas.unlink(vma);
        vmas.setRange(vma, vmas.start(vma), vmas.end(vma), pgoff);
        anonVmas.share(vma, like);
    }

    // ---- fork ----

    /**
     * Gives a child's address space a copy of a parent's VMA ({@code dup_mmap}, the part for one VMA), and counts its
     * pages. It is not locked; it has the parent's anon_vmas and one of its own, unless it is VM_WIPEONFORK, and
     * follows the parent's in the file's tree. Which VMAs are copied (not VM_DONTCOPY) and what becomes of
     * userfaultfd is the caller's part. Both mmap locks must be held for writing.
     *
     * @return the child's VMA
     */
    public int dupVma(int childMm, int parentVma) {
        locks.assertWriteHeld(childMm);
        locks.startWrite(parentVma);
        int child = vmas.duplicate(parentVma);
        vmas.mm(child, childMm);
        vmas.changeFlags(child, 0, VmFlags.VM_LOCKED_MASK);
        if (vmas.has(child, VmFlags.VM_WIPEONFORK)) {
            vmas.anonVma(child, 0);
        } else {
            anonVmas.fork(child, parentVma);
        }
        files.linkAfter(child, parentVma);
        index.insert(child);
        accounting.account(childMm, vmas.flags(child), vmas.pages(child));
        return child;
    }

    // ---- stacks ----

    /**
     * Extends a stack downwards ({@code expand_downwards}), and counts the pages.
     *
     * @param vma the first VMA above the address
     * @param address that was accessed, in bytes, of any alignment
     * @return 0; -EFAULT if the VMA is no stack; -EPERM below {@code mmap_min_addr}; -ENOMEM if the guard gap to the
     *     VMA below or a limit (stack, address space, locked memory) forbids it
     */
    public int expandDownwards(int vma, long address) {
        int mm = vmas.mm(vma);
        locks.assertWriteHeld(mm);
        long start = address & -Geometry.PAGE_SIZE;
        if (!vmas.has(vma, VmFlags.VM_GROWSDOWN)) {
            return -Errno.EFAULT;
        }
        if (start < limits.mmapMinAddr()) {
            return -Errno.EPERM;
        }
        int below = prev(vma);
        if (below != 0
                && !vmas.has(below, VmFlags.VM_GROWSDOWN)
                && VmFlags.isAccessible(vmas.flags(below))
                && start - vmas.end(below) < limits.stackGuardGap()) {
            return -Errno.ENOMEM;
        }
        anonVmas.prepare(vma);
        locks.startWrite(vma);
        if (start >= vmas.start(vma)) {
            return 0;
        }
        long grow = (vmas.start(vma) - start) >> Geometry.PAGE_SHIFT;
        long flags = vmas.flags(vma);
        if (grow > vmas.pgoff(vma)
                || vmas.end(vma) - start > mms.rlimitStack(mm)
                || !accounting.mayExpand(mm, flags, grow)
                || !accounting.mayLock(mm, flags, grow)) {
            return -Errno.ENOMEM;
        }
        accounting.accountWithLocked(mm, flags, grow);
        anonVmas.writeLock(vmas.anonVma(vma));
        anonVmas.takeAll(vma);
        index.restart(vma, start);
        vmas.setRange(vma, start, vmas.end(vma), vmas.pgoff(vma) - grow);
        anonVmas.putAll(vma);
        anonVmas.unlock(vmas.anonVma(vma));
        return 0;
    }
}
