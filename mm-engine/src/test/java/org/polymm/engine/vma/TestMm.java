package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/**
 * One address space under test, with its mmap lock held for writing throughout, addressed in pages from {@link #BASE}
 * on; and the system calls as far as VMAs go: no pages, but {@link #touch} gives a VMA its anon_vma.
 */
final class TestMm {

    static final long RW = VmFlags.VM_READ
            | VmFlags.VM_WRITE
            | VmFlags.VM_MAYREAD
            | VmFlags.VM_MAYWRITE
            | VmFlags.VM_MAYEXEC
            | VmFlags.VM_ACCOUNT;
    static final long RO = RW & ~VmFlags.VM_WRITE;
    static final long RWX = RW | VmFlags.VM_EXEC;
    static final long BASE = 0x10_0000_0000L;

    final StateSpace space;
    final Sync sync;
    final AddressSpaces spaces;
    final VmaTable vmas;
    final MmTable mms;
    final AnonVmas anonVmas;
    final int mm;

    TestMm() {
        this(Geometry.X86_64);
    }

    TestMm(Geometry geometry) {
        this.space = new StateSpace();
        this.sync = new Sync(space);
        this.spaces = new AddressSpaces(space, geometry, sync);
        this.vmas = spaces.vmas();
        this.mms = spaces.mms();
        this.anonVmas = spaces.anonVmas();
        this.mm = spaces.newMm();
        spaces.locks().writeLock(mm);
    }

    private TestMm(TestMm parent) {
        this.space = parent.space;
        this.sync = parent.sync;
        this.spaces = parent.spaces;
        this.vmas = parent.vmas;
        this.mms = parent.mms;
        this.anonVmas = parent.anonVmas;
        this.mm = spaces.newMm();
        spaces.locks().writeLockNested(mm);
    }

    static long at(long page) {
        return BASE + page * Geometry.PAGE_SIZE;
    }

    int map(long from, long to, long flags) {
        return spaces.mapAnonymous(mm, at(from), at(to), flags);
    }

    int mapFile(long from, long to, long flags, int file, long pgoff) {
        return spaces.map(mm, at(from), at(to), flags, file, pgoff);
    }

    int vma(long page) {
        return spaces.find(mm, at(page));
    }

    /** The first write to an anonymous page. */
    void touch(long page) {
        int vma = vma(page);
        assertTrue(vma != 0, () -> "page " + page + " is not mapped");
        anonVmas.prepare(vma);
    }

    /** mprotect, mlock, madvise: every page of the range gets the flags. Returns 0 or the first error. */
    int protect(long from, long to, long flags) {
        long end = at(to);
        for (long start = at(from); start < end; ) {
            int vma = spaces.findIntersection(mm, start, end);
            if (vma == 0) {
                return 0;
            }
            start = Math.max(start, vmas.start(vma));
            long stop = Math.min(end, vmas.end(vma));
            long old = vmas.flags(vma);
            if (old != flags) {
                int changed = spaces.modifyFlags(vma, start, stop, flags);
                if (changed < 0) {
                    return changed;
                }
                vmas.flags(changed, flags | vmas.flags(changed) & VmFlags.VM_STICKY);
                long pages = (stop - start) >> Geometry.PAGE_SHIFT;
                spaces.accounting().accountWithLocked(mm, old, -pages);
                spaces.accounting().accountWithLocked(mm, flags, pages);
            }
            start = stop;
        }
        return 0;
    }

    int unmap(long from, long to) {
        return spaces.unmapping().unmapEmpty(mm, at(from), at(to));
    }

    /** mremap(MREMAP_FIXED | MREMAP_MAYMOVE) of pages of one VMA to a free place. */
    CopiedVma move(long from, long to, long destination) {
        CopiedVma copied = copy(from, to, destination);
        unmap(from, to);
        return copied;
    }

    /** mremap with MREMAP_DONTUNMAP in addition. */
    CopiedVma moveDontUnmap(long from, long to, long destination) {
        CopiedVma copied = copy(from, to, destination);
        int source = copied.source();
        if (vmas.start(source) == at(from) && vmas.end(source) == at(to)) {
            anonVmas.unlink(source);
        }
        return copied;
    }

    private CopiedVma copy(long from, long to, long destination) {
        int vma = vma(from);
        long flags = vmas.flags(vma);
        CopiedVma copied = spaces.copyVma(vma, at(from), at(destination), at(to) - at(from));
        spaces.accounting().accountWithLocked(mm, flags, to - from);
        return copied;
    }

    TestMm fork() {
        TestMm child = new TestMm(this);
        for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
            if (!vmas.has(vma, VmFlags.VM_DONTCOPY)) {
                spaces.dupVma(child.mm, vma);
            }
        }
        return child;
    }

    void exit() {
        spaces.unmapping().unmapEmpty(mm, 0, spaces.geometry().taskSize());
        spaces.locks().writeUnlock(mm);
        spaces.freeMm(mm);
    }

    /** All VMAs, in pages: {@code [0,8)rw- [8,12)r--}. */
    String layout() {
        StringBuilder text = new StringBuilder();
        for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
            text.append(text.isEmpty() ? "" : " ")
                    .append('[')
                    .append(page(vmas.start(vma)))
                    .append(',')
                    .append(page(vmas.end(vma)))
                    .append(')')
                    .append(VmFlags.access(vmas.flags(vma)), 0, 3);
        }
        return text.toString();
    }

    static long page(long address) {
        return (address - BASE) >> Geometry.PAGE_SHIFT;
    }

    @Nullable
    String problem() {
        return VmaInvariants.problem(spaces);
    }
}
