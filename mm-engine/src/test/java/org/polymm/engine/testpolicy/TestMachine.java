package org.polymm.engine.testpolicy;

import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.FaultHandler;
import org.polymm.engine.fault.Faults;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.fault.UserfaultEvents;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.SwapSlots;
import org.polymm.engine.frame.ThpMode;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.Mappings;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.FailureMode;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * A machine from frames up to faults, without system calls: address spaces are made and mapped here, and sharing as after a fork is set up
 * entry by entry. THP is off for all orders until a test enables some.
 */
public final class TestMachine {

    /** Private, readable, writable. */
    public static final long RW = VmFlags.VM_READ
            | VmFlags.VM_WRITE
            | VmFlags.VM_MAYREAD
            | VmFlags.VM_MAYWRITE
            | VmFlags.VM_MAYEXEC
            | VmFlags.VM_ACCOUNT;
    /** Private, readable. */
    public static final long RO = RW & ~VmFlags.VM_WRITE;
    /** Shared, readable, writable. */
    public static final long SHARED = RW | VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE;

    /** A base page, in bytes. */
    public static final long PAGE = Geometry.PAGE_SIZE;
    /** What one PMD entry maps with tables of 512 entries, in bytes. */
    public static final long HUGE = Geometry.X86_64.pmdSize();

    private static final int READ = MemoryAccess.READ;
    private static final int WRITE = MemoryAccess.WRITE;

    /** All state. */
    public final StateSpace space = new StateSpace();
    /** Locks. */
    public final Sync sync = new Sync(space);
    /** Events, the newest 1,024 if the log is on. */
    public final EventLog events;
    /** Frames, folios, counters. */
    public final PhysicalMemory memory;
    /** Page tables. */
    public final PageTables tables;
    /** Address spaces and VMAs. */
    public final AddressSpaces spaces;
    /** Files. */
    public final Files files;
    /** The gateway. */
    public final PolicyGateway policies;
    /** A swap device without slots, and its cache. */
    public final SwapCache swap;
    /** Accounting for mappings. */
    public final Mappings mappings;
    /** Accesses. */
    public final MemoryAccess access;
    /** Faults. */
    public final FaultHandler faults;
    /** What faults consist of, for whoever wires more on top. */
    public final Faults faultParts;

    /** The records of frames. */
    public final Frames frames;
    /** The address spaces' records. */
    public final MmTable mms;
    /** The VMAs' records. */
    public final VmaTable vmas;

    private final Geometry geometry;

    /**
     * A machine of tables of 512 entries.
     *
     * @param policies what decides
     * @param frameCount its memory in frames
     */
    public TestMachine(FixedPolicies policies, int frameCount) {
        this(policies, frameCount, Geometry.X86_64, SafetyMode.OBSERVE, true);
    }

    /**
     * A machine.
     *
     * @param fixed what decides
     * @param frameCount its memory in frames
     * @param geometry tables of 512 or of 8 entries
     * @param safety what becomes of dangerous decisions
     * @param observed whether contents and events are kept
     */
    public TestMachine(FixedPolicies fixed, int frameCount, Geometry geometry, SafetyMode safety, boolean observed) {
        this.geometry = geometry;
        events = new EventLog(space, observed ? 1_024 : 0);
        memory = new PhysicalMemory(space, geometry, frameCount, observed, sync, events);
        tables = new PageTables(space, geometry, sync, memory.vmstat());
        spaces = new AddressSpaces(space, geometry, sync);
        files = new Files(space, spaces.files(), sync);
        frames = memory.frames();
        mms = spaces.mms();
        vmas = spaces.vmas();
        policies = new PolicyGateway(
                space,
                geometry,
                sync,
                frames,
                memory.folios(),
                memory.contents(),
                vmas,
                memory.thp(),
                fixed.build(),
                safety,
                FailureMode.STOP,
                head -> {
                    throw new UnsupportedOperationException("nobody walks for folio " + head + " in a test");
                });
        memory.folios().connect(policies.mapcounts()::released);
        mappings = new Mappings(sync, events, memory, tables, spaces, policies);
        swap = new SwapCache(
                new SwapSlots(space, geometry, 0, false, memory.vmstat(), sync),
                SwapDevice.BLOCK,
                sync,
                events,
                memory);
        faultParts = new Faults(
                geometry,
                sync,
                events,
                memory,
                tables,
                spaces,
                files,
                policies,
                mappings,
                swap,
                Mechanisms.MAINLINE,
                UserfaultEvents.NONE);
        access = faultParts.access();
        faults = faultParts.handler();
        memory.thp().setEnabled(geometry.pmdOrder(), ThpMode.NEVER);
    }

