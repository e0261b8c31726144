package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;

/**
 * Where khugepaged goes: {@code khugepaged_do_scan} and {@code khugepaged_scan_mm_slot}.
 *
 * <p>It goes from address space to address space, in each from VMA to VMA, in each from one PMD-sized range to the next, and stops when its
 * progress has reached what it was to scan; the next wake-up goes on there. Progress is
 *
 * <pre>
 *   1        for each visit to an address space; a visit ends with a range for which the mmap lock was dropped
 *   1        for each VMA that no huge page may be in, or that lies before the place
 *   512      (a page table's entries) for each range, whatever came of it
 * </pre>
 *
 * An address space whose mmap lock is taken is passed over until the next round. A round ends behind the last address space
 * ({@code full_scans}), and so does a wake-up that has gone through all of them from the first on. If no huge page is to be had, a wake-up goes on once
 * (after {@code alloc_sleep_millisecs}; no time passes here) and ends the second time.
 *
 * <p>In the kernel an address space is on the list from the moment on at which it first had memory that a huge page may be in. Here the list is that of
 * the address spaces that have such memory now, in the order of their handles.
 */
final class Khugepaged {

    /** The address space it is in, or will look for from there on; 0 between two rounds. */
    private static final int MM = 0;
    /** The address to go on at, in bytes. */
    private static final int ADDRESS = 1;

    private final Sync sync;
    private final AddressSpaces spaces;
    private final MmTable mms;
    private final MmLocks locks;
    private final LruLists lru;
    private final ThpSettings settings;
    private final CollapsibleVmas collapsible;
    private final Retractions retractions;
    private final Attempt attempt;
    private final LongVector place;
    private final long pmdSize;
    private final int pmdPages;

    /** Collapses one range. The mmap lock is held for reading, and may not be when it returns. */
    interface Attempt {
        ScanResult collapse(int mm, int vma, long address, boolean forced);
    }

    /** What a wake-up has done. */
    private static final class Wake {
        private final int pages;
        private int progress;
        private int collapsed;
        private ScanResult last = ScanResult.FAIL;
        private int entered;
        private int rounds;

        Wake(int pages) {
            this.pages = pages;
        }

        boolean isDone() {
            return progress >= pages;
        }
    }

    Khugepaged(
            StateSpace space,
            Geometry geometry,
            Sync sync,
            AddressSpaces spaces,
            PhysicalMemory memory,
            CollapsibleVmas collapsible,
            Retractions retractions,
            Attempt attempt) {
        this.sync = sync;
        this.spaces = spaces;
        this.mms = spaces.mms();
        this.locks = spaces.locks();
        this.lru = memory.lru();
        this.settings = memory.thp();
        this.collapsible = collapsible;
        this.retractions = retractions;
        this.attempt = attempt;
        this.place = LongVector.sized(space, "khugepaged", 2);
        this.pmdSize = geometry.pmdSize();
        this.pmdPages = geometry.pmdPages();
    }

    /**
     * One wake-up. Does nothing where no huge page is enabled.
     *
     * @param pages how much to scan, in base pages of progress
     * @return how many ranges were collapsed
     */
    int wake(int pages) {
        if (!settings.khugepagedRuns()) {
            return 0;
        }
        lru.drain();
        Wake wake = new Wake(pages);
        boolean slept = false;
        int mm = enter(wake);
        while (mm != 0) {
            visit(wake, mm, true);
            if (wake.last == ScanResult.ALLOC_HUGE_PAGE_FAIL) {
                if (slept) {
                    break;
                }
                slept = true;
            }
            mm = wake.isDone() ? 0 : enter(wake);
        }
        return wake.collapsed;
    }

