package org.polymm.engine.machine;

import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.FolioMapcounts;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;

/**
 * Counts the address spaces that really map a folio: for oracle schemes, which quantify what affordable ones miss.
 *
 * <p>Looks through every address space's VMAs of the folio's index range without taking a lock, because it answers inside a decision; no
 * kernel could do that.
 */
final class Sharers implements FolioMapcounts.Walks {

    private final Frames frames;
    private final PageTables tables;
    private final AddressSpaces spaces;

    Sharers(Frames frames, PageTables tables, AddressSpaces spaces) {
        this.frames = frames;
        this.tables = tables;
        this.spaces = spaces;
    }

    @Override
    public int sharers(int head) {
        int sharers = 0;
        for (int mm = 1; mm < spaces.mms().end(); mm++) {
            if (spaces.mms().isLive(mm) && maps(mm, head)) {
                sharers++;
            }
        }
        return sharers;
    }

    private boolean maps(int mm, int head) {
        int root = spaces.mms().pgd(mm);
        long end = spaces.geometry().taskSize();
        for (long at = tables.nextPopulated(root, 0, end); at < end; at = tables.nextPopulated(root, at, end)) {
            long stop = tables.pmdEnd(at, end);
            for (long address = tables.pmdStart(at); address < stop; address += Geometry.PAGE_SIZE) {
                long entry = tables.lookup(root, address);
                if (Pte.isNormalPage(entry) && frames.head(Pte.pfn(entry)) == head) {
                    return true;
                }
            }
            at = stop;
        }
        return false;
    }
}