    // ---- settings

    /**
     * Enables some orders for every VMA.
     *
     * @param orders which
     * @return this machine
     */
    public TestMachine enable(int... orders) {
        for (int order : orders) {
            memory.thp().setEnabled(order, ThpMode.ALWAYS);
        }
        return this;
    }

    /** {@return the settings} */
    public ThpSettings thp() {
        return memory.thp();
    }

    // ---- address spaces

    /** {@return a new, empty address space} */
    public int newMm() {
        int mm = spaces.newMm();
        mms.pgd(mm, tables.newRoot());
        mms.mapcountId(mm, mm);
        return mm;
    }

    /**
     * Maps anonymous memory.
     *
     * @param mm where
     * @param address in bytes
     * @param pages the length
     * @param flags of the VMA
     * @return the VMA
     */
    public int map(int mm, long address, long pages, long flags) {
        spaces.locks().writeLock(mm);
        int vma = spaces.mapAnonymous(mm, address, address + pages * PAGE, flags);
        spaces.locks().writeUnlock(mm);
        return vma;
    }

    /**
     * Maps a file.
     *
     * @param mm where
     * @param address in bytes
     * @param pages the length
     * @param flags of the VMA
     * @param file the file
     * @param pgoff the first page of it
     * @return the VMA
     */
    public int mapFile(int mm, long address, long pages, long flags, int file, long pgoff) {
        spaces.locks().writeLock(mm);
        int vma = spaces.map(mm, address, address + pages * PAGE, flags, file, pgoff);
        spaces.locks().writeUnlock(mm);
        return vma;
    }

    /**
     * Makes a child that shares all anonymous pages of its parent, as fork does when nothing is pinned.
     *
     * @param parent the parent
     * @return the child
     */
    public int share(int parent) {
        int child = newMm();
        spaces.locks().writeLock(parent);
        spaces.locks().writeLockNested(child);
        for (int vma = spaces.first(parent); vma != 0; vma = spaces.next(vma)) {
            int copy = spaces.dupVma(child, vma);
            if (vmas.anonVma(vma) != 0) {
                shareVma(parent, child, vma, copy);
            }
        }
        spaces.locks().writeUnlock(child);
        spaces.locks().writeUnlock(parent);
        return child;
    }

    private void shareVma(int parent, int child, int vma, int copy) {
        for (long at = vmas.start(vma); at < vmas.end(vma); ) {
            long next = tables.pmdEnd(at, vmas.end(vma));
            long pmd = tables.pmd(mms.pgd(parent), at);
            if (Pte.isHuge(pmd)) {
                shareHuge(parent, child, vma, copy, at, pmd);
            } else {
                for (; at < next; at += PAGE) {
                    sharePage(parent, child, vma, copy, at);
                }
            }
            at = next;
        }
    }

    private void shareHuge(int parent, int child, int vma, int copy, long at, long pmd) {
        if (Pte.isNormalPage(pmd)) {
            int head = Pte.pfn(pmd);
            frames.get(head);
            if (!mappings.rmap().tryDupAnonPmd(head, vma, copy)) {
                throw new IllegalStateException("pinned");
            }
            mms.addRssAnon(child, frames.pages(head));
        }
        tables.setPmd(mms.pgd(parent), tables.pmdTable(mms.pgd(parent), at), at, pmd & ~Pte.WRITE);
        int root = mms.pgd(child);
        tables.deposit(root);
        tables.setPmd(root, tables.pmdTableAlloc(root, at), at, pmd & ~(Pte.WRITE | Pte.ACCESSED));
    }

    private void sharePage(int parent, int child, int vma, int copy, long at) {
        long entry = entry(parent, at);
        if (!Pte.isPresent(entry)) {
            return;
        }
        if (Pte.isNormalPage(entry)) {
            int page = Pte.pfn(entry);
            frames.get(frames.head(page));
            if (frames.test(frames.head(page), Frames.ANON)) {
                if (!mappings.rmap().tryDupAnon(page, 1, vma, copy)) {
                    throw new IllegalStateException("pinned");
                }
            } else {
                mappings.rmap().dupFile(page, 1, copy);
            }
            mappings.rss().add(child, frames.head(page), 1);
        }
        setEntry(parent, at, entry & ~Pte.WRITE);
        setEntry(child, at, entry & ~(Pte.WRITE | Pte.ACCESSED));
    }

