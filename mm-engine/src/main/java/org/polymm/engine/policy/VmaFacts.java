package org.polymm.engine.policy;

import org.polymm.api.view.VmaView;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** What a policy sees of a VMA. Pointed at one VMA after another. */
public final class VmaFacts implements VmaView {

    private final VmaTable vmas;
    private int vma;

    VmaFacts(VmaTable vmas) {
        this.vmas = vmas;
    }

    VmaFacts at(int handle) {
        vma = handle;
        return this;
    }

    int handle() {
        return vma;
    }

    private boolean has(long flag) {
        return (vmas.flags(vma) & flag) != 0;
    }

    @Override
    public long startPage() {
        return vmas.start(vma) >>> Geometry.PAGE_SHIFT;
    }

    @Override
    public long endPage() {
        return vmas.end(vma) >>> Geometry.PAGE_SHIFT;
    }

    @Override
    public boolean isAnonymous() {
        return vmas.isAnonymous(vma);
    }

    @Override
    public boolean isShared() {
        return has(VmFlags.VM_SHARED);
    }

    @Override
    public boolean isWritable() {
        return has(VmFlags.VM_WRITE);
    }

    @Override
    public boolean isLocked() {
        return has(VmFlags.VM_LOCKED);
    }

    @Override
    public boolean isLockedOnFault() {
        return has(VmFlags.VM_LOCKONFAULT);
    }

    @Override
    public boolean wantsHugePages() {
        return has(VmFlags.VM_HUGEPAGE);
    }

    @Override
    public boolean refusesHugePages() {
        return has(VmFlags.VM_NOHUGEPAGE);
    }

    @Override
    public boolean isUffdArmed() {
        return has(VmFlags.VM_UFFD_FLAGS);
    }

    @Override
    public boolean isUffdMissing() {
        return has(VmFlags.VM_UFFD_MISSING);
    }

    @Override
    public boolean isUffdWriteProtect() {
        return has(VmFlags.VM_UFFD_WP);
    }

    @Override
    public boolean hasAnonVma() {
        return vmas.anonVma(vma) != 0;
    }

    @Override
    public boolean isForkChild() {
        return vmas.chainHead(vma) != vmas.chainTail(vma);
    }

    @Override
    public boolean hadGuardRegions() {
        return has(VmFlags.VM_MAYBE_GUARD);
    }
}
