package org.polymm.engine.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.SwapSlots;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * What the page tables of all processes say, taken down in one walk over every entry: the side from which the machine's own bookkeeping
 * is looked at.
 */
final class Census {

    private static final long PAGE = Geometry.PAGE_SIZE;

    /** One address space's pages. */
    static final class MmCount {
        long anon;
        long file;
        long shmem;
        long swap;
    }

    /** One folio's entries. */
    static final class FolioCount {
        int entries;
        int entire;
        int firstMm;
        boolean severalMms;
        boolean locked;
    }

    private final PhysicalMemory memory;
    private final Frames frames;
    private final Files files;
    private final SwapSlots swap;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final Pins pins;
    private final TreeMap<Integer, Integer> pinned = new TreeMap<>();
    private final TreeMap<Integer, Integer> referred = new TreeMap<>();
    private final MmTable mms;
    private final VmaTable vmas;
    private final List<Violation> violations;

    /** How often each page is mapped by an entry at PTE level. */
    final PageTally pageEntries;

    private final PageTally batched;

    final FolioTally folios;
    final TreeMap<Integer, MmCount> counts = new TreeMap<>();
    long tablesSeen;
    /** Of the address space that is walked. */
    private MmCount walked = new MmCount();

    private int lastMm;
    private int lastVma;

    /** How many entries refer to each swap slot. */
    final TreeMap<Integer, Integer> slotEntries = new TreeMap<>();

    /** Swap slots to which an entry with the exclusive bit refers. */
    final TreeSet<Integer> exclusiveSlots = new TreeSet<>();

    Census(
            PhysicalMemory memory,
            Files files,
            SwapSlots swap,
            PageTables tables,
            AddressSpaces spaces,
            Pins pins,
            List<Violation> violations) {
        this.pins = pins;
        this.memory = memory;
        this.files = files;
        this.swap = swap;
        this.frames = memory.frames();
        this.tables = tables;
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.violations = violations;
        pageEntries = new PageTally(frames.frameCount());
        batched = new PageTally(frames.frameCount());
        folios = new FolioTally(frames.frameCount());
    }

    /** The address spaces that are in use. */
    List<Integer> liveMms() {
        List<Integer> live = new ArrayList<>();
        mms.forEachLive(live::add);
        return live;
    }

    void take() {
        for (int mm : liveMms()) {
            walked = new MmCount();
            counts.put(mm, walked);
            tablesSeen += tables.tables(mms.pgd(mm)) + 1;
            walk(mm, (address, entry, pages) -> see(mm, address, entry, pages));
        }
        for (int index = 0; index < memory.lru().waiting(); index++) {
            batched.add(memory.lru().waitingFolio(index), 1);
        }
        for (int index = 0; index < memory.mlock().waiting(); index++) {
            batched.add(memory.mlock().waitingFolio(index), 1);
        }
        pins.forEachHold((head, isPin) -> {
            if (!memory.folios().isHugeZero(head)) {
                (isPin ? pinned : referred).merge(head, 1, Integer::sum);
            }
        });
    }

    /** Sees an entry. */
    private interface EntryVisitor {
        void see(long address, long entry, int pages);
    }

    /** Sees a page that is present. */
    interface PageVisitor {
        void see(long address, long entry);
    }

    /** Visits the present pages of an address space; a huge entry is shown page by page. */
    void forEachPage(int mm, PageVisitor visitor) {
        walk(mm, (address, entry, pages) -> {
            for (int page = 0; page < pages && Pte.isPresent(entry); page++) {
                visitor.see(address + page * PAGE, pages > 1 ? Pte.pageOfHuge(entry, page) : entry);
            }
        });
    }

    private void walk(int mm, EntryVisitor visitor) {
        int root = mms.pgd(mm);
        long end = spaces.geometry().taskSize();
        for (long at = tables.nextPopulated(root, 0, end); at < end; at = tables.nextPopulated(root, at, end)) {
            long pmd = tables.pmd(root, at);
            if (Pte.isTable(pmd)) {
                long[] row = tables.row(tables.leaf(root, at));
                long base = tables.pmdStart(at);
                for (int index = 0; index < tables.entries(); index++) {
                    if (row[index] != Pte.NONE) {
                        visitor.see(base + index * PAGE, row[index], 1);
                    }
                }
            } else {
                visitor.see(tables.pmdStart(at), pmd, tables.entries());
            }
            at = tables.pmdStart(at) + tables.pmdSize();
        }
    }

    /** The VMA at an address, which is mostly the one that was found last. */
    private int find(int mm, long address) {
        if (lastVma == 0 || lastMm != mm || address < vmas.start(lastVma) || address >= vmas.end(lastVma)) {
            lastVma = spaces.find(mm, address);
            lastMm = mm;
        }
        return lastVma;
    }