    /**
     * Unmaps pages, as MADV_DONTNEED does, page by page. Huge entries are split first if only a part goes.
     *
     * @param mm the address space
     * @param address in bytes
     * @param pages how many
     */
    public void unmap(int mm, long address, long pages) {
        int root = mms.pgd(mm);
        for (long at = address; at < address + pages * PAGE; ) {
            int vma = spaces.find(mm, at);
            long pmd = tables.pmd(root, at);
            if (Pte.isHuge(pmd) && at == tables.pmdStart(at) && at + tables.pmdSize() <= address + pages * PAGE) {
                unmapHuge(root, vma, at, pmd);
                at += tables.pmdSize();
                continue;
            }
            mappings.pmdSplit().split(vma, at);
            unmapPage(root, vma, at);
            at += PAGE;
        }
    }

    private void unmapHuge(int root, int vma, long at, long pmd) {
        int head = Pte.pfn(pmd);
        tables.setPmd(root, tables.pmdTable(root, at), at, Pte.NONE);
        tables.dropDeposit(root);
        if (Pte.isNormalPage(pmd)) {
            mappings.rmap().removePmd(head, vma, at);
            mappings.rss().add(vmas.mm(vma), head, -frames.pages(head));
            memory.folios().put(head, 1);
        }
    }

    private void unmapPage(int root, int vma, long at) {
        long entry = tables.lookup(root, at);
        if (entry == Pte.NONE) {
            return;
        }
        setEntry(vmas.mm(vma), at, Pte.NONE);
        if (Pte.isNormalPage(entry)) {
            int page = Pte.pfn(entry);
            int head = frames.head(page);
            mappings.rmap().remove(page, 1, vma, at);
            mappings.rss().add(vmas.mm(vma), head, -1);
            memory.folios().put(head, 1);
        }
    }

