package org.polymm.engine.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.check.Checker;
import org.polymm.engine.check.LockedPages;
import org.polymm.engine.check.ShadowMarkers;
import org.polymm.engine.check.ShadowMemory;
import org.polymm.engine.check.Violation;
import org.polymm.engine.collapse.Collapse;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.fault.Faults;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.SwapSlots;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.mm.MmCalls;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.reclaim.Reclaim;
import org.polymm.engine.split.DeferredScan;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;

/**
 * One simulated computer: memory, processes, and the system calls that change them.
 *
 * <p>A process is named by the handle of its address space, its <em>mm</em>. Addresses and lengths are in bytes. Results are the kernel's: 0
 * or an address, or a negated errno. Every call runs to its end; a call on a machine that checks itself throws
 * {@link InvariantViolatedException} if something does not hold afterwards. Any call may end with a
 * {@link org.polymm.engine.policy.PolicyFailure}; it was carried out with safe answers then, and the state is consistent.
 *
 * <p>Belongs to one thread at a time. Independent machines may run on independent threads.
 */
public final class Machine {

    /** How many events of the log explain a violation. */
    private static final int HISTORY = 40;

    /** A suspended access that also stores a token; the others are kinds of {@link MemoryAccess}. */
    private static final int STORE = 3;

    private static final long NO_TOKEN = 0;

    private final MachineBlueprint blueprint;
    private final StateSpace space = new StateSpace();
    private final EventLog events;
    private final Sync sync;
    private final PhysicalMemory memory;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final Files files;
    private final PolicyGateway policies;
    private final Decisions decisions;
    private final MemoryAccess access;
    private final MmCalls calls;
    private final Collapse collapse;
    private final DeferredScan deferredScan;
    private final SwapCache swap;
    private final Reclaim reclaim;
    private final boolean runsKswapd;
    private final int lowWatermark;
    private final Pins held;
    private final PinCalls pins;
    private final UserfaultCalls userfaults;
    private final Checker checker;
    private final Inspector inspector;
    private final @Nullable ShadowKeeper shadow;
    private final LockedPages locked;

    /**
     * Makes a machine without processes.
     *
     * @param blueprint what it is like
     */
    Machine(MachineBlueprint blueprint) {
        this.blueprint = blueprint;
        Geometry geometry = blueprint.geometry();
        boolean watched = blueprint.check() == MachineBlueprint.CheckLevel.EVERY;
        events = new EventLog(space, blueprint.limits().eventLogEntries());
        sync = new Sync(space);
        memory = new PhysicalMemory(
                space,
                geometry,
                Math.toIntExact(blueprint.memoryBytes() / Geometry.PAGE_SIZE),
                watched || blueprint.limits().contents(),
                sync,
                events);
        ThpFiles.write(blueprint.thp(), memory.thp());
        tables = new PageTables(space, geometry, sync, memory.vmstat());
        spaces = new AddressSpaces(space, geometry, sync);
        spaces.limits().maxMapCount(blueprint.limits().maxMapCount());
        files = new Files(space, spaces.files(), sync);
        SwapSlots slots = new SwapSlots(
                space,
                geometry,
                blueprint.swap().slots(),
                watched || blueprint.limits().contents(),
                memory.vmstat(),
                sync);
        swap = new SwapCache(slots, blueprint.swap().device(), sync, events, memory);
        Wiring wiring = new Wiring(blueprint, space, events, sync, memory, tables, spaces, files, swap);
        policies = wiring.policies();
        decisions = policies.decisions();
        Faults faults = wiring.faults();
        access = faults.access();
        calls = wiring.calls();
        collapse = wiring.collapse();
        deferredScan = wiring.deferredScan();
        held = wiring.pins();
        reclaim = wiring.reclaim();
        runsKswapd = swap.isOn();
        lowWatermark = memory.buddy().lowWatermark();
        checker = new Checker(memory, tables, spaces, files, slots, policies.mapcounts(), wiring.rmap(), held, sync);
        inspector = new Inspector(spaces, tables, memory.frames(), policies.mapcounts());
        shadow = watched ? new ShadowKeeper(new ShadowMemory(space), new ShadowMarkers(space), spaces, tables) : null;
        locked = new LockedPages(spaces, tables);
        if (shadow != null) {
            calls.uprobes().connect(shadow);
        }
        pins = new PinCalls(held, memory.contents(), sync, shadow, this::checkAfter);
        userfaults = new UserfaultCalls(space, wiring.userfaults(), sync, shadow, new AccessAgain(), this::checkAfter);
    }

