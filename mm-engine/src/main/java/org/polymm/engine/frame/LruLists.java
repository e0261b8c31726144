package org.polymm.engine.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * The LRU lists, and the batch in front of them.
 *
 * <pre>
 *   add() --> batch of 31, a reference each --drain--> head [ newest ... oldest ] tail --> reclaim looks here
 * </pre>
 *
 * <p>A folio that waits in the batch is not on a list: {@link #isolate} does not find it, as in Linux, where callers
 * that need it there drain first. A large folio drains the batch at once.
 *
 * <p>The unevictable list is a count. Its folios keep in their links how many locked VMAs map them.
 */
public final class LruLists implements Stateful {

    /** Folios that a batch holds. */
    public static final int BATCH = 31;

    /** What touches of the batches are about, where folios have the numbers of their frames: folios to be put on a list. */
    private static final int ADDITIONS = -1;
    /** As {@link #ADDITIONS}: folios to be mlocked or munlocked. */
    static final int MLOCKS = -2;
    /** As {@link #ADDITIONS}: the queue of deferred splits. */
    static final int DEFERRED = -3;
    /** As {@link #ADDITIONS}, less the number of a list: who is on it. */
    private static final int MEMBERS = -4;

    private static final int LISTS = LruList.values().length;
    private static final int UNEVICTABLE = LruList.UNEVICTABLE.ordinal();
    private static final VmstatItem[] COUNTERS =
            Arrays.stream(LruList.values()).map(LruList::counter).toArray(VmstatItem[]::new);

    /** Flags that decide on which list a folio goes, and how. */
    private static final int DECIDING =
            Frames.ORDER_MASK | Frames.SWAPBACKED | Frames.ACTIVE | Frames.UNEVICTABLE | Frames.MLOCKED;

    private final Frames frames;
    private final Folios folios;
    private final Vmstat vmstat;
    private final Sync sync;
    private final MlockBatch mlock;

    private final int[] heads = new int[LISTS];
    private final int[] tails = new int[LISTS];
    private final int[] batch = new int[BATCH];
    private int waiting;

    LruLists(StateSpace space, Frames frames, Folios folios, Vmstat vmstat, Sync sync) {
        this.frames = frames;
        this.folios = folios;
        this.vmstat = vmstat;
        this.sync = sync;
        space.register(this);
        this.mlock = new MlockBatch(space, frames, folios, this, vmstat, sync);
    }

    /** What marks folios as mlocked. */
    public MlockBatch mlock() {
        return mlock;
    }

    // ---- putting on ----

    /**
     * Puts a folio on the list its flags say, at the newest end, when the batch is drained. Takes a reference.
     *
     * @throws IllegalStateException if it is on a list already
     */
    public void add(int head) {
        touchAdded(ADDITIONS, head);
        int[] records = frames.array(head);
        int at = frames.offset(head);
        int flags = records[at];
        if ((flags & Frames.LRU) != 0) {
            throw new IllegalStateException("a folio is put on an LRU list and is on one: " + frames.describe(head));
        }
        records[at + Frames.REFCOUNT]++;
        batch[waiting++] = head;
        if (waiting == BATCH || (flags & Frames.ORDER_MASK) != 0) {
            drainAdds();
        }
    }

    /** As {@link #add} for a new folio that is mapped into a VMA; in a locked one it is mlocked at once. */
    public void addNew(int head, boolean locked) {
        if (locked) {
            mlock.mlockNewFolio(head);
        } else {
            add(head);
        }
    }

    /** Empties all batches: additions first, then mlocks. */
    public void drain() {
        drainAdds();
        mlock.drain();
    }

    /** Says that the list flag of a folio, or what decides about its list, is looked at or changed in the present step. */
    private void touch(int head) {
        if (sync.isScheduled()) {
            sync.touch(Point.WRITE_FLAGS, head);
        }
    }

    /** Says that a folio goes into a batch, which has a reference to it; the order of additions is nobody's business. */
    void touchAdded(int batch, int head) {
        if (sync.isScheduled()) {
            sync.touch(Point.READ_FLAGS, batch);
            sync.touch(Point.WRITE_FLAGS, head);
            frames.changesRefs(head);
        }
    }

    /** Says that a batch is emptied, whatever is in it. */
    void touchDrained(int batch, int[] heads, int count) {
        if (sync.isScheduled()) {
            sync.touch(Point.WRITE_FLAGS, batch);
            touchAll(heads, count);
        }
    }

    /** Says that somebody joins or leaves a list; in which order several do is nobody's business. */
    private void touchMembers(int list) {
        if (sync.isScheduled()) {
            sync.touch(Point.READ_FLAGS, MEMBERS - list);
        }
    }

    /** Says that it matters who is on a list. */
    private void looksForMembers(int list) {
        if (sync.isScheduled()) {
            sync.touch(Point.WRITE_FLAGS, MEMBERS - list);
        }
    }

    /** Says that the list flag and the references of folios are changed in the present step. */
    private void touchAll(int[] heads, int count) {
        if (sync.isScheduled()) {
            for (int i = 0; i < count; i++) {
                sync.touch(Point.WRITE_FLAGS, heads[i]);
                frames.changesRefs(heads[i]);
            }
        }
    }

    private void drainAdds() {
        int count = waiting;
        touchDrained(ADDITIONS, batch, count);
        if (count == 0) {
            return;
        }
        waiting = 0;
        sync.tally(LockClass.LRU_LOCK);
        for (int i = 0; i < count; ) {
            int head = batch[i];
            int[] records = frames.array(head);
            int at = frames.offset(head);
            int flags = records[at];
            if (records[at + Frames.REFCOUNT] == 1) {
                folios.put(head, 1);
                i++;
            } else if ((flags & (Frames.MLOCKED | Frames.UNEVICTABLE)) != 0) {
                records[at + Frames.REFCOUNT]--;
                addSettled(head);
                i++;
            } else {
                i = addRun(i, count, records, at, flags);
            }
        }
    }

    /**
     * Puts an evictable folio of the batch on its list, and with it the next ones while they are small folios of
     * consecutive frames for the same list: mostly they are, and then their records are visited once, in order.
     *
     * @return the index in the batch of the first that is left
     */
    private int addRun(int from, int count, int[] records, int first, int flags) {
        int list = LruList.of(flags);
        touchMembers(list);
        int head = batch[from];
        int newest = heads[list];
        if (newest != 0) {
            frames.setPrev(newest, head);
        } else {
            tails[list] = head;
        }
        records[first] = flags | Frames.LRU;
        records[first + Frames.REFCOUNT]--;
        records[first + Frames.NEXT] = newest;
        int i = from + 1;
        if ((flags & Frames.ORDER_MASK) == 0) {
            int blockEnd = (head | frames.blockMask()) + 1;
            int at = first;
            while (i < count && batch[i] == head + 1 && head + 1 != blockEnd) {
                int next = at + Frames.RECORD;
                int nextFlags = records[next];
                if ((nextFlags & DECIDING) != (flags & DECIDING) || records[next + Frames.REFCOUNT] == 1) {
                    break;
                }
                records[at + Frames.PREV] = head + 1;
                records[next] = nextFlags | Frames.LRU;
                records[next + Frames.REFCOUNT]--;
                records[next + Frames.NEXT] = head;
                head++;
                at = next;
                i++;
            }
        }
        heads[list] = head;
        vmstat.add(COUNTERS[list], (long) (i - from) << (flags & Frames.ORDER_MASK));
        return i;
    }

    /** Puts a folio on its list now; evictable or not depends on whether it is mlocked. */
    private void addSettled(int head) {
        int flags = frames.flags(head);
        int pages = 1 << (flags & Frames.ORDER_MASK);
        boolean was = (flags & Frames.UNEVICTABLE) != 0;
        if ((flags & Frames.MLOCKED) == 0) {
            frames.clearFlags(head, Frames.UNEVICTABLE);
            if (was) {
                vmstat.add(VmstatItem.UNEVICTABLE_PGS_RESCUED, pages);
            }
        } else {
            frames.changeFlags(head, Frames.ACTIVE, Frames.UNEVICTABLE);
            if (!was) {
                vmstat.add(VmstatItem.UNEVICTABLE_PGS_CULLED, pages);
            }
        }
        link(head);
    }

    // ---- taking off ----

    /**
     * Takes a folio off its list for its caller, with a reference.
     *
     * @return false if it is on none: not yet, or another has taken it
     */
    public boolean isolate(int head) {
        touch(head);
        if (!frames.test(head, Frames.LRU)) {
            return false;
        }
        sync.tally(LockClass.LRU_LOCK);
        frames.get(head);
        unlink(head);
        return true;
    }

    /** Gives back a folio that {@link #isolate} took: it goes through the batch, and the reference is dropped. */
    public void putback(int head) {
        add(head);
        folios.put(head, 1);
    }

    /**
     * Takes the oldest folios off a list, with a reference each.
     *
     * @param into where their heads go, oldest first
     * @param most how many
     * @return how many there were
     */
    public int isolateOldest(LruList list, int[] into, int most) {
        int which = list.ordinal();
        looksForMembers(which);
        int count = 0;
        sync.tally(LockClass.LRU_LOCK);
        while (count < most && tails[which] != 0) {
            int head = tails[which];
            frames.get(head);
            unlink(head);
            into[count++] = head;
        }
        touchAll(into, count);
        return count;
    }

    // ---- moving ----

    /** Moves a folio that is on an inactive list to the active one. One that waits will go there; that is not counted. */
    public void activate(int head) {
        touch(head);
        int flags = frames.flags(head);
        if ((flags & (Frames.ACTIVE | Frames.UNEVICTABLE)) == 0) {
            relink(head, 0, Frames.ACTIVE);
            if ((flags & Frames.LRU) != 0) {
                vmstat.add(VmstatItem.PGACTIVATE, frames.pages(head));
            }
        }
    }

    /** Moves a folio that is on an active list to the newest end of the inactive one and forgets that it was referenced. */
    public void deactivate(int head) {
        touch(head);
        int deciding = Frames.LRU | Frames.ACTIVE | Frames.UNEVICTABLE;
        if ((frames.flags(head) & deciding) == (Frames.LRU | Frames.ACTIVE)) {
            relink(head, Frames.REFERENCED | Frames.ACTIVE, 0);
            vmstat.add(VmstatItem.PGDEACTIVATE, frames.pages(head));
        }
    }

    /**
     * An anonymous folio's contents may be thrown away unless it is written again: {@code folio_mark_lazyfree}. It is not swap-backed any more
     * and goes to the newest end of the inactive file list. One that waits in the batch or is in the swap cache is left alone.
     */
    public void lazyFree(int head) {
        touch(head);
        int flags = frames.flags(head);
        int deciding = Frames.ANON | Frames.SWAPBACKED | Frames.LRU | Frames.SWAPCACHE | Frames.UNEVICTABLE;
        if ((flags & deciding) == (Frames.ANON | Frames.SWAPBACKED | Frames.LRU)) {
            relink(head, Frames.ACTIVE | Frames.REFERENCED | Frames.SWAPBACKED, 0);
            vmstat.add(VmstatItem.PGLAZYFREE, frames.pages(head));
        }
    }

    /**
     * A folio was used: referenced the first time, active the second, as {@code mark_page_accessed} does. One that
     * waits in the batch becomes active with it.
     */
    public void markAccessed(int head) {
        touch(head);
        int flags = frames.flags(head);
        if ((flags & Frames.REFERENCED) == 0) {
            frames.setFlags(head, Frames.REFERENCED);
        } else if ((flags & (Frames.UNEVICTABLE | Frames.ACTIVE)) == 0) {
            activate(head);
            frames.clearFlags(head, Frames.REFERENCED);
        }
    }

    /** Moves a folio to the oldest end of its list, so that reclaim looks at it next. */
    public void rotate(int head) {
        touch(head);
        if (frames.test(head, Frames.LRU) && !frames.test(head, Frames.UNEVICTABLE)) {
            int list = LruList.of(frames.flags(head));
            unlink(head);
            linkOldest(head, list);
            vmstat.add(VmstatItem.PGROTATED, frames.pages(head));
        }
    }

    /** Changes flags that decide about the list, and moves the folio to the newest end if it is on one. */
    void relink(int head, int clear, int set) {
        boolean on = frames.test(head, Frames.LRU);
        if (on) {
            unlink(head);
        }
        frames.changeFlags(head, clear, set);
        if (on) {
            link(head);
        }
    }

    /** Puts a folio that is on no list on the newest end of the one its flags say. */
    void link(int head) {
        int[] records = frames.array(head);
        int at = frames.offset(head);
        int flags = records[at];
        int list = LruList.of(flags);
        touchMembers(list);
        records[at] = flags | Frames.LRU;
        vmstat.add(COUNTERS[list], 1 << (flags & Frames.ORDER_MASK));
        if (list != UNEVICTABLE) {
            int newest = heads[list];
            records[at + Frames.NEXT] = newest;
            heads[list] = head;
            if (newest != 0) {
                frames.setPrev(newest, head);
            } else {
                tails[list] = head;
            }
        }
    }

    private void linkOldest(int head, int list) {
        touchMembers(list);
        int oldest = tails[list];
        frames.setFlags(head, Frames.LRU);
        frames.setPrev(head, oldest);
        vmstat.add(COUNTERS[list], frames.pages(head));
        tails[list] = head;
        if (oldest != 0) {
            frames.setNext(oldest, head);
        } else {
            heads[list] = head;
        }
    }

    /**
     * Puts a folio that was split off another on the same list, just newer than it: reclaim sees the parts in the order
     * of their pages. The pages are counted already.
     */
    void linkNewerThan(int head, int part) {
        int flags = frames.flags(part);
        frames.setFlags(part, Frames.LRU);
        int list = LruList.of(flags);
        touchMembers(list);
        if (list != UNEVICTABLE) {
            int newer = frames.prev(head);
            frames.setPrev(part, newer);
            frames.setNext(part, head);
            frames.setPrev(head, part);
            if (newer != 0) {
                frames.setNext(newer, part);
            } else {
                heads[list] = part;
            }
        }
    }

    /** Takes a folio off the list it is on. */
    void unlink(int head) {
        int[] records = frames.array(head);
        int at = frames.offset(head);
        int flags = records[at];
        int list = LruList.of(flags);
        touchMembers(list);
        records[at] = flags & ~Frames.LRU;
        int next = records[at + Frames.NEXT];
        int prev = records[at + Frames.PREV];
        records[at + Frames.NEXT] = 0;
        records[at + Frames.PREV] = 0;
        vmstat.add(COUNTERS[list], -1L << (flags & Frames.ORDER_MASK));
        if (list != UNEVICTABLE) {
            if (next != 0) {
                frames.setPrev(next, prev);
            } else {
                tails[list] = prev;
            }
            if (prev != 0) {
                frames.setNext(prev, next);
            } else {
                heads[list] = next;
            }
        }
    }

    /** Puts small folios of consecutive frames, which have the same flags and are on no list, on the newest end. */
    void linkRun(int first, int count) {
        int[] records = frames.array(first);
        int at = frames.offset(first);
        int list = LruList.of(records[at]);
        touchMembers(list);
        int newest = heads[list];
        int last = first + count - 1;
        for (int pfn = first; pfn <= last; pfn++, at += Frames.RECORD) {
            records[at] |= Frames.LRU;
            records[at + Frames.NEXT] = pfn == first ? newest : pfn - 1;
            records[at + Frames.PREV] = pfn == last ? 0 : pfn + 1;
        }
        if (newest != 0) {
            frames.setPrev(newest, first);
        } else {
            tails[list] = first;
        }
        heads[list] = last;
        vmstat.add(COUNTERS[list], count);
    }

    /**
     * Takes folios of consecutive frames, which are one behind the other on a list, off it all together. Their records
     * are the caller's to clear.
     */
    void unlinkRun(int oldest, int count, int flags) {
        int list = LruList.of(flags);
        touchMembers(list);
        int newest = oldest + count - 1;
        int next = frames.next(oldest);
        int prev = frames.prev(newest);
        if (next != 0) {
            frames.setPrev(next, prev);
        } else {
            tails[list] = prev;
        }
        if (prev != 0) {
            frames.setNext(prev, next);
        } else {
            heads[list] = next;
        }
        vmstat.add(COUNTERS[list], -count);
    }

    // ---- questions ----

    /** Pages on a list. */
    public long pages(LruList list) {
        looksForMembers(list.ordinal());
        return vmstat.get(list.counter());
    }

    /** The newest folio of a list, or 0. */
    public int newest(LruList list) {
        return heads[list.ordinal()];
    }

    /** The oldest folio of a list, or 0: where reclaim starts. */
    public int oldest(LruList list) {
        return tails[list.ordinal()];
    }

    /** The next older folio on the same list, or 0. */
    public int older(int head) {
        return frames.next(head);
    }

    /** The next newer folio on the same list, or 0. */
    public int newer(int head) {
        return frames.prev(head);
    }

    /** Folios that wait in the batch. */
    public int waiting() {
        return waiting;
    }

    /** A folio that waits in the batch; {@code index} is 0 (the first) to {@link #waiting()} less one. */
    public int waitingFolio(int index) {
        return batch[index];
    }

    // ---- state ----

    /** Saved ends and batch. */
    private record Saved(int[] heads, int[] tails, int[] batch) {}

    @Override
    public String name() {
        return "lru";
    }

    @Override
    public Object capture() {
        return new Saved(heads.clone(), tails.clone(), Arrays.copyOf(batch, waiting));
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        System.arraycopy(saved.heads, 0, heads, 0, LISTS);
        System.arraycopy(saved.tails, 0, tails, 0, LISTS);
        System.arraycopy(saved.batch, 0, batch, 0, saved.batch.length);
        waiting = saved.batch.length;
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        int list = Arrays.mismatch(saved.heads, heads);
        list = list < 0 ? Arrays.mismatch(saved.tails, tails) : list;
        if (list >= 0) {
            return LruList.values()[list] + " began and ended with folios " + saved.heads[list] + " and "
                    + saved.tails[list] + ", does with " + heads[list] + " and " + tails[list];
        }
        return Arrays.equals(saved.batch, 0, saved.batch.length, batch, 0, waiting)
                ? null
                : "the batch held " + Arrays.toString(saved.batch) + ", holds "
                        + Arrays.toString(Arrays.copyOf(batch, waiting));
    }
}
