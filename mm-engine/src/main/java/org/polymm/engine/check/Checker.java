package org.polymm.engine.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.SwapSlots;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.FolioMapcounts;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaInvariants;
import org.polymm.engine.vma.VmaTable;

/**
 * Holds a machine against its {@link Invariant}s. To be called between operations, when no task is inside one; changes nothing but the
 * counts of locks taken by the reverse-map walks.
 */
public final class Checker {

    private static final int MOST_REPORTED = 20;

    private final PhysicalMemory memory;
    private final Frames frames;
    private final Files files;
    private final SwapSlots swap;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final FolioMapcounts mapcounts;
    private final RmapWalk rmap;
    private final Pins pins;
    private final Sync sync;
    private final MmTable mms;
    private final VmaTable vmas;

    /**
     * A checker of one machine.
     *
     * @param memory its frames and folios
     * @param tables its page tables
     * @param spaces its address spaces
     * @param files its page cache
     * @param swap its swap slots
     * @param mapcounts its mapcount scheme
     * @param rmap its reverse-map walks
     * @param pins its pins and references
     * @param sync its locks
     */
    public Checker(
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            Files files,
            SwapSlots swap,
            FolioMapcounts mapcounts,
            RmapWalk rmap,
            Pins pins,
            Sync sync) {
        this.memory = memory;
        this.frames = memory.frames();
        this.files = files;
        this.swap = swap;
        this.tables = tables;
        this.spaces = spaces;
        this.mapcounts = mapcounts;
        this.rmap = rmap;
        this.pins = pins;
        this.sync = sync;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
    }

