package org.polymm.engine.machine;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.FolioMapcounts;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Reads a machine the way {@code /proc} shows a kernel, without changing anything and without locks.
 *
 * <p>Bits and meanings are those of pagemap, kpageflags, kpagecount, maps and smaps.
 */
public final class Inspector {

    /** pagemap: a page is present. */
    public static final long PM_PRESENT = 1L << 63;
    /** pagemap: swapped out, or another entry that is not present, such as a marker. */
    public static final long PM_SWAP = 1L << 62;
    /** pagemap: a page of a file, or of shared anonymous memory. */
    public static final long PM_FILE = 1L << 61;
    /** pagemap: write-protected by userfaultfd. */
    public static final long PM_UFFD_WP = 1L << 57;
    /** pagemap: mapped exactly once. */
    public static final long PM_EXCLUSIVE = 1L << 56;
    /** pagemap: the bits of the page frame number. */
    public static final long PM_PFN = (1L << 55) - 1;

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final AddressSpaces spaces;
    private final PageTables tables;
    private final Frames frames;
    private final FolioMapcounts mapcounts;
    private final MmTable mms;
    private final VmaTable vmas;

    Inspector(AddressSpaces spaces, PageTables tables, Frames frames, FolioMapcounts mapcounts) {
        this.spaces = spaces;
        this.tables = tables;
        this.frames = frames;
        this.mapcounts = mapcounts;
        mms = spaces.mms();
        vmas = spaces.vmas();
    }

    /**
     * What pagemap shows for a page.
     *
     * @param mm the address space
     * @param address any address in the page
     * @return the bits above
     */
    public long pagemap(int mm, long address) {
        long entry = entry(mm, address);
        if (entry == Pte.NONE) {
            return 0;
        }
        long bits = Pte.isUffdWp(entry) ? PM_UFFD_WP : 0;
        if (!Pte.isPresent(entry)) {
            return bits | PM_SWAP;
        }
        int pfn = Pte.pfn(entry);
        bits |= PM_PRESENT | pfn;
        if (Pte.isZeroPage(entry)) {
            return bits;
        }
        if (!frames.test(frames.head(pfn), Frames.ANON)) {
            bits |= PM_FILE;
        }
        return mapcounts.reportedExclusive(shownFor(mm, address, pfn)) ? bits | PM_EXCLUSIVE : bits;
    }

    /** A huge entry shows for all its pages whether the first of them is mapped once. */
    private int shownFor(int mm, long address, int pfn) {
        return isPmdMapped(mm, address) ? Pte.pfn(tables.pmd(mms.pgd(mm), address)) : pfn;
    }

    /**
     * The page-table entry that maps a page; a huge entry is shown as the entry its page would have.
     *
     * @param mm the address space
     * @param address any address in the page
     * @return an entry as {@link Pte} reads it
     */
    public long entry(int mm, long address) {
        long entry = tables.lookup(mms.pgd(mm), address);
        return Pte.isPresent(entry) && Pte.isHuge(entry) ? Pte.pageOfHuge(entry, tables.pteIndex(address)) : entry;
    }

    /**
     * Whether a page is mapped by a PMD entry.
     *
     * @param mm the address space
     * @param address any address in the page
     * @return whether its PMD entry is a leaf
     */
    public boolean isPmdMapped(int mm, long address) {
        long entry = tables.pmd(mms.pgd(mm), address);
        return Pte.isPresent(entry) && Pte.isHuge(entry);
    }

    /**
     * The order of the folio behind an address.
     *
     * @param mm the address space
     * @param address any address in the page
     * @return its order; -1 if no page is present
     */
    public int folioOrder(int mm, long address) {
        long entry = entry(mm, address);
        return Pte.isNormalPage(entry) ? frames.order(frames.head(Pte.pfn(entry))) : -1;
    }

    /**
     * The first page of the folio behind an address.
     *
     * @param mm the address space
     * @param address any address in the page
     * @return the page frame number of the head; 0 if no page is present
     */
    public int folio(int mm, long address) {
        long entry = entry(mm, address);
        return Pte.isNormalPage(entry) ? frames.head(Pte.pfn(entry)) : 0;
    }

