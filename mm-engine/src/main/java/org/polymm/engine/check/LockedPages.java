package org.polymm.engine.check;

import java.util.Arrays;
import java.util.List;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Watches over {@link Invariant#LOCKED_PAGE_STAYS}, which no single state shows: a swap entry in locked memory may have been there before it was
 * locked. So the pages that are present in VM_LOCKED VMAs are noted before an operation, and looked at after it.
 *
 * <p>It takes the word of VMAs and page tables alone, not that of reclaim. mremap may move a swap entry onto a locked page; after one, there is
 * nothing to be asked. Looking costs a page-table lookup for every locked page.
 */
public final class LockedPages {

    private static final int MM_SHIFT = 40;

    private final AddressSpaces spaces;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;

    /** mm and page number of each page, in the order of mms and addresses. */
    private long[] noted = new long[64];

    private int count;

    /**
     * Watches one machine, of which nothing is noted yet.
     *
     * @param spaces its address spaces
     * @param tables its page tables
     */
    public LockedPages(AddressSpaces spaces, PageTables tables) {
        this.spaces = spaces;
        this.tables = tables;
        mms = spaces.mms();
        vmas = spaces.vmas();
    }

    /** Forgets what was noted, and notes the pages that are locked and present now. */
    public void note() {
        count = 0;
        mms.forEachLive(this::note);
    }

    private void note(int mm) {
        if (mms.lockedVm(mm) == 0) {
            return;
        }
        int root = mms.pgd(mm);
        for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
            if (!vmas.has(vma, VmFlags.VM_LOCKED)) {
                continue;
            }
            for (long at = vmas.start(vma); at < vmas.end(vma); at += Geometry.PAGE_SIZE) {
                if (Pte.isPresent(tables.lookup(root, at))) {
                    if (count == noted.length) {
                        noted = Arrays.copyOf(noted, 2 * count);
                    }
                    noted[count++] = (long) mm << MM_SHIFT | at / Geometry.PAGE_SIZE;
                }
            }
        }
    }

    /**
     * Looks for noted pages that were swapped out since. Not to be asked after mremap.
     *
     * @param found gets the violations
     */
    public void check(List<Violation> found) {
        for (int i = 0; i < count; i++) {
            int mm = (int) (noted[i] >>> MM_SHIFT);
            long address = (noted[i] & (1L << MM_SHIFT) - 1) * Geometry.PAGE_SIZE;
            if (!mms.isLive(mm) || !Pte.isSwap(tables.lookup(mms.pgd(mm), address))) {
                continue;
            }
            int vma = spaces.find(mm, address);
            if (vma != 0 && vmas.has(vma, VmFlags.VM_LOCKED)) {
                found.add(new Violation(
                        Invariant.LOCKED_PAGE_STAYS,
                        "the page of mm " + mm + " at 0x" + Long.toHexString(address)
                                + " was in memory, locked, and is in swap now"));
            }
        }
    }
}
