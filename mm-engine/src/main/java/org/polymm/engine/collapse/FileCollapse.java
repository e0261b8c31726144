package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.CollapseFacts;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.split.FilePageUnmap;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.FileMappings;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Replaces the pages of an aligned block of a shmem file by one huge folio: {@code hpage_collapse_scan_file} and {@code collapse_file}.
 *
 * <pre>
 *   slots     p0  p1  .  p3  .  ...      each page: locked, off its list, unmapped everywhere, nobody else refers to it
 *             p0  p1  R  p3  R  ...      holes: retry entries, so that a fault there waits for the huge folio's lock
 *             h0  h1  h2 h3  h4 ...      the commit, one step; then page tables are retracted, and the huge folio is unlocked
 * </pre>
 *
 * <p>What was unmapped stays unmapped when a later page is in the way: faults map it again.
 */
final class FileCollapse {

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Contents contents;
    private final Vmstat vmstat;
    private final ThpSettings settings;
    private final Files files;
    private final FileMappings mappings;
    private final VmaTable vmas;
    private final Decisions decisions;
    private final CollapseFacts facts;
    private final FilePageUnmap unmap;
    private final Retractions retractions;
    private final int pmdOrder;
    private final int entries;

    FileCollapse(
            Geometry geometry,
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            AddressSpaces spaces,
            Files files,
            PolicyGateway policies,
            FilePageUnmap unmap,
            Retractions retractions) {
        this.sync = sync;
        this.events = events;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.lru = memory.lru();
        this.contents = memory.contents();
        this.vmstat = memory.vmstat();
        this.settings = memory.thp();
        this.files = files;
        this.mappings = files.mappings();
        this.vmas = spaces.vmas();
        this.decisions = policies.decisions();
        this.facts = policies.collapse();
        this.unmap = unmap;
        this.retractions = retractions;
        this.pmdOrder = geometry.pmdOrder();
        this.entries = geometry.entries();
    }

    /** One attempt. */
    private record Block(int mm, long address, boolean forced, int file, long first) {}

    /**
     * Looks at the slots of a block and asks the policy. The mmap lock is held for reading.
     *
     * @param address where the VMA shows the block, in bytes
     * @return SUCCEED, PTE_MAPPED_HUGEPAGE if a huge folio is there already, or why not
     */
    ScanResult scan(int mm, int vma, long address, boolean forced) {
        int file = vmas.file(vma);
        long first = vmas.pgoffAt(vma, address);
        long[] slots = new long[entries];
        files.entry(file, first);
        for (int i = 0; i < entries; i++) {
            sync.touch(Point.READ_CACHE, Files.pointOf(file, first + i));
            long entry = files.peek(file, first + i);
            if (CacheEntry.isPage(entry)) {
                slots[i] = Pte.present(CacheEntry.pfn(entry), Pte.USER);
            } else if (CacheEntry.isKind(entry, CacheEntry.SWAP)) {
                slots[i] = Pte.swap((int) CacheEntry.payload(entry), false);
            }
        }
        vmstat.did(Work.SCANNED_ENTRIES, entries);
        facts.atCache(mm, vma, address >>> Geometry.PAGE_SHIFT, slots, forced);
        return switch (decisions.chooseCollapse(facts)) {
            case CollapseDecision.Collapse collapse -> ScanResult.SUCCEED;
            case CollapseDecision.Skip skip -> counted(skip.reason());
        };
    }

    private ScanResult counted(ScanResult reason) {
        if (reason == ScanResult.EXCEED_NONE_PTE) {
            vmstat.increment(VmstatItem.THP_SCAN_EXCEED_NONE_PTE);
        } else if (reason == ScanResult.EXCEED_SWAP_PTE) {
            vmstat.increment(VmstatItem.THP_SCAN_EXCEED_SWAP_PTE);
        }
        return reason;
    }

