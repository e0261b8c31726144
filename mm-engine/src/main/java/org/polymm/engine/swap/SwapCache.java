package org.polymm.engine.swap;

import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.SwapSlots;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * The swap device and the folios that are on their way to it or back: {@code mm/swap_state.c} and {@code mm/swapfile.c}.
 *
 * <p>A folio enters with slots for all its pages and one reference a page, and leaves with its lock held. A slot is in use while an entry
 * refers to it or the cache holds its page. Writing and reading take no time: a folio that was written is clean at once.
 *
 * <p>Not thread-safe; any number of simulated tasks may use it.
 */
public final class SwapCache {

    private final SwapSlots slots;
    private final SwapDevice device;
    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final Vmstat vmstat;
    private final MthpStats mthp;

    /**
     * A cache over a device.
     *
     * @param slots the device; none has slots on a machine without swap
     * @param device what the slots are on
     * @param sync the locks
     * @param events the event log
     * @param memory the folios
     */
    public SwapCache(SwapSlots slots, SwapDevice device, Sync sync, EventLog events, PhysicalMemory memory) {
        this.slots = slots;
        this.device = device;
        this.sync = sync;
        this.events = events;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.contents = memory.contents();
        this.vmstat = memory.vmstat();
        this.mthp = memory.mthp();
    }

    /** {@return the device, to be read} */
    public SwapSlots slots() {
        return slots;
    }

    /** {@return whether there is any swap} */
    public boolean isOn() {
        return slots.total() != 0;
    }

    /**
     * Whether a slot may be read past the cache: the device is done at once, and no entry but one refers to the slot.
     *
     * @param slot a slot that is not in the cache
     * @return as {@code do_swap_page} decides it
     */
    public boolean isReadDirectly(int slot) {
        return device.isSynchronous() && slots.count(slot) == 1;
    }