    /** {@return what does not hold, in a fixed order; at most twenty violations} */
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        if (sync.heldCount() != 0) {
            found.add(new Violation(Invariant.NO_LOCK_IS_HELD, sync.describe(sync.task())));
            return found;
        }
        Census census = new Census(memory, files, swap, tables, spaces, pins, found);
        census.take();
        checkVmas(census, found);
        checkMms(census, found);
        BitSet reachable = census.reachable();
        checkFolios(census, reachable, found);
        checkTotals(census, reachable, found);
        new FrameCheck(memory, found).check(reachable);
        new SwapCheck(frames, swap, memory.vmstat().get(Work.LOCKS_LOST) != 0, found).check(census);
        new FileCheck(memory, files, tables, spaces, found).check(census);
        new ListCheck(memory, found).check(reachable);
        return found.size() > MOST_REPORTED ? found.subList(0, MOST_REPORTED) : found;
    }

    private void checkVmas(Census census, List<Violation> found) {
        String problem = VmaInvariants.problem(spaces);
        if (problem != null) {
            found.add(new Violation(Invariant.VMAS_ARE_IN_ORDER, problem));
        }
        for (int mm : census.liveMms()) {
            long locked = 0;
            for (int vma = spaces.first(mm); vma != 0; vma = spaces.next(vma)) {
                locked += (vmas.flags(vma) & VmFlags.VM_LOCKED) != 0 ? vmas.pages(vma) : 0;
            }
            if (locked != mms.lockedVm(mm)) {
                found.add(new Violation(
                        Invariant.LOCKED_PAGES_ADD_UP,
                        "mm " + mm + " has " + locked + " pages in VM_LOCKED VMAs and counts " + mms.lockedVm(mm)));
            }
        }
    }

    private void checkMms(Census census, List<Violation> found) {
        for (Map.Entry<Integer, Census.MmCount> entry : census.counts.entrySet()) {
            int mm = entry.getKey();
            Census.MmCount count = entry.getValue();
            same(found, mm, "anonymous", count.anon, mms.rssAnon(mm));
            same(found, mm, "file", count.file, mms.rssFile(mm));
            same(found, mm, "shmem", count.shmem, mms.rssShmem(mm));
            same(found, mm, "swap", count.swap, mms.rssSwap(mm));
        }
    }

    private static void same(List<Violation> found, int mm, String kind, long seen, long counted) {
        if (seen != counted) {
            found.add(new Violation(
                    Invariant.RSS_ADDS_UP, "mm " + mm + " maps " + seen + " " + kind + " pages and counts " + counted));
        }
    }

    private void checkFolios(Census census, BitSet reachable, List<Violation> found) {
        census.folios.forEach(head -> {
            Census.FolioCount folio = census.folios.of(head);
            checkMapcounts(head, folio, found);
            checkReferences(census, head, found);
            if (folio.severalMms && !mapcounts.maybeShared(head)) {
                found.add(new Violation(Invariant.SCHEME_MISSES_NO_SHARING, frames.describe(head)));
            }
            if (frames.test(head, Frames.MLOCKED)
                    && !folio.locked
                    && !census.waitsForMlock(head)
                    && memory.vmstat().get(Work.LOCKS_LOST) == 0) {
                found.add(new Violation(Invariant.MLOCKED_FOLIO_IS_LOCKED, frames.describe(head)));
            }
            if (frames.test(head, Frames.ANON)) {
                checkExclusive(census, head, folio, found);
            }
            checkRmap(head, folio, found);
        });
        for (int head = reachable.nextSetBit(0); head >= 0; head = reachable.nextSetBit(head + 1)) {
            if (!census.folios.has(head)) {
                checkMapcounts(head, new Census.FolioCount(), found);
                checkReferences(census, head, found);
            }
        }
    }

    private void checkMapcounts(int head, Census.FolioCount folio, List<Violation> found) {
        int entire = frames.isLarge(head) ? frames.entireMapcount(head) : 0;
        if (frames.mapcount(head) != folio.entries || entire != folio.entire) {
            found.add(new Violation(
                    Invariant.MAPCOUNTS_ADD_UP,
                    "mapped by " + folio.entries + " entries, " + folio.entire + " of them at PMD level: "
                            + frames.describe(head)));
        }
    }

    private void checkReferences(Census census, int head, List<Violation> found) {
        int held = census.pinned(head);
        int counted = frames.isLarge(head) ? frames.pincount(head) : frames.refcount(head) / Folios.PIN_BIAS;
        if (counted != held) {
            found.add(new Violation(
                    Invariant.PINS_ADD_UP,
                    held + " pins are held and " + counted + " counted: " + frames.describe(head)));
            return;
        }
        int pinRefs = frames.isLarge(head) ? held : held * Folios.PIN_BIAS;
        int expected = memory.folios().expectedRefs(head) + census.batched(head) + pinRefs + census.referred(head);
        if (frames.refcount(head) != expected) {
            found.add(new Violation(
                    Invariant.REFCOUNTS_ADD_UP, "expected " + expected + " references: " + frames.describe(head)));
        }
    }

    private void checkExclusive(Census census, int head, Census.FolioCount folio, List<Violation> found) {
        if (folio.entire > 1 && frames.test(head, Frames.ANON_EXCLUSIVE)
                || folio.entire > 0 && folio.entries > folio.entire && frames.test(head, Frames.ANON_EXCLUSIVE)) {
            found.add(new Violation(
                    Invariant.EXCLUSIVE_PAGE_IS_MAPPED_ONCE,
                    "mapped by " + folio.entries + " entries: " + frames.describe(head)));
        }
        for (int page = 0; folio.entire == 0 && page < frames.pages(head); page++) {
            if (census.pageEntries.get(head + page) > 1 && frames.test(head + page, Frames.ANON_EXCLUSIVE)) {
                found.add(new Violation(
                        Invariant.EXCLUSIVE_PAGE_IS_MAPPED_ONCE,
                        "mapped by " + census.pageEntries.get(head + page) + " entries: "
                                + frames.describe(head + page)));
            }
        }
    }

    private void checkRmap(int head, Census.FolioCount folio, List<Violation> found) {
        int[] seen = new int[1];
        sync.lock(LockClass.FOLIO_LOCK, head);
        rmap.walk(head, (mm, vma, address, firstPage, pages) -> {
            seen[0] += MappingsOf.count(tables, frames, mms.pgd(mm), head, address, firstPage, pages);
            return true;
        });
        sync.unlock(LockClass.FOLIO_LOCK, head);
        if (seen[0] != folio.entries) {
            found.add(new Violation(
                    Invariant.RMAP_FINDS_EVERY_MAPPING,
                    "the walk finds " + seen[0] + " of " + folio.entries + " entries: " + frames.describe(head)));
        }
    }

    /**
     * Holds the page tables against what the processes have marked.
     *
     * @param markers what that is
     * @return what differs, in a fixed order; at most twenty violations
     */
    public List<Violation> markerViolations(ShadowMarkers markers) {
        List<Violation> found = new ArrayList<>();
        markers.check(spaces, tables, found);
        return found.size() > MOST_REPORTED ? found.subList(0, MOST_REPORTED) : found;
    }

    /**
     * Holds what is in memory against what every process must read. The shadow learns which pages of private file mappings were copied
     * since the last time, so it must be asked before their file changes: after every operation.
     *
     * @param shadow what that is
     * @return what differs, in a fixed order; at most twenty violations
     */
    public List<Violation> contentViolations(ShadowMemory shadow) {
        List<Violation> found = new ArrayList<>();
        Census census = new Census(memory, files, swap, tables, spaces, pins, found);
        for (int mm : census.liveMms()) {
            census.forEachPage(mm, (address, entry) -> {
                long page = address / Geometry.PAGE_SIZE;
                long there = Pte.isZeroPage(entry) ? 0 : memory.contents().read(Pte.pfn(entry));
                if (!shadow.isMapped(mm, page)) {
                    found.add(new Violation(
                            Invariant.CONTENTS_ARE_RIGHT,
                            "mm " + mm + " maps 0x" + Long.toHexString(address) + ", of which no system call told"));
                    return;
                }
                long expected = shadow.read(mm, page);
                if (Pte.isNormalPage(entry) && frames.test(frames.head(Pte.pfn(entry)), Frames.ANON)) {
                    shadow.settle(mm, page);
                }
                if (there != expected && !(there == 0 && shadow.wasDiscarded(mm, page))) {
                    found.add(new Violation(
                            Invariant.CONTENTS_ARE_RIGHT,
                            "mm " + mm + " reads " + there + " at 0x"
                                    + Long.toHexString(address) + " and must read " + expected + ": "
                                    + frames.describe(Pte.pfn(entry))));
                }
            });
            shadow.forEachWritten(mm, (page, token) -> {
                if (token != 0
                        && tables.lookup(mms.pgd(mm), page * Geometry.PAGE_SIZE) == Pte.NONE
                        && !shadow.mayBeGone(mm, page)) {
                    found.add(new Violation(
                            Invariant.CONTENTS_ARE_RIGHT,
                            "mm " + mm + " wrote " + token + " at 0x" + Long.toHexString(page * Geometry.PAGE_SIZE)
                                    + ", and nothing is mapped there any more"));
                }
            });
        }
        new PinCheck(memory, tables, spaces, pins, found).check(shadow);
        return found.size() > MOST_REPORTED ? found.subList(0, MOST_REPORTED) : found;
    }

    private void checkTotals(Census census, BitSet reachable, List<Violation> found) {
        long anonPages = 0;
        long mlocked = 0;
        for (int head = reachable.nextSetBit(0); head >= 0; head = reachable.nextSetBit(head + 1)) {
            if (census.folios.has(head) && frames.test(head, Frames.ANON)) {
                anonPages +=
                        mapcounts.countsPages() ? census.mappedPages(head, census.folios.of(head)) : frames.pages(head);
            }
            mlocked += frames.test(head, Frames.MLOCKED) ? frames.pages(head) : 0;
        }
        total(found, Invariant.ANON_PAGES_ADD_UP, "mapped anonymous pages", anonPages, VmstatItem.NR_ANON_PAGES);
        total(found, Invariant.MLOCKED_PAGES_ADD_UP, "pages of mlocked folios", mlocked, VmstatItem.NR_MLOCK);
        total(found, Invariant.PAGE_TABLES_ADD_UP, "page tables", census.tablesSeen, VmstatItem.NR_PAGE_TABLE_PAGES);
        long failed = memory.vmstat().get(Work.FAILED_FOR_FOLIOS);
        if (failed != 0) {
            found.add(new Violation(
                    Invariant.NO_CALL_FAILS_FOR_A_FOLIO,
                    failed + " system calls failed because a policy's plan for a large folio says so"));
        }
    }

    private void total(List<Violation> found, Invariant invariant, String what, long seen, VmstatItem item) {
        long counted = memory.vmstat().get(item);
        if (seen != counted) {
            found.add(new Violation(invariant, seen + " " + what + ", counted " + counted));
        }
    }
}