    /**
     * Collapses a block. No lock is held.
     *
     * @param mm the address space on whose behalf
     * @param address where it shows the block, in bytes
     * @param file the file, which the caller keeps
     * @param first the block's first page
     * @return SUCCEED; for MADV_COLLAPSE PTE_MAPPED_HUGEPAGE if its own mapping is to be collapsed yet; or what was in the way
     */
    ScanResult collapse(int mm, long address, boolean forced, int file, long first) {
        Block block = new Block(mm, address, forced, file, first);
        boolean shmem = files.is(file, Files.SHMEM);
        int huge = forced || settings.isOn(ThpTunable.KHUGEPAGED_DEFRAG)
                ? folios.allocFile(pmdOrder, shmem)
                : folios.tryAllocFile(pmdOrder, shmem);
        vmstat.increment(huge == 0 ? VmstatItem.THP_COLLAPSE_ALLOC_FAILED : VmstatItem.THP_COLLAPSE_ALLOC);
        if (huge == 0) {
            return ScanResult.ALLOC_HUGE_PAGE_FAIL;
        }
        sync.tryLock(LockClass.FOLIO_LOCK, huge);
        long[] old = new long[entries];
        ScanResult result = takeAll(block, old);
        if (result == ScanResult.SUCCEED) {
            result = closeHoles(block, old, huge);
        }
        if (result == ScanResult.SUCCEED) {
            commit(block, old, huge);
            result = retractions.run(huge, file, first, forced, mm, address);
            sync.unlock(LockClass.FOLIO_LOCK, huge);
            freeOld(old);
        } else {
            rollBack(block, old, huge);
        }
        events.record(EventKind.FILE_COLLAPSE, file, first, result.ordinal());
        return result;
    }

    // ---- taking the old pages

    /** Locks, isolates and unmaps every folio of the block, first to last. What {@code old} names is the caller's then. */
    private ScanResult takeAll(Block block, long[] old) {
        int there = 0;
        for (int i = 0; i < entries; ) {
            long index = block.first + i;
            if (index >= files.pages(block.file) && !files.is(block.file, Files.SHMEM)) {
                return ScanResult.TRUNCATED;
            }
            long entry = files.entry(block.file, index);
            if (!CacheEntry.isPage(entry)) {
                if (CacheEntry.isValue(entry)) {
                    return ScanResult.FAIL;
                }
                i++;
                continue;
            }
            int head = frames.head(CacheEntry.pfn(entry));
            ScanResult result = take(block, index, head);
            if (result != ScanResult.SUCCEED) {
                return result;
            }
            int pages = frames.pages(head);
            old[i] = head;
            there += pages;
            i += pages;
        }
        return there == 0 ? ScanResult.TRUNCATED : ScanResult.SUCCEED;
    }

