package org.polymm.testkit.fake;

import java.util.HashSet;
import java.util.Set;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/**
 * A write-protect fault at PTE level on a page of a folio that is mapped as a whole, none of it exclusive, unless said
 * otherwise.
 */
public final class FakeWriteFault implements WriteFault {

    private final VmaView vma;
    private final FolioView folio;
    private final long page;
    private final int pageInFolio;
    private final Set<Integer> exclusive = new HashSet<>();
    private MappingLevel level = MappingLevel.PTE;
    private boolean unshare;
    private int runBefore;
    private int runAfter;
    private boolean provenExclusive;
    private ThpView thp = FakeThp.of(9);
    private FakeMemory memory = new FakeMemory();

    private FakeWriteFault(VmaView vma, FolioView folio, long page, int pageInFolio) {
        this.vma = vma;
        this.folio = folio;
        this.page = page;
        this.pageInFolio = pageInFolio;
        this.runBefore = pageInFolio;
        this.runAfter = folio.pages() - 1 - pageInFolio;
    }

    /**
     * A fault.
     *
     * @param vma the VMA
     * @param folio the folio
     * @param page the faulting page number
     * @param pageInFolio which page of the folio is mapped there, from 0
     * @return a new fake
     */
    public static FakeWriteFault of(VmaView vma, FolioView folio, long page, int pageInFolio) {
        return new FakeWriteFault(vma, folio, page, pageInFolio);
    }

    /**
     * Sets how many neighbours the folio's pages are mapped next to the fault.
     *
     * @param before pages directly before
     * @param after pages directly after
     * @return this
     */
    public FakeWriteFault run(int before, int after) {
        this.runBefore = before;
        this.runAfter = after;
        return this;
    }

    /**
     * Gives pages of the run the exclusive flag.
     *
     * @param first the first of them, relative to the fault
     * @param count how many
     * @return this
     */
    public FakeWriteFault exclusive(int first, int count) {
        for (int offset = first; offset < first + count; offset++) {
            exclusive.add(offset);
        }
        return this;
    }

    /**
     * Sets the level at which the folio is mapped here; PMD ends the run at the fault.
     *
     * @param level the level
     * @return this
     */
    public FakeWriteFault level(MappingLevel level) {
        this.level = level;
        return level == MappingLevel.PTE ? this : run(0, 0);
    }

    /**
     * Says whether the page should become exclusive but stay read-only.
     *
     * @param unshare the fact
     * @return this
     */
    public FakeWriteFault unshare(boolean unshare) {
        this.unshare = unshare;
        return this;
    }

    /**
     * Says whether the proof attempted for this fault held.
     *
     * @param provenExclusive the fact
     * @return this
     */
    public FakeWriteFault folioProvenExclusive(boolean provenExclusive) {
        this.provenExclusive = provenExclusive;
        return this;
    }

    /**
     * Sets the settings in force.
     *
     * @param thp the settings
     * @return this
     */
    public FakeWriteFault thp(ThpView thp) {
        this.thp = thp;
        return this;
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeWriteFault memory(FakeMemory memory) {
        this.memory = memory;
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
        return pageInFolio;
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
        return runBefore;
    }

    @Override
    public int runAfter() {
        return runAfter;
    }

    @Override
    public boolean isExclusive(int offset) {
        if (offset < -runBefore || offset > runAfter) {
            throw new IndexOutOfBoundsException(
                    "page " + offset + " is outside the run [" + -runBefore + ", " + runAfter + "]");
        }
        return exclusive.contains(offset);
    }

    @Override
    public boolean isFolioProvenExclusive() {
        return provenExclusive;
    }

    @Override
    public ThpView thp() {
        return thp;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memory.of(scope);
    }

    @Override
    public String toString() {
        return (unshare ? "unshare" : "write") + " fault at page " + page + ", page " + pageInFolio + " of " + folio
                + ", run [" + -runBefore + ", " + runAfter + "], exclusive "
                + exclusive.stream().sorted().toList();
    }
}