    /**
     * Unmaps everything of an address space, frees its tables and ends it, as exit does.
     *
     * @param mm the address space
     */
    public void exit(int mm) {
        for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
            long at = vmas.start(vma);
            while ((at = tables.nextPopulated(mms.pgd(mm), at, vmas.end(vma))) < vmas.end(vma)) {
                long next = tables.pmdEnd(at, vmas.end(vma));
                unmap(mm, at, (next - at) / PAGE);
                at = next;
            }
        }
        tables.freeTables(mms.pgd(mm), 0, geometry.taskSize(), 0, 0);
        tables.freeRoot(mms.pgd(mm));
        spaces.locks().writeLock(mm);
        spaces.unmapping().unmapEmpty(mm, 0, geometry.taskSize());
        spaces.locks().writeUnlock(mm);
        spaces.freeMm(mm);
    }

    // ---- accesses

    /**
     * Loads.
     *
     * @param mm the address space
     * @param address in bytes
     * @return the frame, or a negative result
     */
    public int read(int mm, long address) {
        return access.access(mm, address, READ);
    }

    /**
     * Stores.
     *
     * @param mm the address space
     * @param address in bytes
     * @return the frame, or a negative result
     */
    public int write(int mm, long address) {
        return access.access(mm, address, WRITE);
    }

    /**
     * Stores a token.
     *
     * @param mm the address space
     * @param address in bytes
     * @param token the contents
     */
    public void store(int mm, long address, long token) {
        memory.contents().write(write(mm, address), token);
    }

    /**
     * Loads a token.
     *
     * @param mm the address space
     * @param address in bytes
     * @return the contents
     */
    public long load(int mm, long address) {
        return memory.contents().read(read(mm, address));
    }

    // ---- looking

    /**
     * The entry that maps a page; that of a huge leaf as its page's.
     *
     * @param mm the address space
     * @param address in bytes
     * @return the entry
     */
    public long entry(int mm, long address) {
        long entry = tables.lookup(mms.pgd(mm), address);
        return Pte.isHuge(entry) ? Pte.pageOfHuge(entry, tables.pteIndex(address)) : entry;
    }

    /**
     * Writes an entry, nothing else.
     *
     * @param mm the address space
     * @param address in bytes
     * @param entry the entry
     */
    public void setEntry(int mm, long address, long entry) {
        int root = mms.pgd(mm);
        tables.row(tables.leafAlloc(root, address))[tables.pteIndex(address)] = entry;
    }

    /**
     * The frame that maps a page.
     *
     * @param mm the address space
     * @param address in bytes
     * @return the frame, or 0 if none is present
     */
    public int pfn(int mm, long address) {
        long entry = entry(mm, address);
        return Pte.isPresent(entry) ? Pte.pfn(entry) : 0;
    }

    /**
     * The order of the folio that a page belongs to.
     *
     * @param mm the address space
     * @param address in bytes
     * @return the order
     */
    public int order(int mm, long address) {
        return frames.order(pfn(mm, address));
    }

    /**
     * Whether a mapped page has the exclusive flag.
     *
     * @param mm the address space
     * @param address in bytes
     * @return the flag
     */
    public boolean isExclusive(int mm, long address) {
        boolean huge = Pte.isHuge(tables.pmd(mms.pgd(mm), address));
        int pfn = pfn(mm, address);
        return frames.test(huge ? frames.head(pfn) : pfn, Frames.ANON_EXCLUSIVE);
    }

    /**
     * Whether a page may be written without a fault.
     *
     * @param mm the address space
     * @param address in bytes
     * @return whether its entry is writable
     */
    public boolean isWritable(int mm, long address) {
        return Pte.isWritable(entry(mm, address));
    }

    /**
     * Whether an address is mapped by a PMD entry.
     *
     * @param mm the address space
     * @param address in bytes
     * @return whether it is
     */
    public boolean isHuge(int mm, long address) {
        return Pte.isHuge(tables.pmd(mms.pgd(mm), address));
    }

    /**
     * A counter.
     *
     * @param item which
     * @return its value
     */
    public long vmstat(VmstatItem item) {
        return memory.vmstat().get(item);
    }

    /**
     * Work done.
     *
     * @param work which
     * @return how often
     */
    public long work(Work work) {
        return memory.vmstat().get(work);
    }

    /**
     * A counter of an order.
     *
     * @param stat which
     * @param order the order
     * @return its value
     */
    public long mthp(MthpStat stat, int order) {
        return memory.mthp().get(stat, order);
    }

    // ---- checking

    /**
     * Compares counts and flags with what the page tables say: mapcounts, references, resident pages, exclusive and writable pages.
     *
     * @throws AssertionError naming the first thing that is wrong
     */
    public void verify() {
        memory.lru().drain();
        int[] entries = new int[frames.frameCount()];
        int[] pageEntries = new int[frames.frameCount()];
        mms.forEachLive(mm -> verifyMm(mm, entries, pageEntries));
        long anonPages = 0;
        for (int pfn = 2; pfn < frames.frameCount(); pfn++) {
            int head = frames.head(pfn);
            boolean anon = frames.test(head, Frames.ANON);
            anonPages += anon && pageEntries[pfn] > 0 ? 1 : 0;
            if (pfn == head && frames.isAllocated(pfn) && !memory.folios().isHugeZero(pfn)) {
                require(entries[head] == frames.mapcount(head), "mapcount, entries " + entries[head], head);
                require(frames.refcount(head) == memory.folios().expectedRefs(head), "references", head);
            }
            if (frames.isMaterialised(pfn) && frames.test(pfn, Frames.ANON_EXCLUSIVE)) {
                require(pageEntries[pfn] == 1 || frames.isLarge(pfn) && pageEntries[pfn] == 0, "exclusive page", pfn);
            }
        }
        if (anonPages != vmstat(VmstatItem.NR_ANON_PAGES)) {
            throw new AssertionError("nr_anon_pages " + vmstat(VmstatItem.NR_ANON_PAGES) + ", mapped " + anonPages);
        }
    }

    private void verifyMm(int mm, int[] entries, int[] pageEntries) {
        long rss = 0;
        for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
            for (long at = vmas.start(vma); at < vmas.end(vma); at += PAGE) {
                long entry = entry(mm, at);
                if (!Pte.isNormalPage(entry)) {
                    continue;
                }
                int page = Pte.pfn(entry);
                int head = frames.head(page);
                boolean huge = isHuge(mm, at);
                entries[head] += !huge || page == head ? 1 : 0;
                pageEntries[page]++;
                rss++;
                if (Pte.isWritable(entry) && frames.test(head, Frames.ANON)) {
                    require(isExclusive(mm, at), "writable page at 0x" + Long.toHexString(at) + " of mm " + mm, page);
                }
            }
        }
        if (rss != mms.rss(mm)) {
            throw new AssertionError("rss of mm " + mm + " is " + mms.rss(mm) + ", mapped " + rss);
        }
    }

    private void require(boolean holds, String what, int pfn) {
        if (!holds) {
            throw new AssertionError(what + ": " + frames.describe(pfn) + "; newest events " + events.tail(12));
        }
    }
}
