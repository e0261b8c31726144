package org.polymm.engine.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * Marks folios as mlocked, and no longer so, through a batch of its own.
 *
 * <p>Marking has two halves. The flag and {@code nr_mlock} change at once on mlock; the move to the unevictable list,
 * and all of munlock, wait in the batch with a reference each. The batch is applied when it is full, when it gets a
 * large folio, and by {@link LruLists#drain()}.
 *
 * <p>While a folio is unevictable its mlock count says how many locked VMAs are known to map it. The count starts late
 * and is lost when the folio is isolated, so it may be too low, never too high: a munlock may free a folio that another
 * VMA still locks (reclaim then finds out and mlocks it again), but none stays unevictable for want of a munlock. If it
 * must be marked as munlocked while another has isolated it, its pages count as stranded: nobody here can move it.
 */
public final class MlockBatch implements Stateful {

    private static final int MLOCK = 0;
    private static final int MLOCK_NEW = 1;
    private static final int MUNLOCK = 2;

    /** Flags that decide what an entry does. */
    private static final int STATE = Frames.ORDER_MASK
            | Frames.LRU
            | Frames.SWAPBACKED
            | Frames.ACTIVE
            | Frames.MLOCKED
            | Frames.UNEVICTABLE
            | Frames.TAIL
            | Frames.FREE;

    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final Sync sync;

    private final int[] batch = new int[LruLists.BATCH];
    private final byte[] kinds = new byte[LruLists.BATCH];
    private int waiting;

    MlockBatch(StateSpace space, Frames frames, Folios folios, LruLists lru, Vmstat vmstat, Sync sync) {
        this.frames = frames;
        this.folios = folios;
        this.lru = lru;
        this.vmstat = vmstat;
        this.sync = sync;
        space.register(this);
    }

    /** One more locked VMA maps a folio: {@code mlock_folio}. */
    public void mlockFolio(int head) {
        if (!frames.testAndSet(head, Frames.MLOCKED)) {
            countMlocked(head);
        }
        enqueue(head, MLOCK);
    }

    /** A locked VMA maps a folio that is new, on no list and in no batch: {@code mlock_new_folio}. */
    public void mlockNewFolio(int head) {
        frames.setFlags(head, Frames.MLOCKED);
        countMlocked(head);
        enqueue(head, MLOCK_NEW);
    }

    /** One locked VMA fewer maps a folio: {@code munlock_folio}. */
    public void munlockFolio(int head) {
        enqueue(head, MUNLOCK);
    }

    private void countMlocked(int head) {
        int pages = frames.pages(head);
        vmstat.add(VmstatItem.NR_MLOCK, pages);
        vmstat.add(VmstatItem.UNEVICTABLE_PGS_MLOCKED, pages);
    }

    private void enqueue(int head, int kind) {
        lru.touchAdded(LruLists.MLOCKS, head);
        int[] records = frames.array(head);
        int at = frames.offset(head);
        records[at + Frames.REFCOUNT]++;
        batch[waiting] = head;
        kinds[waiting] = (byte) kind;
        waiting++;
        if (waiting == LruLists.BATCH || (records[at] & Frames.ORDER_MASK) != 0) {
            drain();
        }
    }

    /** Applies what waits. */
    public void drain() {
        int count = waiting;
        lru.touchDrained(LruLists.MLOCKS, batch, count);
        if (count == 0) {
            return;
        }
        waiting = 0;
        sync.tally(LockClass.LRU_LOCK);
        for (int i = 0; i < count; ) {
            int done = applyRun(i, count);
            if (done == 0) {
                apply(batch[i], kinds[i]);
                folios.put(batch[i], 1);
                done = 1;
            }
            i += done;
        }
    }

    private void apply(int head, int kind) {
        switch (kind) {
            case MLOCK -> applyMlock(head);
            case MLOCK_NEW -> applyMlockNew(head);
            default -> applyMunlock(head);
        }
    }

    /**
     * Applies entries for small folios of consecutive frames whose state is the usual one, all in one pass over their
     * records, and drops their references.
     *
     * @return how many entries; 0 if the first is not of that sort
     */
    private int applyRun(int from, int count) {
        int kind = kinds[from];
        int first = batch[from];
        int[] records = frames.array(first);
        int at = frames.offset(first);
        int state = records[at] & STATE;
        int usual = kind == MLOCK ? Frames.LRU | Frames.MLOCKED : Frames.LRU | Frames.MLOCKED | Frames.UNEVICTABLE;
        if (kind == MLOCK_NEW || (state & ~(Frames.SWAPBACKED | Frames.ACTIVE)) != usual) {
            return 0;
        }
        int most = Math.min(count - from, frames.blockMask() + 1 - (first & frames.blockMask()));
        int run = 0;
        for (int i = at; run < most; i += Frames.RECORD) {
            if (batch[from + run] != first + run
                    || kinds[from + run] != kind
                    || (records[i] & STATE) != state
                    || records[i + Frames.REFCOUNT] == 1
                    || (kind == MUNLOCK
                            ? records[i + Frames.PREV] > 1
                            : run != 0 && records[i - Frames.RECORD + Frames.PREV] != first + run)) {
                break;
            }
            run++;
        }
        if (run == 0) {
            return 0;
        }
        if (kind == MLOCK) {
            lru.unlinkRun(first, run, records[at]);
            for (int i = at; i < at + run * Frames.RECORD; i += Frames.RECORD) {
                records[i] = records[i] & ~Frames.ACTIVE | Frames.UNEVICTABLE;
                records[i + Frames.REFCOUNT]--;
                records[i + Frames.NEXT] = 0;
                records[i + Frames.PREV] = 1;
            }
            vmstat.add(VmstatItem.NR_UNEVICTABLE, run);
            vmstat.add(VmstatItem.UNEVICTABLE_PGS_CULLED, run);
        } else {
            for (int i = at; i < at + run * Frames.RECORD; i += Frames.RECORD) {
                records[i] &= ~(Frames.MLOCKED | Frames.UNEVICTABLE);
                records[i + Frames.REFCOUNT]--;
            }
            vmstat.add(VmstatItem.NR_UNEVICTABLE, -run);
            vmstat.add(VmstatItem.NR_MLOCK, -run);
            vmstat.add(VmstatItem.UNEVICTABLE_PGS_MUNLOCKED, run);
            vmstat.add(VmstatItem.UNEVICTABLE_PGS_RESCUED, run);
            lru.linkRun(first, run);
        }
        return run;
    }

    private void applyMlock(int head) {
        int flags = frames.flags(head);
        if ((flags & Frames.LRU) == 0) {
            return;
        }
        if ((flags & Frames.MLOCKED) == 0) {
            rescueIfUnevictable(head, flags);
        } else if ((flags & Frames.UNEVICTABLE) != 0) {
            setMlockCount(head, frames.mlockCount(head) + 1);
        } else {
            lru.relink(head, Frames.ACTIVE, Frames.UNEVICTABLE);
            setMlockCount(head, 1);
            vmstat.add(VmstatItem.UNEVICTABLE_PGS_CULLED, frames.pages(head));
        }
    }

    private void applyMlockNew(int head) {
        if (frames.test(head, Frames.LRU)) {
            throw new IllegalStateException(
                    "a folio that is mlocked as new is on a list already: " + frames.describe(head));
        }
        boolean mlocked = frames.test(head, Frames.MLOCKED);
        if (mlocked) {
            frames.changeFlags(head, Frames.ACTIVE, Frames.UNEVICTABLE);
            vmstat.add(VmstatItem.UNEVICTABLE_PGS_CULLED, frames.pages(head));
        }
        lru.link(head);
        if (mlocked) {
            setMlockCount(head, 1);
        }
    }

    private void applyMunlock(int head) {
        int flags = frames.flags(head);
        boolean onList = (flags & Frames.LRU) != 0;
        boolean unevictable = (flags & Frames.UNEVICTABLE) != 0;
        if (onList && unevictable) {
            int left = Math.max(frames.mlockCount(head) - 1, 0);
            setMlockCount(head, left);
            if (left > 0) {
                return;
            }
        }
        if ((flags & Frames.MLOCKED) != 0) {
            int pages = frames.pages(head);
            frames.clearFlags(head, Frames.MLOCKED);
            vmstat.add(VmstatItem.NR_MLOCK, -pages);
            vmstat.add(
                    onList || !unevictable ? VmstatItem.UNEVICTABLE_PGS_MUNLOCKED : VmstatItem.UNEVICTABLE_PGS_STRANDED,
                    pages);
        }
        if (onList) {
            rescueIfUnevictable(head, flags);
        }
    }

    private void rescueIfUnevictable(int head, int flags) {
        if ((flags & Frames.UNEVICTABLE) != 0) {
            lru.relink(head, Frames.UNEVICTABLE, 0);
            vmstat.add(VmstatItem.UNEVICTABLE_PGS_RESCUED, frames.pages(head));
        }
    }

    private void setMlockCount(int head, int count) {
        frames.setPrev(head, count);
    }

    /** Folios that wait in the batch. */
    public int waiting() {
        return waiting;
    }

    /** A folio that waits in the batch; {@code index} is 0 (the first) to {@link #waiting()} less one. */
    public int waitingFolio(int index) {
        return batch[index];
    }

    /** Saved batch. */
    private record Saved(int[] batch, byte[] kinds) {}

    @Override
    public String name() {
        return "mlock.batch";
    }

    @Override
    public Object capture() {
        return new Saved(Arrays.copyOf(batch, waiting), Arrays.copyOf(kinds, waiting));
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        waiting = saved.batch.length;
        System.arraycopy(saved.batch, 0, batch, 0, waiting);
        System.arraycopy(saved.kinds, 0, kinds, 0, waiting);
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        return Arrays.equals(saved.batch, 0, saved.batch.length, batch, 0, waiting)
                        && Arrays.equals(saved.kinds, 0, saved.kinds.length, kinds, 0, waiting)
                ? null
                : "held " + Arrays.toString(saved.batch) + ", holds " + Arrays.toString(Arrays.copyOf(batch, waiting));
    }
}
