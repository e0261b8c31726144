package org.polymm.engine.vma;

/** Breaks VMAs as no operation would, for tests of what finds that. */
public final class VmaDamage {

    private VmaDamage() {}

    /**
     * Moves the end of a VMA and tells nobody.
     *
     * @param vmas the VMAs
     * @param vma which
     * @param end its new end, in bytes
     */
    public static void moveEnd(VmaTable vmas, int vma, long end) {
        vmas.end(vma, end);
    }

    /**
     * Changes where in its object a VMA begins and tells nobody.
     *
     * @param vmas the VMAs
     * @param vma which
     * @param pgoff its new offset, in pages
     */
    public static void moveOffset(VmaTable vmas, int vma, long pgoff) {
        vmas.pgoff(vma, pgoff);
    }

    /**
     * Has an address space count one VMA more than it has.
     *
     * @param mms the address spaces
     * @param mm which
     */
    public static void miscount(MmTable mms, int mm) {
        mms.addTotalVm(mm, 1);
    }
}