    private ScanResult take(Block block, long index, int head) {
        frames.get(head);
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            folios.put(head, 1);
            return ScanResult.PAGE_LOCK;
        }
        ScanResult result = ScanResult.SUCCEED;
        if (frames.pages(head) == entries && frames.index(head) == block.first) {
            result = ScanResult.PTE_MAPPED_HUGEPAGE;
        } else if (frames.mapping(head) != block.file || frames.index(head) != index) {
            result = ScanResult.TRUNCATED;
        } else if (!files.is(block.file, Files.SHMEM) && frames.test(head, Frames.DIRTY)) {
            result = ScanResult.PAGE_DIRTY_OR_WRITEBACK;
        } else if (!lru.isolate(head)) {
            result = ScanResult.DEL_PAGE_LRU;
        }
        if (result != ScanResult.SUCCEED) {
            sync.unlock(LockClass.FOLIO_LOCK, head);
            folios.put(head, 1);
            return result;
        }
        folios.put(head, 1);
        unmap.unmap(head);
        if (frames.refcount(head) != 1 + frames.pages(head)) {
            giveBack(head);
            return ScanResult.PAGE_COUNT;
        }
        return ScanResult.SUCCEED;
    }

    private void giveBack(int head) {
        sync.unlock(LockClass.FOLIO_LOCK, head);
        lru.putback(head);
    }

    // ---- holes

    /** Blocks the holes and copies. Returns PAGE_FILLED if somebody filled one before, EXCEED_NONE_PTE if userfaultfd wants to hear of them. */
    private ScanResult closeHoles(Block block, long[] old, int huge) {
        copy(old, huge);
        boolean holes = false;
        for (int i = 0; i < entries; i++) {
            if (isHole(old, i)) {
                if (!files.fillHole(block.file, block.first + i, CacheEntry.value(CacheEntry.RETRY, huge))) {
                    return ScanResult.PAGE_FILLED;
                }
                holes = true;
            }
        }
        return holes && isMissingRegistered(block) ? ScanResult.EXCEED_NONE_PTE : ScanResult.SUCCEED;
    }

    private void copy(long[] old, int huge) {
        int copied = 0;
        for (int i = 0; i < entries; i++) {
            if (old[i] != 0) {
                int pages = frames.pages((int) old[i]);
                contents.copy((int) old[i], huge + i, pages);
                copied += pages;
            }
        }
        vmstat.did(Work.COPIED_PAGES, copied);
        vmstat.did(Work.ZEROED_PAGES, entries - copied);
    }

    private boolean isHole(long[] old, int at) {
        for (int i = at; i >= 0; i--) {
            if (old[i] != 0) {
                return at - i >= frames.pages((int) old[i]);
            }
        }
        return true;
    }

    private boolean isMissingRegistered(Block block) {
        sync.readLock(LockClass.I_MMAP, block.file);
        long last = block.first + entries - 1;
        boolean registered = false;
        for (int vma = mappings.first(block.file, block.first, last);
                vma != 0 && !registered;
                vma = mappings.next(vma, block.first, last)) {
            sync.touch(Point.READ_VMA, vma);
            registered = vmas.has(vma, VmFlags.VM_UFFD_MISSING);
        }
        sync.unlock(LockClass.I_MMAP, block.file);
        return registered;
    }

    // ---- the end

    private void commit(Block block, long[] old, int huge) {
        int holes = 0;
        for (int i = 0; i < entries; i++) {
            holes += isHole(old, i) ? 1 : 0;
        }
        boolean shmem = files.is(block.file, Files.SHMEM);
        files.replaceAll(block.file, block.first, huge, entries);
        frames.addRefs(huge, entries);
        frames.setMapping(huge, block.file, block.first);
        vmstat.add(VmstatItem.NR_FILE_PAGES, holes);
        if (shmem) {
            frames.setFlags(huge, Frames.DIRTY);
            vmstat.add(VmstatItem.NR_SHMEM, holes);
        }
        vmstat.increment(shmem ? VmstatItem.NR_SHMEM_HUGEPAGES : VmstatItem.NR_FILE_HUGEPAGES);
        lru.add(huge);
        folios.put(huge, 1);
        for (int i = 0; i < entries; i++) {
            if (old[i] != 0) {
                frames.setMapping((int) old[i], 0, 0);
            }
        }
    }

    private void freeOld(long[] old) {
        for (long folio : old) {
            if (folio != 0) {
                int head = (int) folio;
                frames.clearFlags(head, Frames.DIRTY | Frames.ACTIVE | Frames.UNEVICTABLE);
                sync.unlock(LockClass.FOLIO_LOCK, head);
                folios.put(head, frames.pages(head) + 1);
            }
        }
    }

    private void rollBack(Block block, long[] old, int huge) {
        for (int i = 0; i < entries; i++) {
            if (CacheEntry.isKind(files.peek(block.file, block.first + i), CacheEntry.RETRY)) {
                files.replace(block.file, block.first + i, CacheEntry.NONE);
            }
        }
        for (long folio : old) {
            if (folio != 0) {
                giveBack((int) folio);
            }
        }
        sync.unlock(LockClass.FOLIO_LOCK, huge);
        folios.put(huge, 1);
    }
}
