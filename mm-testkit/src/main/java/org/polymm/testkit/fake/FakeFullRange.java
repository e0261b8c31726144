package org.polymm.testkit.fake;

import org.polymm.api.collapse.FullRange;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/** A hugetlb range without a hole: all of a page of 2 MiB, unless said otherwise. */
public final class FakeFullRange implements FullRange {

    private VmaView vma;
    private long page = 0;
    private MappingLevel level = MappingLevel.PMD;
    private boolean wholePage = true;

    private FakeFullRange(VmaView vma) {
        this.vma = vma;
        this.page = vma.startPage();
    }

    /**
     * A range at the beginning of a VMA.
     *
     * @param vma the VMA
     * @return a new fake
     */
    public static FakeFullRange of(VmaView vma) {
        return new FakeFullRange(vma);
    }

    /**
     * Sets the first page of the range.
     *
     * @param page the page number
     * @return this
     */
    public FakeFullRange page(long page) {
        this.page = page;
        return this;
    }

    /**
     * Sets the level of the entry that could replace the range.
     *
     * @param level the level
     * @return this
     */
    public FakeFullRange level(MappingLevel level) {
        this.level = level;
        return this;
    }

    /**
     * Says whether the range is the whole hugetlb page.
     *
     * @param wholePage the fact
     * @return this
     */
    public FakeFullRange wholePage(boolean wholePage) {
        this.wholePage = wholePage;
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
    public MappingLevel level() {
        return level;
    }

    @Override
    public boolean isWholePage() {
        return wholePage;
    }
}
