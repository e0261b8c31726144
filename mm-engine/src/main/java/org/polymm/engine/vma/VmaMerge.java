package org.polymm.engine.vma;

import org.polymm.engine.state.Geometry;

/**
 * Which VMAs become one, and how.
 *
 * <p>Two neighbours merge if nothing observable would tell a page of one from a page of the other: equal flags (but for
 * those that a merge ignores), file, userfaultfd context, name and memory policy; page offsets that run on; and
 * anon_vmas that can be made one, see {@link #anonVmasAgree}.
 *
 * <pre>
 *   a range of middle is to look like its neighbours      a new range appears in a gap
 *     |--prev--|**middle**|--next--|                        |--prev--|  new  |--next--|
 *     |------------prev------------|   both                 |----------prev-----------|
 *     |-------prev--------|--next--|   left                 |------prev------|--next--|
 *     |--prev--|-------next--------|   right                |--prev--|------next------|
 *     |----prev----|*middle*|--next--| left, first part of middle; its mirror image on the right
 * </pre>
 *
 * <p>A merge happens in the order of the kernel: chains first, without which a walk would miss pages; then, with the
 * file's and the anon_vma's locks held, trees, ranges and index; then what is superfluous is freed.
 */
final class VmaMerge {

    /**
     * A range that may merge: what it is to look like, and, once decided, what is to be done. One object a merge: a
     * merge waits for locks, and another task may merge meanwhile.
     */
    static final class Request {
        final int mm;
        long start;
        long end;
        long pgoff;
        final long flags;
        final int file;
        final int uffd;
        final int anonName;
        final int policy;
        /** The anon_vma of the pages that the range holds or will hold, or 0. */
        final int anonVma;

        int prev;
        int next;
        /** The VMA whose range changes its looks; 0 if the range is new. */
        int middle;
        /** The VMA whose pages mremap moves here, or 0. */
        int copiedFrom;
        /** Only extend {@link #prev}; do not look at {@link #next}. */
        boolean justExpand;

        int target;
        private boolean removeMiddle;
        private boolean removeNext;
        private boolean shrinkMiddleFromBelow;
        private boolean extendNextDown;

        /** A new anonymous or file range that has no pages yet. */
        Request(int mm, long start, long end, long pgoff, long flags, int file) {
            this.mm = mm;
            this.start = start;
            this.end = end;
            this.pgoff = pgoff;
            this.flags = flags;
            this.file = file;
            this.uffd = 0;
            this.anonName = 0;
            this.policy = 0;
            this.anonVma = 0;
        }

        /** A range that looks like a VMA but for flags and ids. */
        Request(VmaTable vmas, int like, long start, long end, long flags, int uffd, int anonName, int policy) {
            this.mm = vmas.mm(like);
            this.start = start;
            this.end = end;
            this.pgoff = vmas.pgoffAt(like, start);
            this.flags = flags;
            this.file = vmas.file(like);
            this.uffd = uffd;
            this.anonName = anonName;
            this.policy = policy;
            this.anonVma = vmas.anonVma(like);
        }

        /** A range that looks like a VMA. */
        Request(VmaTable vmas, int like, long start, long end) {
            this(vmas, like, start, end, vmas.flags(like), vmas.uffd(like), vmas.anonName(like), vmas.policy(like));
        }
    }

    private final VmaTable vmas;
    private final VmaIndex index;
    private final AnonVmas anonVmas;
    private final FileMappings files;
    private final MmLocks locks;
    private final AdjustmentSlot adjustment;

    VmaMerge(
            VmaTable vmas,
            VmaIndex index,
            AnonVmas anonVmas,
            FileMappings files,
            MmLocks locks,
            AdjustmentSlot adjustment) {
        this.vmas = vmas;
        this.index = index;
        this.anonVmas = anonVmas;
        this.files = files;
        this.locks = locks;
        this.adjustment = adjustment;
    }