    // ---------------------------------------------------------------- the machine as a whole

    /** {@return what it was made from} */
    public MachineBlueprint blueprint() {
        return blueprint;
    }

    /** {@return a copy of the whole state} */
    public Snapshot save() {
        return space.save();
    }

    /**
     * Goes back to a saved state, allocating nothing.
     *
     * @param saved what {@link #save} of this machine returned
     */
    public void rewind(Snapshot saved) {
        space.rewind(saved);
        if (shadow != null) {
            locked.note();
        }
    }

    /**
     * Compares with a saved state.
     *
     * @param saved what {@link #save} of this machine returned
     * @return the first word that differs, or null if none does
     */
    public @Nullable String firstDifference(Snapshot saved) {
        return space.firstDifference(saved);
    }

    /** {@return what looks into it without changing it} */
    public Inspector inspect() {
        return inspector;
    }

    /** {@return frames, folios, counters, settings} */
    public PhysicalMemory memory() {
        return memory;
    }

    /** {@return the swap device and its cache, to be read} */
    public SwapCache swap() {
        return swap;
    }

    /** {@return the policies and what was asked of them} */
    public PolicyGateway policies() {
        return policies;
    }

    /** {@return the locks, and where schedulers install themselves} */
    public Sync sync() {
        return sync;
    }

    /** {@return what happened lately} */
    public EventLog events() {
        return events;
    }

    /** {@return the address spaces and their VMAs, to be read} */
    public AddressSpaces spaces() {
        return spaces;
    }

    /** {@return the page cache, to be read} */
    public Files files() {
        return files;
    }

    /** {@return page tables, to be read} */
    public PageTables pageTables() {
        return tables;
    }

    /**
     * Looks for violated invariants, and for wrong contents if the machine keeps a shadow.
     *
     * @return what does not hold; empty if all is well
     */
    public List<Violation> check() {
        List<Violation> found = new ArrayList<>(checker.violations());
        if (shadow != null && found.isEmpty()) {
            found.addAll(checker.contentViolations(shadow.shadow()));
            found.addAll(checker.markerViolations(shadow.markers()));
        }
        return found;
    }

    private void checkAfter(String call, int mm) {
        decisions.throwIfFailed();
        userfaults.forgetInterrupted();
        if (shadow != null) {
            shadow.breakpointsChanged();
            List<Violation> found = check();
            if (!call.equals("mremap")) {
                locked.check(found);
            }
            locked.note();
            if (!found.isEmpty()) {
                throw new InvariantViolatedException(call + " of mm " + mm, found, events.tail(HISTORY));
            }
        }
    }

    // ---------------------------------------------------------------- processes

    /**
     * Makes a process with an empty address space and the blueprint's limits.
     *
     * @return its mm
     */
    public int spawn() {
        int mm = calls.life().spawn();
        spaces.mms().rlimitMemlock(mm, blueprint.limits().memlockBytes());
        spaces.mms().rlimitStack(mm, blueprint.limits().stackBytes());
        if (shadow != null) {
            shadow.spawned(mm);
        }
        return mm;
    }

    /**
     * fork(2).
     *
     * @param mm the parent
     * @return the child's mm; -ENOMEM
     */
    public int fork(int mm) {
        int child = calls.fork().fork(mm);
        if (shadow != null && child > 0) {
            shadow.forked(mm, child);
        }
        checkAfter("fork", mm);
        return child;
    }

