package org.polymm.engine.check;

import java.util.BitSet;
import java.util.List;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.SwapSlots;

/** Whether swap slots, the entries that refer to them, and the folios of the swap cache agree. */
final class SwapCheck {

    private final Frames frames;
    private final SwapSlots swap;
    private final boolean locksLost;
    private final List<Violation> found;

    /** Looks at a machine's swap; {@code locksLost} says that MREMAP_DONTUNMAP left folios mlocked that nobody will munlock. */
    SwapCheck(Frames frames, SwapSlots swap, boolean locksLost, List<Violation> found) {
        this.frames = frames;
        this.swap = swap;
        this.locksLost = locksLost;
        this.found = found;
    }

    void check(Census census) {
        int used = 0;
        for (int slot = 1; slot < swap.slots(); slot++) {
            int entries = census.slotEntries.getOrDefault(slot, 0);
            if (entries != swap.count(slot)) {
                report(
                        Invariant.SWAP_COUNTS_ADD_UP,
                        entries + " entries refer to swap slot " + slot + ", counted " + swap.count(slot));
            }
            if (census.exclusiveSlots.contains(slot) && entries != 1) {
                report(
                        Invariant.EXCLUSIVE_SWAP_ENTRY_IS_ALONE,
                        entries + " entries refer to swap slot " + slot + ", one of them exclusively");
            }
            used += entries != 0 || swap.cached(slot) != 0 ? 1 : 0;
            if (swap.cached(slot) != 0) {
                checkCached(slot, swap.cached(slot));
            }
        }
        if (used != swap.used()) {
            report(Invariant.SWAP_COUNTS_ADD_UP, used + " swap slots are in use, counted " + swap.used());
        }
        BitSet reachable = census.reachable();
        for (int head = reachable.nextSetBit(0); head >= 0; head = reachable.nextSetBit(head + 1)) {
            if (frames.test(head, Frames.SWAPCACHE)) {
                checkFolio(census, head);
            }
        }
    }

    private void checkCached(int slot, int page) {
        int head = frames.head(page);
        if (!frames.test(head, Frames.SWAPCACHE) || frames.privateWord(head) + (page - head) != slot) {
            report(Invariant.SWAP_CACHE_IS_CONSISTENT, "swap slot " + slot + " holds " + frames.describe(page));
        }
    }

    private void checkFolio(Census census, int head) {
        if (!locksLost
                && frames.test(head, Frames.MLOCKED)
                && frames.mapcount(head) == 0
                && census.batched(head) == 0) {
            report(Invariant.MLOCKED_FOLIO_IS_NOT_SWAPPED_OUT, frames.describe(head));
        }
        for (int page = 0; page < frames.pages(head); page++) {
            int slot = frames.privateWord(head) + page;
            if (slot <= 0 || slot >= swap.slots() || swap.cached(slot) != head + page) {
                report(
                        Invariant.SWAP_CACHE_IS_CONSISTENT,
                        "page " + page + " is not in swap slot " + slot + ": " + frames.describe(head));
                return;
            }
        }
    }

    private void report(Invariant invariant, String detail) {
        found.add(new Violation(invariant, detail));
    }
}