    /**
     * Tries to give a range inside {@code middle} to a neighbour that looks as the range is to look.
     *
     * @return the VMA that contains the range now, 0 if there is no such neighbour, or a negated errno if the new edge was
     *     refused; if not positive, nothing was changed
     */
    int existing(Request r) {
        int middle = r.middle;
        long start = r.start;
        boolean leftSide = r.start == vmas.start(middle);
        boolean rightSide = r.end == vmas.end(middle);
        if (VmFlags.any(r.flags, VmFlags.VM_SPECIAL) || !leftSide && !rightSide) {
            return 0;
        }
        boolean left = leftSide && fitsLeft(r);
        if (!rightSide) {
            r.next = 0;
        }
        boolean right = rightSide && fitsRight(r, left);
        if (!left && !right) {
            return 0;
        }
        r.removeMiddle = leftSide && rightSide;
        if (r.removeMiddle && vmas.hasCloseHook(middle)) {
            return 0;
        }
        if (left && right && vmas.hasCloseHook(r.next)) {
            right = false;
        }
        r.removeNext = left && right;
        r.target = left ? r.prev : r.next;

        long sticky = r.flags | vmas.flags(r.target);
        locks.startWrite(middle);
        if (!r.removeMiddle) {
            int error = adjustment.get().newEdge(middle, left ? r.end : start, left);
            if (error != 0) {
                return error;
            }
        }
        if (right) {
            locks.startWrite(r.next);
            sticky |= vmas.flags(r.next);
        }
        if (left) {
            locks.startWrite(r.prev);
            r.start = vmas.start(r.prev);
            r.pgoff = vmas.pgoff(r.prev);
        }
        int pages = middle;
        if (left && right) {
            r.end = vmas.end(r.next);
            pages = vmas.anonVma(r.next) != 0 ? r.next : middle;
        } else if (left) {
            r.shrinkMiddleFromBelow = !r.removeMiddle;
        } else if (r.removeMiddle) {
            r.end = vmas.end(r.next);
        } else {
            r.extendNextDown = true;
            r.start = vmas.start(middle);
            r.end = start;
            r.pgoff = vmas.pgoff(middle);
        }
        adoptPages(r.target, pages);
        commit(r);
        finish(r, sticky);
        return r.target;
    }

    /**
     * Tries to have neighbours take a new range, or one that mremap moves, into themselves.
     *
     * @return the VMA that contains the range now, or 0 if nothing was changed
     */
    int added(Request r) {
        if (VmFlags.any(r.flags, VmFlags.VM_SPECIAL)) {
            return 0;
        }
        boolean left = fitsLeft(r);
        boolean right = !r.justExpand && fitsRight(r, left);
        if (!left && !right) {
            return 0;
        }
        if (left && right && vmas.hasCloseHook(r.next)) {
            right = false;
        }
        r.target = left ? r.prev : r.next;
        r.removeNext = left && right;
        if (right) {
            r.end = vmas.end(r.next);
        }
        if (left) {
            r.start = vmas.start(r.prev);
            r.pgoff = vmas.pgoff(r.prev);
        }
        locks.startWrite(r.target);
        long sticky = r.flags | vmas.flags(r.target);
        if (r.removeNext) {
            sticky |= vmas.flags(r.next);
            adoptPages(r.target, r.next);
        }
        if (r.copiedFrom != 0) {
            adoptPages(r.target, r.copiedFrom);
        }
        if (r.removeNext) {
            locks.startWrite(r.next);
        }
        commit(r);
        finish(r, sticky);
        return r.target;
    }

    // ---- may they merge ----

    private boolean fitsLeft(Request r) {
        int prev = r.prev;
        return prev != 0
                && vmas.end(prev) == r.start
                && looksLike(r, prev)
                && anonVmasAgree(r, prev)
                && vmas.pgoffAt(prev, r.start) == r.pgoff;
    }

    private boolean fitsRight(Request r, boolean fitsLeft) {
        int next = r.next;
        if (next == 0
                || r.end != vmas.start(next)
                || !looksLike(r, next)
                || !anonVmasAgree(r, next)
                || vmas.pgoff(next) != r.pgoff + ((r.end - r.start) >> Geometry.PAGE_SHIFT)) {
            return false;
        }
        return !fitsLeft
                || vmas.anonVma(r.prev) == 0
                || vmas.anonVma(next) == 0
                || vmas.anonVma(r.prev) == vmas.anonVma(next);
    }