    /**
     * exit(2). Pins and references of the process end with it.
     *
     * @param mm the process
     * @return 0; -ESRCH if there is no such process
     */
    public int exit(int mm) {
        int result = calls.life().exit(mm);
        if (result == 0) {
            held.ended(mm);
            userfaults.ended(mm);
        }
        if (shadow != null && result == 0) {
            shadow.ended(mm);
            shadow.pinsEnded(held);
        }
        checkAfter("exit", mm);
        return result;
    }

    /**
     * execve(2), as far as memory is concerned: a new, empty address space with the old limits. Pins and references stay the process's.
     *
     * @param mm the process, gone afterwards
     * @return its new mm
     */
    public int exec(int mm) {
        int fresh = calls.life().exec(mm);
        held.replaced(mm, fresh);
        userfaults.ended(mm);
        if (shadow != null) {
            shadow.ended(mm);
            shadow.spawned(fresh);
        }
        checkAfter("exec", fresh);
        return fresh;
    }

    /**
     * Opens a file, making it if there is none of that name.
     *
     * @param name the id of its name, from 1
     * @param pages its size in pages; an existing file grows to it
     * @return its handle, for {@link #mmap}
     */
    public int file(int name, long pages) {
        return open(name, pages, Files.RESIDENT);
    }

    /**
     * memfd_create(2) and ftruncate(2): opens a file of shared memory, making it if there is none of that name.
     *
     * @param name the id of its name, from 1; names of files and of shared memory are the same ones
     * @param pages its size in pages; an existing one grows to it
     * @return its handle, for {@link #mmap}
     */
    public int memfd(int name, long pages) {
        return open(name, pages, Files.SHMEM);
    }

    private int open(int name, long pages, int kind) {
        int file = files.byName(name);
        if (file == 0) {
            int made = files.create(name, pages, kind);
            if (shadow != null) {
                shadow.created(made);
            }
            return made;
        }
        files.get(file);
        if (files.pages(file) < pages) {
            files.resize(file, pages);
        }
        return file;
    }

    /**
     * ftruncate(2): gives a file another size. What is beyond it is gone everywhere, private copies too; accesses there end with SIGBUS.
     *
     * @param file a handle from {@link #file} or {@link #memfd}
     * @param size in bytes, rounded up to pages
     * @return 0 or a negated errno
     */
    public int truncate(int file, long size) {
        long before = files.pages(file);
        int result = calls.truncate().truncate(file, size);
        if (shadow != null && result == 0) {
            shadow.truncated(files, file, before);
        }
        checkAfter("ftruncate", 0);
        return result;
    }

    /**
     * fallocate(2) with FALLOC_FL_PUNCH_HOLE: pages of a file read as zeroes from now on, but for private copies.
     *
     * @param file a handle from {@link #file} or {@link #memfd}
     * @param offset in bytes, page aligned
     * @param length in bytes, page aligned
     * @return 0 or a negated errno
     */
    public int punchHole(int file, long offset, long length) {
        int result = calls.truncate().punchHole(file, offset, length);
        if (shadow != null && result == 0) {
            shadow.punched(files, file, offset, length);
        }
        checkAfter("fallocate", 0);
        return result;
    }

    /**
     * Sets a breakpoint in a page of a file, as perf and tracers do ({@code uprobe_register}): every private mapping of it that is not writable and
     * may be executed gets a copy of its own, those to come too.
     *
     * @param file a handle from {@link #file} or {@link #memfd}
     * @param page the page in it
     * @return 0 or a negated errno
     */
    public int uprobe(int file, long page) {
        int result = calls.uprobes().set(file, page);
        checkAfter("uprobe_register", 0);
        return result;
    }