    /**
     * The part of a wake-up that is spent in one address space: from where it stopped there last, unless it has been elsewhere since,
     * to the end of that address space or until so much is scanned. No round ends with it.
     *
     * @param mm the address space
     * @param pages how much to scan, in base pages of progress
     * @return how many ranges were collapsed
     */
    int wakeIn(int mm, int pages) {
        if (!settings.khugepagedRuns()) {
            return 0;
        }
        lru.drain();
        Wake wake = new Wake(pages);
        sync.lock(LockClass.KHUGEPAGED_MM, 1);
        if (mm != place.get(MM)) {
            moveTo(mm);
        }
        sync.unlock(LockClass.KHUGEPAGED_MM, 1);
        boolean stays = true;
        while (stays && !wake.isDone()) {
            stays = visit(wake, mm, false);
        }
        return wake.collapsed;
    }

    /** An address space ends: the place in it is given up. */
    void forget(int mm) {
        if (!settings.khugepagedRuns()) {
            return;
        }
        sync.lock(LockClass.KHUGEPAGED_MM, 1);
        if (mm == place.get(MM)) {
            moveOn(mm, true);
        }
        sync.unlock(LockClass.KHUGEPAGED_MM, 1);
    }

    /** The address space to visit; 0 if there is none, or all of them were visited from the first on. */
    private int enter(Wake wake) {
        sync.lock(LockClass.KHUGEPAGED_MM, 1);
        if (place.get(MM) == 0 && wake.rounds++ == 0) {
            moveTo(liveFrom(1));
        }
        int mm = (int) place.get(MM);
        sync.unlock(LockClass.KHUGEPAGED_MM, 1);
        return mm;
    }

    private void moveTo(int mm) {
        place.set(MM, mm);
        place.set(ADDRESS, 0);
    }

    private void moveOn(int mm, boolean counts) {
        int next = liveFrom(mm + 1);
        if (next == 0 && counts) {
            settings.add(ThpTunable.FULL_SCANS, 1);
        }
        moveTo(next);
    }

    private int liveFrom(int from) {
        for (int mm = from; mm < mms.end(); mm++) {
            if (mms.isLive(mm)) {
                return mm;
            }
        }
        return 0;
    }

    /** Returns whether there is more to be scanned in the address space. */
    private boolean visit(Wake wake, int mm, boolean counts) {
        wake.last = ScanResult.FAIL;
        if (mm != wake.entered) {
            retractions.retry(mm);
            wake.entered = mm;
        }
        boolean more = false;
        if (locks.tryReadLock(mm)) {
            more = mms.isLive(mm) && scan(wake, mm);
            if (sync.isHeld(LockClass.MMAP_LOCK, mm)) {
                locks.readUnlock(mm);
            }
        }
        if (!more) {
            sync.lock(LockClass.KHUGEPAGED_MM, 1);
            if (place.get(MM) == mm) {
                moveOn(mm, counts);
            }
            sync.unlock(LockClass.KHUGEPAGED_MM, 1);
        }
        return more;
    }

    /** Scans from the place on; the mmap lock is held for reading. Returns true if it stopped on the way, perhaps without the lock. */
    private boolean scan(Wake wake, int mm) {
        long start = place.get(ADDRESS);
        long at = start;
        int skipped = 0;
        boolean any = start != 0;
        for (int vma = spaces.findOrAbove(mm, start); vma != 0; vma = spaces.next(vma)) {
            long end = collapsible.endOfBlocks(vma);
            if (!collapsible.isAllowed(vma, false) || at > end) {
                skipped++;
                continue;
            }
            any = true;
            for (at = Math.max(at, collapsible.firstBlock(vma)); at < end; at += pmdSize) {
                place.set(ADDRESS, at + pmdSize);
                wake.last = attempt.collapse(mm, vma, at, false);
                wake.progress += pmdPages;
                if (wake.last == ScanResult.SUCCEED) {
                    settings.add(ThpTunable.PAGES_COLLAPSED, 1);
                    wake.collapsed++;
                }
                boolean dropped = !sync.isHeld(LockClass.MMAP_LOCK, mm);
                if (dropped || wake.progress + skipped + 1 >= wake.pages) {
                    wake.progress += skipped + 1;
                    return true;
                }
            }
        }
        // Without memory for a huge page it would not be on the kernel's list.
        wake.progress += any ? skipped + 1 : 0;
        return false;
    }
}