    private boolean looksLike(Request r, int vma) {
        return ((vmas.flags(vma) ^ r.flags) & ~VmFlags.VM_IGNORE_MERGE) == 0
                && vmas.file(vma) == r.file
                && vmas.uffd(vma) == r.uffd
                && vmas.anonName(vma) == r.anonName
                && vmas.policy(vma) == r.policy;
    }

    /**
     * Whether the pages of the range and those of a neighbour can be found through one set of chains.
     *
     * <ul>
     *   <li>The neighbour never faulted, the range has pages: the neighbour takes over the chains. Not if they lead
     *       to a parent process: the extended VMA would be visited for pages that it cannot hold.
     *   <li>The neighbour has pages, the range none: nothing to do; again not if the neighbour was forked.
     *   <li>Both or neither have pages: the anon_vmas must be the same.
     * </ul>
     */
    private boolean anonVmasAgree(Request r, int neighbour) {
        int theirs = vmas.anonVma(neighbour);
        if (theirs == 0 && r.anonVma != 0) {
            return !isForkChild(r.middle) && !isForkChild(r.copiedFrom);
        }
        if (theirs != 0 && r.anonVma == 0) {
            return !anonVmas.isForkChild(neighbour);
        }
        return theirs == r.anonVma;
    }

    private boolean isForkChild(int vma) {
        return vma != 0 && anonVmas.isForkChild(vma);
    }

    // ---- carrying it out ----

    /** Lets a VMA that never faulted take over the chains of one whose pages it will hold. */
    private void adoptPages(int target, int pages) {
        if (vmas.anonVma(target) == 0) {
            anonVmas.share(target, pages);
        }
    }

    private void commit(Request r) {
        int changed = r.extendNextDown ? r.middle : r.target;
        int adjusted = r.shrinkMiddleFromBelow ? r.middle : r.extendNextDown ? r.next : 0;
        int file = vmas.file(changed);
        int anonVma = vmas.anonVma(changed);
        if (anonVma == 0 && adjusted != 0) {
            anonVma = vmas.anonVma(adjusted);
        }

        if (file != 0) {
            files.writeLock(changed);
        }
        if (anonVma != 0) {
            anonVmas.writeLock(anonVma);
            anonVmas.takeAll(changed);
            if (adjusted != 0) {
                anonVmas.takeAll(adjusted);
            }
        }
        if (file != 0) {
            files.take(changed);
            if (adjusted != 0) {
                files.take(adjusted);
            }
        }
        if (adjusted != 0) {
            adjustment.get().beforeSplit(r.middle, r.end);
        }

        setRanges(r, changed, adjusted);

        if (file != 0) {
            if (adjusted != 0) {
                files.put(adjusted);
            }
            files.put(changed);
            if (r.removeMiddle) {
                files.unlinkLocked(r.middle);
            }
            if (r.removeNext) {
                files.unlinkLocked(r.next);
            }
        }
        if (anonVma != 0) {
            anonVmas.putAll(changed);
            if (adjusted != 0) {
                anonVmas.putAll(adjusted);
            }
            anonVmas.unlock(anonVma);
        }
        if (file != 0) {
            files.unlock(changed);
        }

        if (r.removeMiddle) {
            discard(r.middle);
        }
        if (r.removeNext) {
            discard(r.next);
        }
    }

    private void setRanges(Request r, int changed, int adjusted) {
        if (r.removeMiddle) {
            index.remove(r.middle);
        }
        if (r.removeNext) {
            index.remove(r.next);
        }
        if (adjusted != 0) {
            long pgoff = vmas.pgoffAt(adjusted, r.end);
            index.restart(adjusted, r.end);
            vmas.setRange(adjusted, r.end, vmas.end(adjusted), pgoff);
        }
        if (vmas.start(changed) != r.start) {
            index.restart(changed, r.start);
        }
        vmas.setRange(changed, r.start, r.end, r.pgoff);
    }

    private void discard(int vma) {
        anonVmas.unlink(vma);
        adjustment.get().freed(vma);
        vmas.free(vma);
    }

    private void finish(Request r, long flagsOfParts) {
        vmas.changeFlags(r.target, flagsOfParts & VmFlags.VM_STICKY, 0);
        adjustment.get().merged(r.target);
        if (r.copiedFrom == 0) {
            adjustment.get().settled(r.target);
        }
    }
}
