package org.polymm.testkit.fake;

import org.polymm.api.view.VmaView;

/** A VMA: private, writable, nothing special, unless said otherwise. */
public final class FakeVma implements VmaView {

    private long startPage = 0;
    private long endPage = 0;
    private boolean anonymous = true;
    private boolean shared = false;
    private boolean writable = true;
    private boolean locked = false;
    private boolean lockedOnFault = false;
    private boolean wantsHugePages = false;
    private boolean refusesHugePages = false;
    private boolean uffdMissing = false;
    private boolean uffdWriteProtect = false;
    private boolean withAnonVma = false;
    private boolean forkChild = false;
    private boolean withGuardRegions = false;

    private FakeVma(long startPage, long endPage) {
        if (startPage >= endPage) {
            throw new IllegalArgumentException("a VMA from page " + startPage + " to " + endPage + " is empty");
        }
        this.startPage = startPage;
        this.endPage = endPage;
    }

    /**
     * An anonymous VMA.
     *
     * @param startPage its first page
     * @param endPage the page after its last
     * @return a new fake
     */
    public static FakeVma anonymous(long startPage, long endPage) {
        return new FakeVma(startPage, endPage);
    }

    /**
     * A private mapping of a file.
     *
     * @param startPage its first page
     * @param endPage the page after its last
     * @return a new fake
     */
    public static FakeVma file(long startPage, long endPage) {
        return new FakeVma(startPage, endPage).anonymous(false);
    }

    /**
     * Says whether it maps no file.
     *
     * @param anonymous the fact
     * @return this
     */
    public FakeVma anonymous(boolean anonymous) {
        this.anonymous = anonymous;
        return this;
    }

    /**
     * Says whether it is a shared mapping.
     *
     * @param shared the fact
     * @return this
     */
    public FakeVma shared(boolean shared) {
        this.shared = shared;
        return this;
    }

    /**
     * Says whether writing is allowed.
     *
     * @param writable the fact
     * @return this
     */
    public FakeVma writable(boolean writable) {
        this.writable = writable;
        return this;
    }

    /**
     * Says whether it is VM_LOCKED.
     *
     * @param locked the fact
     * @return this
     */
    public FakeVma locked(boolean locked) {
        this.locked = locked;
        return this;
    }

    /**
     * Says whether it is VM_LOCKONFAULT.
     *
     * @param lockedOnFault the fact
     * @return this
     */
    public FakeVma lockedOnFault(boolean lockedOnFault) {
        this.lockedOnFault = lockedOnFault;
        return this;
    }

    /**
     * Says whether MADV_HUGEPAGE was given.
     *
     * @param wantsHugePages the fact
     * @return this
     */
    public FakeVma wantsHugePages(boolean wantsHugePages) {
        this.wantsHugePages = wantsHugePages;
        return this;
    }

    /**
     * Says whether MADV_NOHUGEPAGE was given.
     *
     * @param refusesHugePages the fact
     * @return this
     */
    public FakeVma refusesHugePages(boolean refusesHugePages) {
        this.refusesHugePages = refusesHugePages;
        return this;
    }

    /**
     * Says whether userfaultfd missing mode is registered.
     *
     * @param uffdMissing the fact
     * @return this
     */
    public FakeVma uffdMissing(boolean uffdMissing) {
        this.uffdMissing = uffdMissing;
        return this;
    }

    /**
     * Says whether userfaultfd write-protect mode is registered.
     *
     * @param uffdWriteProtect the fact
     * @return this
     */
    public FakeVma uffdWriteProtect(boolean uffdWriteProtect) {
        this.uffdWriteProtect = uffdWriteProtect;
        return this;
    }

    /**
     * Says whether it has an anon_vma.
     *
     * @param withAnonVma the fact
     * @return this
     */
    public FakeVma withAnonVma(boolean withAnonVma) {
        this.withAnonVma = withAnonVma;
        return this;
    }

    /**
     * Says whether its anon_vma came by fork.
     *
     * @param forkChild the fact
     * @return this
     */
    public FakeVma forkChild(boolean forkChild) {
        this.forkChild = forkChild;
        return this;
    }

    /**
     * Says whether guard regions were ever installed.
     *
     * @param withGuardRegions the fact
     * @return this
     */
    public FakeVma withGuardRegions(boolean withGuardRegions) {
        this.withGuardRegions = withGuardRegions;
        return this;
    }

    @Override
    public long startPage() {
        return startPage;
    }

    @Override
    public long endPage() {
        return endPage;
    }

    @Override
    public boolean isAnonymous() {
        return anonymous;
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public boolean isLocked() {
        return locked;
    }

    @Override
    public boolean isLockedOnFault() {
        return lockedOnFault;
    }

    @Override
    public boolean wantsHugePages() {
        return wantsHugePages;
    }

    @Override
    public boolean refusesHugePages() {
        return refusesHugePages;
    }

    @Override
    public boolean isUffdMissing() {
        return uffdMissing;
    }

    @Override
    public boolean isUffdWriteProtect() {
        return uffdWriteProtect;
    }

    @Override
    public boolean hasAnonVma() {
        return withAnonVma;
    }

    @Override
    public boolean isForkChild() {
        return forkChild;
    }

    @Override
    public boolean hadGuardRegions() {
        return withGuardRegions;
    }

    @Override
    public boolean isUffdArmed() {
        return uffdMissing || uffdWriteProtect;
    }

    @Override
    public String toString() {
        return (anonymous ? "anonymous VMA [" : "file VMA [") + startPage + ", " + endPage + ")"
                + (locked ? ", locked" : "");
    }
}