    /**
     * Removes a breakpoint ({@code uprobe_unregister}). Copies go if they are as the file's page and nobody else refers to them.
     *
     * @param file the file
     * @param page the page in it
     * @return 0; -ENOENT if it has none
     */
    public int removeUprobe(int file, long page) {
        int result = calls.uprobes().remove(file, page);
        checkAfter("uprobe_unregister", 0);
        return result;
    }

    /**
     * fallocate(2) with mode 0: gives shared memory pages, and grows it to the end of the range.
     *
     * @param file a handle from {@link #memfd}
     * @param offset in bytes, page aligned
     * @param length in bytes, page aligned
     * @return 0 or a negated errno
     */
    public int fallocate(int file, long offset, long length) {
        int result = calls.fill().allocate(file, offset, length);
        checkAfter("fallocate", 0);
        return result;
    }

    /**
     * pwrite(2) of one page of shared memory.
     *
     * @param file a handle from {@link #memfd}
     * @param index the page; the file grows to it
     * @param token what it holds then
     * @return 0 or a negated errno
     */
    public int writeFile(int file, long index, long token) {
        int result = calls.fill().write(file, index, token);
        if (shadow != null && result == 0) {
            shadow.writtenTo(file, index, token);
        }
        checkAfter("pwrite", 0);
        return result;
    }

    // ---------------------------------------------------------------- system calls

    /**
     * mmap(2).
     *
     * @param mm the process
     * @param address a hint, or the place with MAP_FIXED
     * @param length in bytes, rounded up to pages
     * @param prot PROT_ bits
     * @param flags MAP_ bits
     * @param file a handle from {@link #file}; 0 with MAP_ANONYMOUS
     * @param offset in the file, in bytes, page aligned
     * @return the address or a negated errno
     */
    public long mmap(int mm, long address, long length, int prot, int flags, int file, long offset) {
        long result = calls.mmap().mmap(mm, address, length, prot, flags, file, offset);
        if (shadow != null && result >= 0) {
            shadow.mapped(mm, result, length, file == 0 && (flags & Mman.MAP_SHARED) != 0);
        }
        checkAfter("mmap", mm);
        return result;
    }

    /**
     * munmap(2).
     *
     * @param mm the process
     * @param address in bytes, page aligned
     * @param length in bytes
     * @return 0 or a negated errno
     */
    public int munmap(int mm, long address, long length) {
        int result = calls.munmap().munmap(mm, address, length);
        if (shadow != null && result == 0) {
            shadow.unmapped(mm, address, length);
        }
        checkAfter("munmap", mm);
        return result;
    }

    /**
     * mprotect(2).
     *
     * @param mm the process
     * @param address in bytes, page aligned
     * @param length in bytes
     * @param prot PROT_ bits
     * @return 0 or a negated errno
     */
    public int mprotect(int mm, long address, long length, int prot) {
        int result = calls.protect().mprotect(mm, address, length, prot);
        checkAfter("mprotect", mm);
        return result;
    }

    /**
     * madvise(2).
     *
     * @param mm the process
     * @param address in bytes, page aligned
     * @param length in bytes
     * @param advice a MADV_ number
     * @return 0 or a negated errno
     */
    public int madvise(int mm, long address, long length, int advice) {
        int result = calls.madvise().madvise(mm, address, length, advice);
        if (shadow != null) {
            shadow.advised(mm, address, length, advice, result, files);
        }
        checkAfter("madvise", mm);
        return result;
    }

    /**
     * mremap(2).
     *
     * @param mm the process
     * @param address in bytes, page aligned
     * @param oldLength in bytes
     * @param newLength in bytes
     * @param flags MREMAP_ bits
     * @param newAddress with MREMAP_FIXED, in bytes
     * @return the new address or a negated errno
     */
    public long mremap(int mm, long address, long oldLength, long newLength, int flags, long newAddress) {
        long result = calls.mremap().mremap(mm, address, oldLength, newLength, flags, newAddress);
        if (shadow != null && result >= 0) {
            shadow.moved(mm, address, oldLength, result, newLength, (flags & Mman.MREMAP_DONTUNMAP) != 0);
        } else if (shadow != null && result != -Errno.EINVAL && (flags & Mman.MREMAP_FIXED) != 0) {
            shadow.movedInPart(mm, address, oldLength, newAddress);
        }
        checkAfter("mremap", mm);
        return result;
    }