    /**
     * What kpagecount shows.
     *
     * @param pfn a page frame number
     * @return a number of mappings
     */
    public int kpagecount(int pfn) {
        return mapcounts.reportedMapcount(pfn);
    }

    /**
     * /**
     * How often a folio is pinned: exact for a large one; of a small one, how many 1,024 references it has, which may be more than its pins.
     *
     * @param head a page frame number that {@link #folio} gave
     * @return the pins, one for each page and handle
     */
    public int pins(int head) {
        return frames.isLarge(head) ? frames.pincount(head) : frames.refcount(head) / Folios.PIN_BIAS;
    }

    /**
     * Whether a folio has flags.
     *
     * @param head a page frame number that {@link #folio} gave
     * @param flags constants of {@link Frames}
     * @return whether any is set
     */
    public boolean hasFlags(int head, int flags) {
        return frames.test(head, flags);
    }

    /**
     * How many VMAs a process has.
     *
     * @param mm the address space
     * @return their number
     */
    public int vmaCount(int mm) {
        return mms.mapCount(mm);
    }

    /** Sees the VMAs of a process, lowest first. */
    @FunctionalInterface
    public interface VmaVisitor {
        /**
         * Sees one.
         *
         * @param start its first address
         * @param end the address after its last
         * @param flags its flags, as {@link VmFlags} names them
         * @param file the file it maps; 0 if it is anonymous
         * @param pgoff its page offset
         */
        void see(long start, long end, long flags, int file, long pgoff);
    }

    /**
     * Visits the VMAs of a process.
     *
     * @param mm the address space
     * @param visitor sees them, lowest first
     */
    public void forEachVma(int mm, VmaVisitor visitor) {
        for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
            visitor.see(vmas.start(vma), vmas.end(vma), vmas.flags(vma), vmas.file(vma), vmas.pgoff(vma));
        }
    }

    /**
     * What smaps shows for a process.
     *
     * @param mm the address space
     * @return the sum over its VMAs
     */
    public Smaps smaps(int mm) {
        Smaps sum = Smaps.NONE;
        for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
            sum = sum.plus(smapsOf(mm, vma));
        }
        return sum;
    }

    /**
     * What smaps shows for the VMA at an address.
     *
     * @param mm the address space
     * @param address any address in the VMA
     * @return its memory; nothing where no VMA is
     */
    public Smaps smaps(int mm, long address) {
        int vma = spaces.find(mm, address);
        return vma == 0 ? Smaps.NONE : smapsOf(mm, vma);
    }

    private Smaps smapsOf(int mm, int vma) {
        long rss = 0;
        double pss = 0;
        long shared = 0;
        long anonymous = 0;
        long huge = 0;
        long hugeShmem = 0;
        long hugeFile = 0;
        long swap = 0;
        long end = vmas.end(vma);
        int root = mms.pgd(mm);
        for (long at = tables.nextPopulated(root, vmas.start(vma), end);
                at < end;
                at = tables.nextPopulated(root, at, end)) {
            boolean pmd = isPmdMapped(mm, at);
            long stop = tables.pmdEnd(at, end);
            for (; at < stop; at += PAGE) {
                long entry = entry(mm, at);
                swap += Pte.isSwap(entry) ? PAGE : 0;
                if (!Pte.isNormalPage(entry)) {
                    continue;
                }
                int pfn = Pte.pfn(entry);
                boolean anon = frames.test(frames.head(pfn), Frames.ANON);
                rss += PAGE;
                pss += (double) PAGE / mapcounts.pssDivisor(pfn);
                shared += mapcounts.reportedExclusive(pfn) ? 0 : PAGE;
                anonymous += anon ? PAGE : 0;
                if (pmd) {
                    boolean shmem = !anon && frames.test(frames.head(pfn), Frames.SWAPBACKED);
                    huge += anon ? PAGE : 0;
                    hugeShmem += shmem ? PAGE : 0;
                    hugeFile += anon || shmem ? 0 : PAGE;
                }
            }
        }
        boolean locked = (vmas.flags(vma) & VmFlags.VM_LOCKED) != 0;
        return new Smaps(
                vmas.length(vma),
                rss,
                (long) pss,
                shared,
                rss - shared,
                anonymous,
                huge,
                hugeShmem,
                hugeFile,
                locked ? (long) pss : 0,
                swap);
    }
}
