package org.polymm.engine.policy;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.plugin.Slot;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.VmaTable;

/**
 * The facts of a write-protect or unshare fault; filled by the fault handler under the page-table lock. The run around the fault is looked
 * at only when somebody asks, once a fault.
 */
public final class WriteFaultFacts implements WriteFault {

    private static final int UNKNOWN = -1;
    private static final long[] NO_TABLE = new long[0];

    private final Frames frames;
    private final VmaTable vmas;
    private final Geometry geometry;
    private final VmaFacts vma;
    private final FolioFacts folio;
    private final ThpFacts thp;
    private final PolicyMemories memories;

    private int mm;
    private long page;
    private int pfn;
    private boolean unshare;
    private MappingLevel level = MappingLevel.PTE;
    private boolean proven;
    private long[] table = NO_TABLE;
    private int before;
    private int after;
    private Slot slot = Slot.COW_SIZING_REUSE;

    WriteFaultFacts(
            Frames frames,
            VmaTable vmas,
            Geometry geometry,
            VmaFacts vma,
            FolioFacts folio,
            ThpFacts thp,
            PolicyMemories memories) {
        this.frames = frames;
        this.vmas = vmas;
        this.geometry = geometry;
        this.vma = vma;
        this.folio = folio;
        this.thp = thp;
        this.memories = memories;
    }

    /**
     * Describes a fault at PTE level.
     *
     * @param newMm the address space
     * @param newVma the VMA
     * @param newPage the faulting page number
     * @param newPfn the frame that is mapped
     * @param head the folio it belongs to
     * @param leafTable the page table that maps it
     * @param isUnshare whether a pin asks
     * @return these facts
     */
    public WriteFaultFacts atPte(
            int newMm, int newVma, long newPage, int newPfn, int head, long[] leafTable, boolean isUnshare) {
        at(newMm, newVma, newPage, newPfn, head, isUnshare);
        level = MappingLevel.PTE;
        table = leafTable;
        before = UNKNOWN;
        after = UNKNOWN;
        return this;
    }

    /**
     * Describes a fault at PMD level.
     *
     * @param newMm the address space
     * @param newVma the VMA
     * @param newPage the faulting page number
     * @param newPfn the frame that is mapped there
     * @param isUnshare whether a pin asks
     * @return these facts
     */
    public WriteFaultFacts atPmd(int newMm, int newVma, long newPage, int newPfn, boolean isUnshare) {
        at(newMm, newVma, newPage, newPfn, frames.head(newPfn), isUnshare);
        level = MappingLevel.PMD;
        table = NO_TABLE;
        before = 0;
        after = 0;
        return this;
    }

    private void at(int newMm, int newVma, long newPage, int newPfn, int head, boolean isUnshare) {
        mm = newMm;
        vma.at(newVma);
        page = newPage;
        pfn = newPfn;
        folio.at(head);
        unshare = isUnshare;
        proven = false;
    }

    /**
     * Says how the proof went.
     *
     * @param held whether all of the folio is proven exclusive
     */
    public void setProven(boolean held) {
        proven = held;
    }

    WriteFaultFacts asking(Slot newSlot) {
        slot = newSlot;
        return this;
    }

    @Override
    public VmaView vma() {
        return vma;
    }

    @Override
    public long page() {
        return page;
    }

    @Override
    public FolioView folio() {
        return folio;
    }

    @Override
    public int pageInFolio() {
        return pfn - folio.head();
    }

    @Override
    public MappingLevel level() {
        return level;
    }

    @Override
    public boolean isUnshare() {
        return unshare;
    }

    @Override
    public int runBefore() {
        if (before == UNKNOWN) {
            int index = (int) page & geometry.entries() - 1;
            long room = Math.min(index, page - (vmas.start(vma.handle()) >>> Geometry.PAGE_SHIFT));
            int limit = (int) Math.min(room, pageInFolio());
            int run = 0;
            while (run < limit && maps(index - run - 1, pfn - run - 1)) {
                run++;
            }
            before = run;
        }
        return before;
    }

    @Override
    public int runAfter() {
        if (after == UNKNOWN) {
            int index = (int) page & geometry.entries() - 1;
            long room = Math.min(
                    geometry.entries() - 1 - index, (vmas.end(vma.handle()) >>> Geometry.PAGE_SHIFT) - 1 - page);
            int limit = (int) Math.min(room, folio.pages() - 1 - pageInFolio());
            int run = 0;
            while (run < limit && maps(index + run + 1, pfn + run + 1)) {
                run++;
            }
            after = run;
        }
        return after;
    }

    private boolean maps(int index, int frame) {
        long entry = table[index];
        return Pte.isNormalPage(entry) && Pte.pfn(entry) == frame;
    }

    @Override
    public boolean isExclusive(int offset) {
        if (level == MappingLevel.PMD) {
            return frames.test(folio.head(), Frames.ANON_EXCLUSIVE);
        }
        if (offset < -runBefore() || offset > runAfter()) {
            throw new IndexOutOfBoundsException(
                    "page " + offset + " is outside the run [" + -runBefore() + ", " + runAfter() + "]");
        }
        return frames.test(pfn + offset, Frames.ANON_EXCLUSIVE);
    }

    @Override
    public boolean isFolioProvenExclusive() {
        return proven;
    }

    @Override
    public ThpView thp() {
        return thp;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        int handle = switch (scope) {
            case MACHINE -> 0;
            case MM -> mm;
            case VMA -> vma.handle();
            case FOLIO -> folio.head();
        };
        return memories.row(slot, scope, handle);
    }
}
