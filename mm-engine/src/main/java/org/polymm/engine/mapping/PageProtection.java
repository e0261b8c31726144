package org.polymm.engine.mapping;

import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.vma.VmFlags;

/**
 * What the flags of a VMA allow the entries that map its pages: {@code vm_page_prot} and the rules that widen it.
 *
 * <p>Pure functions; thread-safe.
 */
public final class PageProtection {

    private PageProtection() {}

    /**
     * The protection of an entry that nobody has written through yet: {@code vm_page_prot}.
     *
     * <p>A private mapping starts read-only, because the first write must be noticed. A shared writable one starts writable, unless
     * somebody must hear of the first write to a page: the file (to keep track of dirty pages) or userfaultfd.
     *
     * @param vmFlags the flags of the VMA
     * @param isFileNotified whether the file keeps track of its dirty pages (shmem does not)
     * @return {@link Pte#USER}, {@link Pte#WRITE} and {@link Pte#NO_EXEC}, as far as they apply
     */
    public static long of(long vmFlags, boolean isFileNotified) {
        long bits = VmFlags.isAccessible(vmFlags) ? Pte.USER : 0;
        if ((vmFlags & VmFlags.VM_EXEC) == 0) {
            bits |= Pte.NO_EXEC;
        }
        boolean sharedWritable =
                (vmFlags & (VmFlags.VM_SHARED | VmFlags.VM_WRITE)) == (VmFlags.VM_SHARED | VmFlags.VM_WRITE);
        if (sharedWritable && !isFileNotified && (vmFlags & VmFlags.VM_UFFD_WP) == 0) {
            bits |= Pte.WRITE;
        }
        return bits;
    }

    /**
     * The protection of an entry in a private mapping before the first write.
     *
     * @param vmFlags the flags of the VMA
     * @return {@link Pte#USER} and {@link Pte#NO_EXEC}, as far as they apply
     */
    public static long ofPrivate(long vmFlags) {
        return (VmFlags.isAccessible(vmFlags) ? Pte.USER : 0) | ((vmFlags & VmFlags.VM_EXEC) == 0 ? Pte.NO_EXEC : 0);
    }

    /**
     * The write bit, if the VMA allows writing at all: {@code maybe_mkwrite}. A write by a debugger or a pin may replace a page of a
     * VMA that does not.
     *
     * @param vmFlags the flags of the VMA
     * @return {@link Pte#WRITE} or 0
     */
    public static long writeBit(long vmFlags) {
        return (vmFlags & VmFlags.VM_WRITE) != 0 ? Pte.WRITE : 0;
    }
}
