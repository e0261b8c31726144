package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Which VMAs a collapse may touch: {@code thp_vma_allowable_order} and {@code hugepage_vma_revalidate}. */
final class CollapsibleVmas {

    private static final long NEVER = VmFlags.VM_SPECIAL | VmFlags.VM_HUGETLB | VmFlags.VM_NOHUGEPAGE;

    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final Files files;
    private final ThpSettings settings;
    private final int pmdOrder;
    private final long pmdSize;

    CollapsibleVmas(AddressSpaces spaces, Files files, ThpSettings settings, Geometry geometry) {
        this.spaces = spaces;
        this.vmas = spaces.vmas();
        this.files = files;
        this.settings = settings;
        this.pmdOrder = geometry.pmdOrder();
        this.pmdSize = geometry.pmdSize();
    }

    /**
     * Whether a VMA can have a huge folio at all: not special, with room for one, and either anonymous and faulted, or of a shmem file whose
     * blocks it shows aligned. Regular files are open for writing here, and so are left alone.
     *
     * @param forced whether MADV_COLLAPSE asks, which heeds no setting below {@code transparent_hugepage}
     */
    boolean isAllowed(int vma, boolean forced) {
        if (vmas.has(vma, NEVER) || firstBlock(vma) >= endOfBlocks(vma)) {
            return false;
        }
        if (vmas.isAnonymous(vma)) {
            return vmas.anonVma(vma) != 0 && (forced || isEnabled(vma));
        }
        return isAlignedShmem(vma) && isShmemEnabled(vma, forced);
    }

    private boolean isAlignedShmem(int vma) {
        long offset = (vmas.start(vma) >>> Geometry.PAGE_SHIFT) - vmas.pgoff(vma);
        return files.is(vmas.file(vma), Files.SHMEM) && (offset & (1L << pmdOrder) - 1) == 0;
    }

    /** Whether the size of the file lets it have huge folios is asked of the first page that the VMA shows, as the kernel does. */
    private boolean isShmemEnabled(int vma, boolean forced) {
        boolean madvised = vmas.has(vma, VmFlags.VM_HUGEPAGE);
        int orders = settings.shmem().ordersOfMapping(madvised, forced, vmas.pgoff(vma), files.pages(vmas.file(vma)));
        return (orders >>> pmdOrder & 1) != 0;
    }

    private boolean isEnabled(int vma) {
        return (settings.enabledOrders(vmas.has(vma, VmFlags.VM_HUGEPAGE)) >>> pmdOrder & 1) != 0;
    }

    /** The first address of a VMA at which a huge folio could begin, in bytes. */
    long firstBlock(int vma) {
        return vmas.start(vma) + pmdSize - 1 & -pmdSize;
    }

    /** Where the last whole block of a VMA ends, in bytes. */
    long endOfBlocks(int vma) {
        return vmas.end(vma) & -pmdSize;
    }

    /**
     * Looks a range up again after the mmap lock was dropped.
     *
     * @param address where the range begins, in bytes
     * @param anonymous whether it was anonymous memory
     * @return SUCCEED, or what is in the way now
     */
    ScanResult revalidate(int mm, long address, boolean forced, boolean anonymous) {
        if (!spaces.mms().isLive(mm)) {
            return ScanResult.ANY_PROCESS;
        }
        int vma = spaces.findOrAbove(mm, address);
        if (vma == 0) {
            return ScanResult.VMA_NULL;
        }
        if (firstBlock(vma) > address || endOfBlocks(vma) < address + pmdSize) {
            return ScanResult.ADDRESS_RANGE;
        }
        if (!isAllowed(vma, forced)) {
            return ScanResult.VMA_CHECK;
        }
        return anonymous && !vmas.isAnonymous(vma) ? ScanResult.PAGE_ANON : ScanResult.SUCCEED;
    }
}
