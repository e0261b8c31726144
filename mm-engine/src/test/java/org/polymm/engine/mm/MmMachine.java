package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.engine.check.Checker;
import org.polymm.engine.check.Violation;
import org.polymm.engine.collapse.Collapse;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.gup.GupParts;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.reclaim.Reclaim;
import org.polymm.engine.reclaim.ReclaimParts;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.split.DeferredScan;
import org.polymm.engine.split.FolioSplit;
import org.polymm.engine.split.FolioSplitter;
import org.polymm.engine.split.PlannedSplits;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.TestMachine;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** A machine with system calls, of mainline's answers unless a test says otherwise; pages instead of bytes where that reads better. */
final class MmMachine {

    static final long PAGE = Geometry.PAGE_SIZE;
    static final long HUGE = Geometry.X86_64.pmdSize();

    /** A round address well inside user space, aligned to more than a huge page. */
    static final long BASE = 0x1000_0000_0000L;

    static final int R = Mman.PROT_READ;
    static final int RW = Mman.PROT_READ | Mman.PROT_WRITE;
    static final int ANON = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS;
    static final int FIXED = ANON | Mman.MAP_FIXED;

    final TestMachine base;
    final MmCalls calls;
    final Pins pins;
    final AddressSpaces spaces;
    final MmTable mms;
    final VmaTable vmas;
    final Frames frames;
    private final Checker checker;

    MmMachine() {
        this(policies(), 16_384);
    }

    MmMachine(FixedPolicies policies, int frameCount) {
        this(policies, frameCount, Geometry.X86_64, true);
    }

    MmMachine(FixedPolicies policies, int frameCount, Geometry geometry, boolean observed) {
        base = new TestMachine(policies, frameCount, geometry, SafetyMode.OBSERVE, observed);
        spaces = base.spaces;
        mms = base.mms;
        vmas = base.vmas;
        frames = base.frames;
        RmapWalk rmap = new RmapWalk(base.frames, base.spaces, base.sync);
        FolioSplit folioSplit = new FolioSplit(
                base.sync,
                base.events,
                base.memory,
                base.tables,
                base.spaces,
                base.mappings,
                rmap,
                base.swap,
                base.files,
                Mechanisms.MAINLINE);
        DeferredScan deferred =
                new DeferredScan(base.sync, base.memory, base.tables, base.spaces, base.policies, folioSplit, rmap);
        Reclaim reclaim = new Reclaim(new ReclaimParts(
                base.sync,
                base.events,
                base.memory,
                base.tables,
                base.spaces,
                base.files,
                base.mappings,
                base.policies,
                rmap,
                folioSplit,
                deferred,
                base.swap));
        FolioSplitter splitter = new PlannedSplits(
                base.sync,
                base.events,
                base.memory,
                base.tables,
                base.spaces,
                base.mappings,
                base.policies,
                folioSplit);
        calls = new MmCalls(new MmContext(
                base.space,
                geometry,
                base.sync,
                base.events,
                base.memory,
                base.tables,
                base.spaces,
                base.files,
                base.mappings,
                base.faultParts,
                base.policies,
                base.swap,
                splitter,
                reclaim,
                new Collapse(
                        base.space,
                        geometry,
                        base.sync,
                        base.events,
                        base.memory,
                        base.tables,
                        base.spaces,
                        base.files,
                        base.policies,
                        base.mappings,
                        rmap,
                        base.faultParts.handler(),
                        base.swap,
                        Mechanisms.MAINLINE),
                Mechanisms.MAINLINE,
                MappingChanges.NONE));
        pins = new Pins(new GupParts(
                base.space,
                base.sync,
                base.memory,
                base.tables,
                base.spaces,
                base.files,
                base.faultParts.handler(),
                base.policies,
                new SplitPlans(base.mappings.deferred(), splitter, base.memory.vmstat())));
        checker = new Checker(
                base.memory,
                base.tables,
                base.spaces,
                base.files,
                base.swap.slots(),
                base.policies.mapcounts(),
                rmap,
                pins,
                base.sync);
    }

    /** Mainline's answers, those for mremap included. */
    static FixedPolicies policies() {
        return FixedPolicies.mainline()
                .with(Slot.COLLAPSE_TABLE_MOVE, (CollapsePolicy.TableMove)
                        move -> TableMoveDecision.RECHECK_UNDER_LOCKS)
                .with(Slot.RELOCATION, (RelocationPolicy) request -> RelocationPlan.KEEP_INDEX);
    }

