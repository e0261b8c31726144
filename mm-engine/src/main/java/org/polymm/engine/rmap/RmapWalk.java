package org.polymm.engine.rmap;

import org.polymm.engine.frame.Frames;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.FileMappings;
import org.polymm.engine.vma.VmaTable;

/**
 * Finds the VMAs that may map a folio ({@code rmap_walk}).
 *
 * <p>An anonymous folio leads to its anon_vma and the chain entries there, a page of a file to the VMAs in the file's
 * tree; both are visited in ascending page offset, then age. The walk takes the lock of the tree for reading, which
 * is why visitors may take page-table locks and nothing before them in the order. Nothing is allocated, no state is
 * kept: walks of several tasks may be under way, and a visitor may start another walk.
 *
 * <p>KSM folios are in many places at unrelated offsets and are walked by their own package.
 */
public final class RmapWalk {

    /** Every VMA was visited. */
    public static final int COMPLETE = 0;

    /** A visitor said to stop. */
    public static final int STOPPED = 1;

    /** The lock was taken by another, and the caller did not want to wait: nothing was visited. */
    public static final int CONTENDED = 2;

    private final Frames frames;
    private final VmaTable vmas;
    private final AnonVmas anonVmas;
    private final FileMappings files;
    private final Sync sync;

    /** Walks over the given frames and address spaces. */
    public RmapWalk(Frames frames, AddressSpaces spaces, Sync sync) {
        this.frames = frames;
        this.vmas = spaces.vmas();
        this.anonVmas = spaces.anonVmas();
        this.files = spaces.files();
        this.sync = sync;
    }

    /**
     * Walks all pages of a folio, waiting for the lock. A folio of a file must be locked.
     *
     * @param head page frame number of the folio
     * @return {@link #COMPLETE} or {@link #STOPPED}; a folio without a mapping is nowhere: {@link #COMPLETE}
     */
    public int walk(int head, RmapVisitor visitor) {
        int mapping = frames.mapping(head);
        if (mapping == 0) {
            return COMPLETE;
        }
        long first = frames.index(head);
        int count = frames.pages(head);
        return frames.test(head, Frames.ANON)
                ? walkAnon(mapping, first, count, visitor)
                : walkFile(fileOf(head, mapping), frames.test(head, Frames.HUGETLB), first, count, visitor);
    }

    /**
     * As {@link #walk}, but does not wait for the lock: for reclaim, which had rather pick another folio.
     *
     * @return as {@link #walk}, or {@link #CONTENDED}
     */
    public int tryWalk(int head, RmapVisitor visitor) {
        int mapping = frames.mapping(head);
        if (mapping == 0) {
            return COMPLETE;
        }
        long first = frames.index(head);
        int count = frames.pages(head);
        if (frames.test(head, Frames.ANON)) {
            int root = anonVmas.root(mapping);
            return sync.tryReadLock(LockClass.ANON_VMA, root)
                    ? visitFamily(root, mapping, first, count, visitor)
                    : CONTENDED;
        }
        LockClass lock = lockClass(frames.test(head, Frames.HUGETLB));
        int file = fileOf(head, mapping);
        if (!sync.tryReadLock(lock, file)) {
            return CONTENDED;
        }
        int result = visitFile(file, first, count, visitor);
        sync.unlock(lock, file);
        return result;
    }

    /** As {@link #walk}, with the lock of the anon_vma or of the file held by the caller: splits and migration. */
    public int walkLocked(int head, RmapVisitor visitor) {
        int mapping = frames.mapping(head);
        if (mapping == 0) {
            return COMPLETE;
        }
        long first = frames.index(head);
        int count = frames.pages(head);
        if (frames.test(head, Frames.ANON)) {
            sync.assertHeld(LockClass.ANON_VMA, anonVmas.root(mapping));
            return visitAnon(mapping, first, count, visitor);
        }
        sync.assertHeld(lockClass(frames.test(head, Frames.HUGETLB)), mapping);
        return visitFile(mapping, first, count, visitor);
    }

    /**
     * Walks an anonymous folio without any lock: for facts of a decision, during which no other task runs. The visitor may take none
     * either.
     *
     * @param head the folio
     */
    public void peek(int head, RmapVisitor visitor) {
        int mapping = frames.mapping(head);
        if (mapping != 0 && anonVmas.isLive(mapping)) {
            visitAnon(mapping, frames.index(head), frames.pages(head), visitor);
        }
    }