    private void see(int mm, long address, long entry, int pages) {
        int vma = find(mm, address);
        if (vma == 0 || address + (long) (pages - 1) * PAGE >= vmas.end(vma)) {
            report(
                    Invariant.ENTRY_LIES_IN_A_VMA,
                    "mm " + mm + " address 0x" + Long.toHexString(address) + " holds " + Pte.describe(entry)
                            + " outside every VMA");
            return;
        }
        if (Pte.isWritable(entry) && Pte.isPresent(entry) && (vmas.flags(vma) & VmFlags.VM_WRITE) == 0) {
            report(
                    Invariant.ENTRY_LIES_IN_A_VMA,
                    "mm " + mm + " address 0x" + Long.toHexString(address) + " is writable in " + vmas.describe(vma));
        }
        if (Pte.isWritable(entry) && Pte.isUffdWp(entry)) {
            report(
                    Invariant.UFFD_WP_PAGE_IS_NOT_WRITABLE,
                    "mm " + mm + " address 0x" + Long.toHexString(address) + " holds " + Pte.describe(entry));
        }
        if (Pte.isSwap(entry)) {
            walked.swap++;
            int slot = Pte.swapOffset(entry);
            slotEntries.merge(slot, 1, Integer::sum);
            if (Pte.isExclusiveSwap(entry)) {
                exclusiveSlots.add(slot);
            }
        }
        if (!Pte.isNormalPage(entry)) {
            return;
        }
        int pfn = Pte.pfn(entry);
        if (!frames.isAllocated(pfn)) {
            report(
                    Invariant.MAPPED_FRAME_IS_ALLOCATED,
                    "mm " + mm + " address 0x" + Long.toHexString(address) + " maps " + frames.describe(pfn));
            return;
        }
        count(mm, vma, address, entry, pfn, pages);
    }

    private void count(int mm, int vma, long address, long entry, int pfn, int pages) {
        int head = frames.head(pfn);
        FolioCount folio = folios.of(head);
        folio.entries++;
        folio.entire += pages > 1 ? 1 : 0;
        folio.severalMms |= folio.firstMm != 0 && folio.firstMm != mm;
        folio.firstMm = folio.firstMm == 0 ? mm : folio.firstMm;
        folio.locked |= vmas.has(vma, VmFlags.VM_LOCKED);
        if (pages == 1) {
            pageEntries.add(pfn, 1);
        }
        if (frames.test(head, Frames.ANON)) {
            walked.anon += pages;
            if (Pte.isWritable(entry) && !frames.test(pfn, Frames.ANON_EXCLUSIVE)) {
                report(
                        Invariant.WRITABLE_ANON_PAGE_IS_EXCLUSIVE,
                        "mm " + mm + " address 0x" + Long.toHexString(address) + " holds " + Pte.describe(entry)
                                + ", which is not exclusive: " + frames.describe(pfn));
            }
        } else if (frames.test(head, Frames.SWAPBACKED)) {
            walked.shmem += pages;
        } else {
            walked.file += pages;
        }
    }

    private void report(Invariant invariant, String detail) {
        violations.add(new Violation(invariant, detail));
    }

    /** How many pages of the folio are mapped by some entry. */
    int mappedPages(int head, FolioCount folio) {
        int pages = frames.pages(head);
        if (folio.entire > 0) {
            return pages;
        }
        int mapped = 0;
        for (int page = 0; page < pages; page++) {
            mapped += pageEntries.get(head + page) > 0 ? 1 : 0;
        }
        return mapped;
    }

    /** How many pages of the folio are pinned, each as often as it is. */
    int pinned(int head) {
        return pinned.isEmpty() ? 0 : pinned.getOrDefault(head, 0);
    }

    /** How many plain references there are to pages of the folio. */
    int referred(int head) {
        return referred.isEmpty() ? 0 : referred.getOrDefault(head, 0);
    }

    /** The folios that are mapped, and those that only the page cache, a batch or a device still refers to. */
    BitSet reachable() {
        BitSet heads = folios.heads();
        pinned.keySet().forEach(heads::set);
        referred.keySet().forEach(heads::set);
        for (int index = 0; index < memory.lru().waiting(); index++) {
            heads.set(memory.lru().waitingFolio(index));
        }
        for (int index = 0; index < memory.mlock().waiting(); index++) {
            heads.set(memory.mlock().waitingFolio(index));
        }
        for (int slot = 1; slot < swap.slots(); slot++) {
            if (swap.cached(slot) != 0) {
                heads.set(frames.head(swap.cached(slot)));
            }
        }
        files.forEachLive(file -> {
            for (long index = files.nextOccupied(file, 0, Long.MAX_VALUE);
                    index >= 0;
                    index = files.nextOccupied(file, index + 1, Long.MAX_VALUE)) {
                long entry = files.peek(file, index);
                if (CacheEntry.isPage(entry)) {
                    heads.set(frames.head(CacheEntry.pfn(entry)));
                }
            }
        });
        return heads;
    }

    /** Whether a folio waits to be mlocked or munlocked. */
    boolean waitsForMlock(int head) {
        for (int index = 0; index < memory.mlock().waiting(); index++) {
            if (memory.mlock().waitingFolio(index) == head) {
                return true;
            }
        }
        return false;
    }

    /** References that wait in a batch to go on a list, or to be mlocked. */
    int batched(int head) {
        return batched.get(head);
    }
}