    /**
     * brk(2).
     *
     * @param mm the process
     * @param address the wanted end of the heap, in bytes; 0 asks where it is
     * @return the end of the heap
     */
    public long brk(int mm, long address) {
        long before = spaces.mms().brk(mm);
        long result = calls.brk().brk(mm, address);
        if (shadow != null && result > before) {
            shadow.grown(mm, result - 1);
        } else if (shadow != null && result < before) {
            shadow.unmapped(mm, result + Geometry.PAGE_SIZE - 1 & -Geometry.PAGE_SIZE, before - result);
        }
        checkAfter("brk", mm);
        return result;
    }

    /**
     * Says where a process's heap begins, as the loader does after exec; there is no heap yet.
     *
     * @param mm the process
     * @param address in bytes
     */
    public void startBrk(int mm, long address) {
        spaces.mms().startBrk(mm, address);
        spaces.mms().brk(mm, address);
    }

    /**
     * mlock(2).
     *
     * @param mm the process
     * @param address in bytes
     * @param length in bytes
     * @return 0 or a negated errno
     */
    public int mlock(int mm, long address, long length) {
        int result = calls.mlock().mlock(mm, address, length);
        checkAfter("mlock", mm);
        return result;
    }

    /**
     * mlock2(2).
     *
     * @param mm the process
     * @param address in bytes
     * @param length in bytes
     * @param flags MLOCK_ONFAULT or 0
     * @return 0 or a negated errno
     */
    public int mlock2(int mm, long address, long length, int flags) {
        int result = calls.mlock().mlock2(mm, address, length, flags);
        checkAfter("mlock2", mm);
        return result;
    }

    /**
     * munlock(2).
     *
     * @param mm the process
     * @param address in bytes
     * @param length in bytes
     * @return 0 or a negated errno
     */
    public int munlock(int mm, long address, long length) {
        int result = calls.mlock().munlock(mm, address, length);
        checkAfter("munlock", mm);
        return result;
    }

    /**
     * mlockall(2).
     *
     * @param mm the process
     * @param flags MCL_ bits
     * @return 0 or a negated errno
     */
    public int mlockall(int mm, int flags) {
        int result = calls.mlock().mlockall(mm, flags);
        checkAfter("mlockall", mm);
        return result;
    }

    /**
     * munlockall(2).
     *
     * @param mm the process
     * @return 0 or a negated errno
     */
    public int munlockall(int mm) {
        int result = calls.mlock().munlockall(mm);
        checkAfter("munlockall", mm);
        return result;
    }

    /**
     * Wakes khugepaged once.
     *
     * @param pages how many base pages it scans
     * @return how many ranges it collapsed
     */
    public int khugepaged(int pages) {
        int collapsed = collapse.wake(pages);
        checkAfter("khugepaged", 0);
        return collapsed;
    }

    /**
     * Has khugepaged scan one process.
     *
     * @param mm the process
     * @param pages how many base pages it scans at most
     * @return how many ranges it collapsed
     */
    public int khugepaged(int mm, int pages) {
        int collapsed = collapse.wakeIn(mm, pages);
        checkAfter("khugepaged", mm);
        return collapsed;
    }

    /**
     * Runs the shrinkers over everything, as writing 2 to {@code /proc/sys/vm/drop_caches} does: folios that wait for a deferred split are
     * looked at.
     *
     * @return how many folios were split
     */
    public int dropCaches() {
        int split = deferredScan.shrink(0);
        checkAfter("drop_caches", 0);
        return split;
    }