    /**
     * Walks a range of page offsets of an anon_vma, waiting for its lock.
     *
     * @param first page offset of the first page
     */
    public int walkAnon(int anonVma, long first, int count, RmapVisitor visitor) {
        int root = anonVmas.root(anonVma);
        sync.readLock(LockClass.ANON_VMA, root);
        return visitFamily(root, anonVma, first, count, visitor);
    }

    /**
     * Walks a range of page offsets of a file, waiting for its lock.
     *
     * @param hugetlb whether it is a hugetlb file, whose lock is taken earlier in the order
     * @param first page offset of the first page
     */
    public int walkFile(int file, boolean hugetlb, long first, int count, RmapVisitor visitor) {
        LockClass lock = lockClass(hugetlb);
        sync.readLock(lock, file);
        int result = visitFile(file, first, count, visitor);
        sync.unlock(lock, file);
        return result;
    }

    /**
     * Visits under the root's lock, and gives it up. Whoever waited for the lock finds the anon_vma gone if the folio
     * was unmapped everywhere meanwhile: then there is nothing to visit. If its handle was used again within the
     * family, the visitors find no entry that maps the folio.
     */
    private int visitFamily(int root, int anonVma, long first, int count, RmapVisitor visitor) {
        boolean stillThere = anonVmas.isLive(anonVma) && anonVmas.root(anonVma) == root;
        int result = stillThere ? visitAnon(anonVma, first, count, visitor) : COMPLETE;
        sync.unlock(LockClass.ANON_VMA, root);
        return result;
    }

    private int visitAnon(int anonVma, long first, int count, RmapVisitor visitor) {
        long last = first + count - 1;
        for (int chain = anonVmas.first(anonVma, first, last); chain != 0; chain = anonVmas.next(chain, first, last)) {
            if (!visit(anonVmas.vmaOf(chain), first, last, visitor)) {
                return STOPPED;
            }
        }
        return COMPLETE;
    }

    private int visitFile(int file, long first, int count, RmapVisitor visitor) {
        long last = first + count - 1;
        for (int vma = files.first(file, first, last); vma != 0; vma = files.next(vma, first, last)) {
            if (!visit(vma, first, last, visitor)) {
                return STOPPED;
            }
        }
        return COMPLETE;
    }

    private boolean visit(int vma, long first, long last, RmapVisitor visitor) {
        sync.touch(Point.READ_VMA, vma);
        long offset = vmas.pgoff(vma);
        long from = Math.max(first, offset);
        long to = Math.min(last, offset + vmas.pages(vma) - 1);
        long address = vmas.start(vma) + ((from - offset) << Geometry.PAGE_SHIFT);
        return visitor.visit(vmas.mm(vma), vma, address, (int) (from - first), (int) (to - from + 1));
    }

    private int fileOf(int head, int mapping) {
        sync.assertHeld(LockClass.FOLIO_LOCK, head);
        return mapping;
    }

    private static LockClass lockClass(boolean hugetlb) {
        return hugetlb ? LockClass.HUGETLB_I_MMAP : LockClass.I_MMAP;
    }

    /**
     * Where a VMA shows a run of page offsets ({@code vma_address}): at its first page within the VMA, which is the
     * start of the VMA if the run begins before it.
     *
     * @param first page offset of the first page
     * @return address in bytes, or -EFAULT if the VMA shows none of them
     */
    public long addressInVma(int vma, long first, long count) {
        long offset = vmas.pgoff(vma);
        long from = Math.max(first, offset);
        return from < Math.min(first + count, offset + vmas.pages(vma))
                ? vmas.start(vma) + ((from - offset) << Geometry.PAGE_SHIFT)
                : -Errno.EFAULT;
    }

    /**
     * Where a VMA shows a page ({@code page_address_in_vma}).
     *
     * @param pfn any page of a folio that belongs to the VMA's anon_vma family or file
     * @return address in bytes, or -EFAULT if the VMA belongs elsewhere or does not show the page
     */
    public long pageAddressInVma(int vma, int pfn) {
        int head = frames.head(pfn);
        int mapping = frames.mapping(head);
        boolean belongs;
        if (mapping == 0) {
            belongs = false;
        } else if (frames.test(head, Frames.ANON)) {
            int anonVma = vmas.anonVma(vma);
            belongs = anonVma != 0 && anonVmas.root(anonVma) == anonVmas.root(mapping);
        } else {
            belongs = vmas.file(vma) == mapping;
        }
        return belongs ? addressInVma(vma, frames.pageIndex(pfn), 1) : -Errno.EFAULT;
    }
}