    MmMachine enable(int... orders) {
        base.enable(orders);
        return this;
    }

    // ---- calls

    int spawn() {
        int mm = calls.life().spawn();
        mms.capIpcLock(mm, true);
        return mm;
    }

    /** Maps private anonymous memory at a fixed address. */
    long map(int mm, long address, long pages) {
        return map(mm, address, pages, RW);
    }

    long map(int mm, long address, long pages, int prot) {
        long at = mmap(mm, address, pages * PAGE, prot, FIXED);
        assertEquals(address, at, "mmap said " + Errno.name(at));
        return at;
    }

    long mmap(int mm, long hint, long bytes, int prot, int flags) {
        return calls.mmap().mmap(mm, hint, bytes, prot, flags, 0, 0);
    }

    int munmap(int mm, long address, long pages) {
        return calls.munmap().munmap(mm, address, pages * PAGE);
    }

    int mprotect(int mm, long address, long pages, int prot) {
        return calls.protect().mprotect(mm, address, pages * PAGE, prot);
    }

    int madvise(int mm, long address, long pages, int advice) {
        return calls.madvise().madvise(mm, address, pages * PAGE, advice);
    }

    int mlock(int mm, long address, long pages) {
        return calls.mlock().mlock(mm, address, pages * PAGE);
    }

    int munlock(int mm, long address, long pages) {
        return calls.mlock().munlock(mm, address, pages * PAGE);
    }

    long mremap(int mm, long from, long oldPages, long newPages, int flags, long to) {
        return calls.mremap().mremap(mm, from, oldPages * PAGE, newPages * PAGE, flags, to);
    }

    /** Moves to an address, as MREMAP_MAYMOVE with MREMAP_FIXED. */
    void move(int mm, long from, long pages, long to) {
        assertEquals(to, mremap(mm, from, pages, pages, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, to));
    }

    int fork(int mm) {
        return calls.fork().fork(mm);
    }

    void exit(int mm) {
        assertEquals(0, calls.life().exit(mm));
    }

    // ---- accesses

    void write(int mm, long address) {
        int pfn = base.write(mm, address);
        if (pfn <= 0) {
            throw new AssertionError("a write to 0x" + Long.toHexString(address) + " ends with " + pfn);
        }
    }

    void writeAll(int mm, long address, long pages) {
        for (long i = 0; i < pages; i++) {
            write(mm, address + i * PAGE);
        }
    }

    void store(int mm, long address, long token) {
        base.store(mm, address, token);
    }

    long load(int mm, long address) {
        return base.load(mm, address);
    }

    // ---- looking

    int vmaCount(int mm, long address, long pages) {
        int count = 0;
        long end = address + pages * PAGE;
        int vma = spaces.findIntersection(mm, address, end);
        while (vma != 0 && vmas.start(vma) < end) {
            count++;
            vma = spaces.next(vma);
        }
        return count;
    }

    int vma(int mm, long address) {
        return spaces.find(mm, address);
    }

    boolean isLockedVma(int mm, long address) {
        return vmas.has(vma(mm, address), VmFlags.VM_LOCKED);
    }

    /** Whether the folio behind an address is mlocked, with all batches drained. */
    boolean isMlocked(int mm, long address) {
        base.memory.lru().drain();
        return frames.test(head(mm, address), Frames.MLOCKED);
    }

    boolean isUnevictable(int mm, long address) {
        base.memory.lru().drain();
        return frames.test(head(mm, address), Frames.UNEVICTABLE);
    }

    int head(int mm, long address) {
        return frames.head(pfn(mm, address));
    }

    int pfn(int mm, long address) {
        return base.pfn(mm, address);
    }

    boolean isMapped(int mm, long address) {
        return Pte.isPresent(base.entry(mm, address));
    }

    long rss(int mm) {
        return mms.rss(mm);
    }

    long vmstat(VmstatItem item) {
        return base.vmstat(item);
    }

    long freeFrames() {
        base.memory.lru().drain();
        base.memory.buddy().drain();
        return base.memory.buddy().freeFrames();
    }

    /** Throws if any invariant is violated, with all batches drained. */
    void check() {
        base.memory.lru().drain();
        List<Violation> found = checker.violations();
        if (!found.isEmpty()) {
            throw new AssertionError(found.size() + " invariants violated: " + found + "\nlast events:\n"
                    + String.join("\n", base.events.tail(30)));
        }
    }
}