    /**
     * Reclaims memory on demand, as writing to {@code memory.reclaim} does.
     *
     * @param pages how many base pages
     * @return how many were freed, which may be more or less
     */
    public long reclaim(long pages) {
        long freed = reclaim.proactive(pages);
        checkAfter("reclaim", 0);
        return freed;
    }

    /** Lets kswapd run before an access that finds little memory free, if there is swap to write to. */
    private void wakeKswapd() {
        if (runsKswapd && memory.buddy().freeFrames() < lowWatermark) {
            reclaim.kswapd();
        }
    }

    // ---------------------------------------------------------------- memory accesses

    /** {@return userfaultfd, and the accesses that wait for one} */
    public UserfaultCalls userfaults() {
        return userfaults;
    }

    /** {@return memory that devices and pipes hold} */
    public PinCalls pins() {
        return pins;
    }

    /**
     * A load, store or instruction fetch, without contents.
     *
     * @param mm the process
     * @param address in bytes, below the end of user space
     * @param kind {@link MemoryAccess#READ}, {@link MemoryAccess#WRITE} or {@link MemoryAccess#EXEC}
     * @return the page frame that was accessed; or a negative {@link FaultResult}: SIGSEGV, SIGBUS, OOM, or BLOCKED, see
     *     {@link UserfaultCalls}
     */
    public int touch(int mm, long address, int kind) {
        int result = load(mm, address, kind);
        if (result == FaultResult.BLOCKED) {
            userfaults.suspend(mm, address, kind, NO_TOKEN);
        }
        if (shadow != null) {
            checkAfter("access", mm);
        } else {
            decisions.throwIfFailed();
        }
        return result;
    }

    private int load(int mm, long address, int kind) {
        wakeKswapd();
        int result = access.access(mm, address, kind);
        if (shadow != null && result >= 0) {
            shadow.grown(mm, address);
        }
        return result;
    }

    /**
     * Loads the contents of a page.
     *
     * @param mm the process
     * @param address any address in the page
     * @return its token, 0 for a page of zeroes
     * @throws IllegalStateException if the machine keeps no contents
     * @throws IllegalArgumentException if the access is a SIGSEGV or SIGBUS
     */
    public long read(int mm, long address) {
        requireContents();
        int pfn = touch(mm, address, MemoryAccess.READ);
        if (pfn < 0) {
            throw new IllegalArgumentException("mm " + mm + " cannot read 0x" + Long.toHexString(address) + ": " + pfn);
        }
        return memory.contents().read(pfn);
    }

    /**
     * Stores the contents of a page.
     *
     * @param mm the process
     * @param address any address in the page
     * @param token the new contents
     * @return as {@link #touch}
     * @throws IllegalStateException if the machine keeps no contents
     */
    public int write(int mm, long address, long token) {
        requireContents();
        int pfn = store(mm, address, token);
        if (pfn == FaultResult.BLOCKED) {
            userfaults.suspend(mm, address, STORE, token);
        }
        checkAfter("write", mm);
        return pfn;
    }

    private int store(int mm, long address, long token) {
        wakeKswapd();
        int pfn = access.access(mm, address, MemoryAccess.WRITE);
        if (pfn >= 0) {
            memory.contents().write(pfn, token);
            if (shadow != null) {
                shadow.written(mm, address, token);
            }
        }
        return pfn;
    }

    /** Lets a suspended access go on. */
    private final class AccessAgain implements UserfaultCalls.Access {
        @Override
        public int again(int mm, long address, int kind, long token) {
            return kind == STORE ? store(mm, address, token) : load(mm, address, kind);
        }

        @Override
        public long value(int pfn) {
            return memory.contents().isOn() ? memory.contents().read(pfn) : 0;
        }
    }

    private void requireContents() {
        if (!memory.contents().isOn()) {
            throw new IllegalStateException(
                    "the machine keeps no contents: set machine.contents, or check every operation");
        }
    }
}