    /**
     * Whether some slots can be read into one folio past the cache: none of them is in it.
     *
     * @param first the first slot
     * @param pages how many
     * @return whether it can be done
     */
    public boolean noneCached(int first, int pages) {
        for (int slot = first; slot < first + pages; slot++) {
            if (slots.cached(slot) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether either all of some slots are zero pages, of which nothing was written, or none is: {@code swap_zeromap_batch}.
     *
     * @param first the first slot
     * @param pages how many
     * @return whether they are of one kind
     */
    public boolean alikeInKind(int first, int pages) {
        for (int slot = first + 1; slot < first + pages; slot++) {
            if (slots.isZero(slot) != slots.isZero(first)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads slots into a folio that does not enter the cache. The slots stay as they are.
     *
     * @param first the first slot, which some entry refers to
     * @param head a folio that nobody else knows
     */
    public void readDirectly(int first, int head) {
        int pages = frames.pages(head);
        for (int page = 0; page < pages; page++) {
            contents.write(head + page, slots.read(first + page));
        }
        vmstat.add(VmstatItem.WORKINGSET_REFAULT_ANON, pages);
        if (slots.isZero(first)) {
            vmstat.add(VmstatItem.SWPIN_ZERO, pages);
            return;
        }
        vmstat.add(VmstatItem.PSWPIN, pages);
        int order = frames.order(head);
        if (order != 0) {
            mthp.increment(MthpStat.SWPIN, order);
        }
    }

    // ---- out

    /**
     * Gives a folio slots and puts it into the cache: {@code folio_alloc_swap}. The folio is dirty from then on.
     *
     * @param head an anonymous folio, locked, not in the cache
     * @return false if there are no slots for all of it
     */
    public boolean add(int head) {
        sync.assertHeld(LockClass.FOLIO_LOCK, head);
        int order = frames.order(head);
        if (!isOn() || order != 0 && !device.takesWholeFolios()) {
            return false;
        }
        int slot = slots.allocate(head, order);
        if (slot == 0) {
            return false;
        }
        frames.addRefs(head, 1 << order);
        frames.setFlags(head, Frames.SWAPCACHE | Frames.DIRTY);
        frames.setPrivateWord(head, slot);
        return true;
    }

    /**
     * Writes a folio to its slots, after which it is clean: {@code swap_writeout}.
     *
     * @param head a folio in the cache, locked
     */
    public void write(int head) {
        int slot = frames.privateWord(head);
        int pages = frames.pages(head);
        boolean zero = isZeroFilled(head, pages);
        for (int page = 0; page < pages; page++) {
            slots.write(slot + page, contents.read(head + page), zero);
        }
        frames.clearFlags(head, Frames.DIRTY);
        vmstat.add(zero ? VmstatItem.SWPOUT_ZERO : VmstatItem.PSWPOUT, pages);
        vmstat.add(VmstatItem.NR_VMSCAN_WRITE, pages);
        vmstat.did(Work.SWAPPED_FOLIOS, 1);
        events.record(EventKind.SWAP_OUT, head, slot, pages);
        if (zero) {
            return;
        }
        int order = frames.order(head);
        if (order != 0) {
            mthp.increment(MthpStat.SWPOUT, order);
        }
        if (order == frames.blockShift()) {
            vmstat.increment(VmstatItem.THP_SWPOUT);
        }
    }

    /** Whether there is nothing but zeroes in a folio; never known on a machine that keeps no contents. */
    private boolean isZeroFilled(int head, int pages) {
        if (!contents.isOn()) {
            return false;
        }
        for (int page = 0; page < pages; page++) {
            if (contents.read(head + page) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes a folio out of the cache, whatever refers to its slots: {@code delete_from_swap_cache}. The caller has a reference.
     *
     * @param head a folio in the cache, locked
     */
    public void remove(int head) {
        sync.assertHeld(LockClass.FOLIO_LOCK, head);
        int slot = frames.privateWord(head);
        int pages = frames.pages(head);
        frames.clearFlags(head, Frames.SWAPCACHE);
        frames.setPrivateWord(head, 0);
        slots.removeFromCache(slot, pages);
        folios.put(head, pages);
    }

    /**
     * Takes a folio out of the cache and frees its slots, if no entry refers to any of them: {@code folio_free_swap}.
     *
     * @param head a locked folio; the caller has a reference or maps it
     * @return whether it left the cache
     */
    public boolean tryFreeSwap(int head) {
        if (!frames.test(head, Frames.SWAPCACHE) || slots.anyCounted(frames.privateWord(head), frames.pages(head))) {
            return false;
        }
        frames.get(head);
        remove(head);
        frames.setFlags(head, Frames.DIRTY);
        folios.put(head, 1);
        return true;
    }

    /**
     * Takes a folio that lost its last mapping out of the cache, if its slots are not referred to and nobody has locked it:
     * {@code free_swap_cache}. Other folios are left alone.
     *
     * @param head a folio to which the caller has a reference
     */
    public void freeUnmapped(int head) {
        if (frames.test(head, Frames.SWAPCACHE)
                && frames.mapcount(head) == 0
                && sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            tryFreeSwap(head);
            sync.unlock(LockClass.FOLIO_LOCK, head);
        }
    }

    /**
     * Whether more than half of the device is in use, so that the slots of folios in memory are better given up.
     *
     * @return as {@code mem_cgroup_swap_full}
     */
    public boolean isFull() {
        return slots.isHalfFull();
    }

    // ---- entries

    /**
     * One more entry refers to a slot: {@code swap_duplicate}.
     *
     * @param slot the slot
     */
    public void duplicate(int slot) {
        slots.duplicate(slot);
    }

    /**
     * An entry that referred to a slot was replaced by one that maps its page: {@code swap_free}. The cache is left alone.
     *
     * @param slot the slot
     */
    public void put(int slot) {
        slots.put(slot);
    }

    /**
     * An entry that referred to a slot is gone: {@code free_swap_and_cache}. If it was the last, a folio in the cache that nothing maps, or
     * any if swap is half full, leaves it, unless somebody has locked it. Page-table locks may be held.
     *
     * @param slot the slot
     */
    public void free(int slot) {
        if (slots.put(slot) != 0) {
            return;
        }
        int page = slots.cached(slot);
        if (page == 0) {
            return;
        }
        int head = frames.head(page);
        frames.get(head);
        if (sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            if (frames.mapcount(head) == 0 || isFull()) {
                tryFreeSwap(head);
            }
            sync.unlock(LockClass.FOLIO_LOCK, head);
        }
        folios.put(head, 1);
    }

    // ---- in

    /**
     * The page that holds a slot, with its folio locked and a reference for the caller.
     *
     * @param slot the slot
     * @return 0 if it is not in the cache
     */
    public int lockedPage(int slot) {
        return lockedPage(slot, true);
    }

    /**
     * As {@link #lockedPage}, but does not wait for the lock.
     *
     * @param slot the slot
     * @return 0 if the slot is not in the cache; its page negated if somebody else has locked the folio, to which the caller has a reference then
     */
    public int tryLockedPage(int slot) {
        return lockedPage(slot, false);
    }

    private int lockedPage(int slot, boolean waits) {
        while (true) {
            sync.point(Point.READ_CACHE, SwapSlots.pointOf(slot));
            int page = slots.cached(slot);
            if (page == 0) {
                return 0;
            }
            int head = frames.head(page);
            frames.get(head);
            if (waits) {
                sync.lock(LockClass.FOLIO_LOCK, head);
            } else if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
                return -page;
            }
            if (slots.cached(slot) == page && frames.head(page) == head) {
                return page;
            }
            sync.unlock(LockClass.FOLIO_LOCK, head);
            folios.put(head, 1);
        }
    }

    /**
     * Reads a slot into a new folio, which is in the cache and on its way to an LRU list then: {@code read_swap_cache_async}.
     *
     * @param slot a slot that is not in the cache
     * @param head a new folio of one page that nobody else knows; the caller keeps its reference
     * @return false, with nothing changed, if no entry refers to the slot any more or somebody was faster
     */
    public boolean read(int slot, int head) {
        sync.tryLock(LockClass.FOLIO_LOCK, head);
        if (slots.cached(slot) != 0 || slots.count(slot) == 0) {
            sync.unlock(LockClass.FOLIO_LOCK, head);
            return false;
        }
        slots.addToCache(slot, head, 1);
        frames.get(head);
        frames.setFlags(head, Frames.SWAPCACHE);
        frames.setPrivateWord(head, slot);
        contents.write(head, slots.read(slot));
        vmstat.increment(slots.isZero(slot) ? VmstatItem.SWPIN_ZERO : VmstatItem.PSWPIN);
        // A slot in use whose page is not in the cache was left by reclaim, and so has a shadow.
        vmstat.increment(VmstatItem.WORKINGSET_REFAULT_ANON);
        folios.lru().add(head);
        return true;
    }
}
