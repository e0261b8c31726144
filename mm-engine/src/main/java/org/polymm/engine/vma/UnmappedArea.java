package org.polymm.engine.vma;

import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;

/**
 * Where a mapping goes that does not say, or merely hints, where.
 *
 * <pre>
 *   0      mmap_min_addr                                        mmap_base     stack
 *   |---------|...........................|--C--|.....|--B--|--A--|  gap  |......|====|
 *                                                  ^ highest gap that is large enough, its top end
 * </pre>
 *
 * <p>The search goes down from {@code mmap_base}; if nothing fits there, up from a third of user space. A stack keeps
 * {@link MapLimits#stackGuardGap} below it free.
 *
 * <p>The kernel's tree knows the largest gap below each of its nodes. Here the VMAs are visited one by one, but where
 * the last search found nothing is remembered: while no VMA goes away, no gap of {@code gapLength} bytes or more lies
 * above {@code gapFloor}. A program that maps and maps therefore does not look at what it mapped before.
 */
public final class UnmappedArea {

    private final Geometry geometry;
    private final MmTable mms;
    private final VmaTable vmas;
    private final VmaIndex index;
    private final MapLimits limits;

    UnmappedArea(Geometry geometry, MmTable mms, VmaTable vmas, VmaIndex index, MapLimits limits) {
        this.geometry = geometry;
        this.mms = mms;
        this.vmas = vmas;
        this.index = index;
        this.limits = limits;
    }

    /**
     * {@code mmap_base} without address randomisation: the stack's limit and guard gap below the top of user space,
     * and at least 128 MiB (a sixteenth of a small user space).
     */
    long defaultMmapBase(long stackLimit) {
        long top = geometry.taskSize() - Geometry.PAGE_SIZE;
        long least = Math.min(128L << 20, geometry.taskSize() >> 4);
        long most = top / 6 * 5;
        long gap = stackLimit > most ? most : stackLimit + limits.stackGuardGap();
        return top - Math.clamp(gap, least, most) + Geometry.PAGE_SIZE - 1 & -Geometry.PAGE_SIZE;
    }

    /**
     * What mmap asks to be aligned without being told: a new anonymous mapping of a multiple of the PMD size that gives
     * no hint.
     *
     * @param hint address hint, in bytes; 0 for none
     * @param length in bytes
     * @return the PMD size in bytes, or 0
     */
    public long thpAlignment(long hint, long length) {
        return hint == 0 && length != 0 && length % geometry.pmdSize() == 0 ? geometry.pmdSize() : 0;
    }

    /**
     * {@code round_hint_to_min}: a hint rounded down to a page, and up to {@code mmap_min_addr} if it is not 0.
     *
     * @param hint in bytes
     */
    public long roundHint(long hint) {
        long page = hint & -Geometry.PAGE_SIZE;
        return page != 0 && page < limits.mmapMinAddr() ? limits.mmapMinAddr() : page;
    }

    /**
     * {@code get_unmapped_area}: a free range.
     *
     * @param hint page-aligned address to use if the range there is free; 0 for none
     * @param length in bytes, a multiple of the page size
     * @param alignment in bytes, a power of two; 0 for that of a page. It is tried first and dropped if that does not
     *     fit
     * @param pgoff page offset into the file; the address is aligned to it, modulo the alignment. 0 if anonymous
     * @return the start address in bytes, or -ENOMEM
     */
    public long find(int mm, long hint, long length, long alignment, long pgoff) {
        if (length > geometry.taskSize() - limits.mmapMinAddr()) {
            return -Errno.ENOMEM;
        }
        if (alignment > Geometry.PAGE_SIZE) {
            long aligned = findAligned(mm, hint, length, alignment, pgoff << Geometry.PAGE_SHIFT);
            if (aligned > 0) {
                return aligned;
            }
        }
        return findAnywhere(mm, hint, length);
    }

    private long findAligned(int mm, long hint, long length, long alignment, long offset) {
        long firstAligned = offset + alignment - 1 & -alignment;
        if (offset + length - firstAligned < alignment) {
            return 0;
        }
        long found = findAnywhere(mm, hint, length + alignment);
        if (found < 0 || found == hint) {
            return found;
        }
        long up = offset - found & alignment - 1;
        return found + (up == 0 ? alignment : up);
    }

    private long findAnywhere(int mm, long hint, long length) {
        if (length > geometry.taskSize() - limits.mmapMinAddr()) {
            return -Errno.ENOMEM;
        }
        if (hint != 0 && isFree(mm, hint, length)) {
            return hint;
        }
        long found = topDown(mm, length);
        return found >= 0 ? found : bottomUp(mm, length);
    }

    private boolean isFree(int mm, long start, long length) {
        if (start < limits.mmapMinAddr() || start > geometry.taskSize() - length) {
            return false;
        }
        int position = index.positionAtOrAbove(mm, start);
        return position == mms.mapCount(mm) || start + length <= startWithGap(index.at(mm, position));
    }

    private long topDown(int mm, long length) {
        long low = Math.max(limits.mmapMinAddr(), Geometry.PAGE_SIZE);
        long ceiling = mms.mmapBase(mm);
        boolean known = mms.gapLength(mm) != 0 && length >= mms.gapLength(mm);
        long high = known ? Math.min(ceiling, mms.gapFloor(mm)) : ceiling;
        int above = index.floor(mm, high - 1) + 1;
        while (high - length >= low) {
            // Everything from the VMA at position 'above' on starts at 'high' or higher.
            if (above < mms.mapCount(mm)) {
                high = Math.min(high, startWithGap(index.at(mm, above)));
            }
            long bottom = above == 0 ? low : Math.max(low, vmas.end(index.at(mm, above - 1)));
            if (high - bottom >= length) {
                remember(mm, high, length);
                return high - length;
            }
            if (above == 0) {
                break;
            }
            above--;
            high = Math.min(high, vmas.start(index.at(mm, above)));
        }
        remember(mm, low, length);
        return -Errno.ENOMEM;
    }

    private void remember(int mm, long floor, long length) {
        mms.gapFloor(mm, floor);
        mms.gapLength(mm, length);
    }

    /** A VMA went away, or came to leave more room: a gap may be anywhere. */
    void forget(int mm) {
        mms.gapLength(mm, 0);
    }

    private long bottomUp(int mm, long length) {
        long third = geometry.taskSize() / 3 + Geometry.PAGE_SIZE - 1 & -Geometry.PAGE_SIZE;
        long low = Math.max(third, limits.mmapMinAddr());
        int position = index.positionAtOrAbove(mm, low);
        while (low <= geometry.taskSize() - length) {
            if (position == mms.mapCount(mm)) {
                return low;
            }
            int next = index.at(mm, position);
            if (startWithGap(next) - low >= length) {
                return low;
            }
            low = Math.max(low, vmas.end(next));
            position++;
        }
        return -Errno.ENOMEM;
    }

    /** {@code vm_start_gap}: where a VMA begins with what it needs free below. */
    private long startWithGap(int vma) {
        long start = vmas.start(vma);
        return vmas.has(vma, VmFlags.VM_GROWSDOWN) ? Math.max(0, start - limits.stackGuardGap()) : start;
    }
}
