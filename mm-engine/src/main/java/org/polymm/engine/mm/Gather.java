package org.polymm.engine.mm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;

/**
 * What an operation that removes entries collects until translations were flushed: {@code mmu_gather}. A page whose entry is gone may still
 * be reached through another processor's TLB, so its reference is given back only after the flush.
 *
 * <pre>
 *   singles   | pfn | pfn | pfn | ...        one reference each; given back together, runs of frames at once
 *   runs      | head 3 | head 16 | ...       a folio and how many references
 * </pre>
 *
 * <p>One object an operation: operations of several tasks overlap. It also sums up what the operation takes from the mm's resident counts.
 */
final class Gather {

    /** A folio, with a reference, and what is planned for it. */
    record Planned(int head, SplitPlan plan) {}

    /** Entries after which pages are freed in between: about what the kernel batches before it must flush. */
    private static final int MOST = 8192;

    private final GatherArrays arrays;
    private final int mm;
    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final MmTable mms;
    private final SwapCache swapCache;
    private final boolean swaps;
    private int[] singles = GatherArrays.NONE;
    private int singleCount;
    private int[] runs = GatherArrays.NONE;
    private int runWords;
    private boolean cleared;
    private @Nullable List<Planned> plans;

    private long anon;
    private long file;
    private long shmem;
    private long swap;

    Gather(MmContext parts, GatherArrays arrays, int mm) {
        this.arrays = arrays;
        this.mm = mm;
        this.sync = parts.sync();
        this.frames = parts.memory().frames();
        this.folios = parts.memory().folios();
        this.mms = parts.spaces().mms();
        this.swapCache = parts.swap();
        this.swaps = swapCache.isOn();
    }

    /** An entry of which translations may be cached was removed. */
    void cleared() {
        cleared = true;
    }

    /** One reference that a removed entry held. */
    void add(int head) {
        if (singles.length == 0) {
            singles = arrays.takeSingles();
        }
        if (singleCount == singles.length) {
            singles = Arrays.copyOf(singles, Math.max(32, 4 * singleCount));
        }
        singles[singleCount++] = head;
    }

    /** References to a folio that removed entries held. */
    void add(int head, int references) {
        if (runs.length == 0) {
            runs = arrays.takeRuns();
        }
        if (runWords == runs.length) {
            runs = Arrays.copyOf(runs, Math.max(16, 4 * runWords));
        }
        runs[runWords++] = head;
        runs[runWords++] = references;
    }

    void anon(long count) {
        anon += count;
    }

    void file(long count) {
        file += count;
    }

    void shmem(long count) {
        shmem += count;
    }

    void swap(long count) {
        swap += count;
    }

    /** Remembers what a boundary policy plans for a folio that lost mappings, until the table's lock is dropped. */
    void plan(int head, SplitPlan plan) {
        if (!plan.isKeep()) {
            if (plans == null) {
                plans = new ArrayList<>();
            }
            plans.add(new Planned(head, plan));
            frames.get(head);
        }
    }

    /** Whether plans wait. */
    boolean hasPlans() {
        return plans != null;
    }

    /** Frees what was collected, so that only mappings and the caller refer to the folios, and hands over the plans. */
    List<Planned> takePlans() {
        finish();
        List<Planned> taken = plans == null ? List.of() : plans;
        plans = null;
        return taken;
    }

    /** Takes what was counted from the mm: {@code add_mm_rss_vec}, at the end of a table. */
    void settleRss() {
        if (anon != 0) {
            mms.addRssAnon(mm, -anon);
            anon = 0;
        }
        if ((file | shmem | swap) != 0) {
            mms.addRssFile(mm, -file);
            mms.addRssShmem(mm, -shmem);
            mms.addRssSwap(mm, -swap);
            file = 0;
            shmem = 0;
            swap = 0;
        }
    }

    /** Flushes and frees in between if much was collected; no spinning lock may be held. */
    void relieve() {
        if (singleCount + runWords >= MOST) {
            finish();
        }
    }

    /** Flushes translations if any could be stale, then gives the references back: {@code tlb_finish_mmu}. */
    void finish() {
        if (cleared) {
            cleared = false;
            sync.point(Point.TLB_FLUSH, mm);
        }
        int count = singleCount;
        int words = runWords;
        singleCount = 0;
        runWords = 0;
        for (int i = 0; swaps && i < count; i++) {
            swapCache.freeUnmapped(singles[i]);
        }
        folios.putAll(singles, count);
        for (int i = 0; i < words; i += 2) {
            if (swaps) {
                swapCache.freeUnmapped(runs[i]);
            }
            folios.put(runs[i], runs[i + 1]);
        }
        arrays.give(singles, runs);
        singles = GatherArrays.NONE;
        runs = GatherArrays.NONE;
    }
}
