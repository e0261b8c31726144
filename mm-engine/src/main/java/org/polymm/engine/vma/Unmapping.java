package org.polymm.engine.vma;

import org.polymm.engine.state.Errno;

/**
 * The steps of munmap that concern VMAs. They are apart because page tables are cleared between them:
 *
 * <pre>
 *   detach(mm, start, end)    splits at both ends, takes the VMAs out of the address space; nobody finds them now
 *     (zap the pages of each: walks of the reverse map still meet the VMA, until ...)
 *   unlinkRmap(vma)           ... it leaves the anon_vma's and the file's trees
 *     (free the page tables)
 *   release(head)             counts the pages as unmapped and frees the VMAs
 * </pre>
 *
 * <p>Detached VMAs are a list: the first is what {@link #detach} returned, {@link VmaTable#nextDetached} goes on in
 * ascending order.
 */
public final class Unmapping {

    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaIndex index;
    private final AnonVmas anonVmas;
    private final FileMappings files;
    private final MmLocks locks;
    private final VmAccounting accounting;
    private final UnmappedArea unmappedArea;
    private final VmaSplit split;
    private final AdjustmentSlot adjustment;

    Unmapping(AddressSpaces spaces, VmaIndex index, VmaSplit split, AdjustmentSlot adjustment) {
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.anonVmas = spaces.anonVmas();
        this.files = spaces.files();
        this.locks = spaces.locks();
        this.accounting = spaces.accounting();
        this.unmappedArea = spaces.unmappedArea();
        this.index = index;
        this.split = split;
        this.adjustment = adjustment;
    }

    /**
     * Takes a range out of an address space. {@code map_count} and {@code locked_vm} go down at once, the other
     * counts with {@link #release}.
     *
     * @return the first of the detached VMAs; 0 if the range is free; or a negated errno, in which case nothing is
     *     detached, though a VMA may have been split: -ENOMEM if the range lies inside one VMA and
     *     {@code vm.max_map_count} is reached, -EPERM if a VMA is sealed, or what {@link VmaAdjustment#maySplit} says
     */
    public int detach(int mm, long start, long end) {
        locks.assertWriteHeld(mm);
        int position = index.positionAtOrAbove(mm, start);
        if (position == mms.mapCount(mm) || vmas.start(index.at(mm, position)) >= end) {
            return 0;
        }
        int firstVma = index.at(mm, position);
        if (start > vmas.start(firstVma)) {
            if (end < vmas.end(firstVma) && accounting.tooManyToSplit(mm)) {
                return -Errno.ENOMEM;
            }
            if (vmas.has(firstVma, VmFlags.VM_SEALED)) {
                return -Errno.EPERM;
            }
            int below = split.at(firstVma, start, true);
            if (below < 0) {
                return below;
            }
            position++;
        }
        int after = position;
        for (; after < mms.mapCount(mm) && vmas.start(index.at(mm, after)) < end; after++) {
            int vma = index.at(mm, after);
            if (vmas.has(vma, VmFlags.VM_SEALED)) {
                return -Errno.EPERM;
            }
            if (vmas.end(vma) > end) {
                int above = split.at(vma, end, false);
                if (above < 0) {
                    return above;
                }
            }
            locks.startWrite(vma);
        }
        return takeOut(mm, position, after - position);
    }

    private int takeOut(int mm, int position, int count) {
        int head = 0;
        for (int i = position + count - 1; i >= position; i--) {
            int vma = index.at(mm, i);
            vmas.detached(vma, true);
            vmas.nextDetached(vma, head);
            if (vmas.has(vma, VmFlags.VM_LOCKED)) {
                mms.addLockedVm(mm, -vmas.pages(vma));
            }
            head = vma;
        }
        index.removeRange(mm, position, count);
        unmappedArea.forget(mm);
        return head;
    }

    /** Undoes {@link #detach}, but for the splits: for a mapping over the range that failed after all. */
    public void reattach(int head) {
        for (int vma = head; vma != 0; ) {
            int next = vmas.nextDetached(vma);
            int mm = vmas.mm(vma);
            vmas.nextDetached(vma, 0);
            vmas.detached(vma, false);
            index.insert(vma);
            if (vmas.has(vma, VmFlags.VM_LOCKED)) {
                mms.addLockedVm(mm, vmas.pages(vma));
            }
            vma = next;
        }
    }

    /** Takes a VMA out of the trees of its anon_vmas and its file. Its pages must have been unmapped. */
    public void unlinkRmap(int vma) {
        anonVmas.unlink(vma);
        files.unlink(vma);
    }

    /** Frees detached VMAs, {@link #unlinkRmap} included for those for which it was not called. */
    public void release(int head) {
        for (int vma = head; vma != 0; ) {
            int next = vmas.nextDetached(vma);
            unlinkRmap(vma);
            accounting.account(vmas.mm(vma), vmas.flags(vma), -vmas.pages(vma));
            adjustment.get().freed(vma);
            vmas.free(vma);
            vma = next;
        }
    }

    /** {@link #detach} and {@link #release} of a range that holds no pages. Returns 0 or the errno of the former. */
    public int unmapEmpty(int mm, long start, long end) {
        int head = detach(mm, start, end);
        if (head < 0) {
            return head;
        }
        release(head);
        return 0;
    }
}
