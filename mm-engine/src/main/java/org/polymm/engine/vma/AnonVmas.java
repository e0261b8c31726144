package org.polymm.engine.vma;

import java.util.function.IntConsumer;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * anon_vmas and their chains: how an anonymous folio is found in every address space that may map it.
 *
 * <p>A folio points to an anon_vma, an anon_vma has a tree of chain entries, a chain entry points to a VMA. Fork
 * makes a child VMA enter all trees its parent is in, and gives it an anon_vma of its own for the pages it writes:
 *
 * <pre>
 *      parent VMA P --- avc ---&gt; anon_vma R (root)       written before fork: mapping R, found in P and C
 *                                  ^
 *      child VMA C ---- avc -------'
 *               '------ avc ---&gt; anon_vma S (parent R)   written by the child: mapping S, found in C only
 * </pre>
 *
 * <p>All anon_vmas of such a family share one lock, {@link LockClass#ANON_VMA} with the root's handle. It protects the
 * trees and the counts; a VMA's own list of chain entries is protected by the mmap lock.
 *
 * <p><b>Life.</b> An anon_vma is referenced by its tree as long as that is not empty, by each descendant if it is the
 * root, and by {@link #get}. A folio holds no reference: as long as the folio is mapped, the VMA that maps it is in the
 * tree. An anon_vma whose VMAs are all gone lives on while a forked child is in its tree, and the next fork may adopt
 * it (see {@link #fork}), so that a process that forks again and again does not grow a chain without end.
 */
public final class AnonVmas {

    private static final int ROOT = 0;
    private static final int PARENT = 1;
    private static final int REFCOUNT = 2;
    private static final int NUM_CHILDREN = 3;
    private static final int NUM_ACTIVE_VMAS = 4;
    private static final int TREE = 5;
    private static final int ANON_VMA_FIELDS = 6;

    private static final int VMA = 0;
    private static final int ANON_VMA = 1;
    private static final int OLDER = 2;
    private static final int NODE = 3;
    private static final int CHAIN_FIELDS = NODE + IntervalTree.SPAN;

    private final VmaTable vmas;
    private final VmaIndex index;
    private final MmTable mms;
    private final Sync sync;
    private final RecordPool pool;
    private final RecordPool chains;
    private final IntervalTree tree;

    AnonVmas(StateSpace space, MmTable mms, VmaTable vmas, VmaIndex index, Sync sync) {
        this.mms = mms;
        this.vmas = vmas;
        this.index = index;
        this.sync = sync;
        this.pool = new RecordPool(space, "anon_vma", ANON_VMA_FIELDS);
        this.chains = new RecordPool(space, "anon_vma_chain", CHAIN_FIELDS);
        this.tree = new IntervalTree(chains, NODE);
    }

    // ---- questions ----

    /** The anon_vma whose handle names the lock of the family. */
    public int root(int anonVma) {
        return (int) pool.get(anonVma, ROOT);
    }

    /** The anon_vma it was forked from; a root is its own parent. */
    public int parent(int anonVma) {
        return (int) pool.get(anonVma, PARENT);
    }

    /** Number of anon_vmas whose parent it is; a root that was not forked into existence counts itself. */
    public int numChildren(int anonVma) {
        return (int) pool.get(anonVma, NUM_CHILDREN);
    }

    /** Number of VMAs whose new pages go to it. */
    public int numActiveVmas(int anonVma) {
        return (int) pool.get(anonVma, NUM_ACTIVE_VMAS);
    }

    /** References: one for a tree that is not empty, one for each descendant of a root, and those of {@link #get}. */
    public int refcount(int anonVma) {
        return (int) pool.get(anonVma, REFCOUNT);
    }

    /** Whether a handle names an anon_vma. */
    public boolean isLive(int anonVma) {
        return pool.isLive(anonVma);
    }

    /** Number of anon_vmas (slab {@code anon_vma}). */
    public int live() {
        return pool.live();
    }

    /** One above the highest handle ever in use: the bound of a loop over handles. */
    public int end() {
        return pool.end();
    }

    /** Number of chain entries (slab {@code anon_vma_chain}). */
    public int liveChains() {
        return chains.live();
    }

    /** Visits the anon_vmas in ascending order of handles. */
    public void forEachLive(IntConsumer visitor) {
        pool.forEachLive(visitor);
    }

    /** Whether a VMA has exactly one chain entry. */
    public boolean isSingular(int vma) {
        int head = vmas.chainHead(vma);
        return head != 0 && head == vmas.chainTail(vma);
    }

    /**
     * Whether a VMA may hold pages that a parent process faulted: it has an anon_vma, and more than one chain entry.
     */
    public boolean isForkChild(int vma) {
        return vmas.anonVma(vma) != 0 && !isSingular(vma);
    }

    /**
     * What the mapping of a folio points to that a VMA faults in.
     *
     * @param exclusive whether no other process can map it; otherwise it belongs to the root
     */
    public int mappingFor(int vma, boolean exclusive) {
        int anonVma = vmas.anonVma(vma);
        return exclusive || anonVma == 0 ? anonVma : root(anonVma);
    }

    // ---- chains and trees ----

    /** The VMA of a chain entry. */
    public int vmaOf(int chain) {
        return (int) chains.get(chain, VMA);
    }

    /** The anon_vma of a chain entry. */
    public int anonVmaOf(int chain) {
        return (int) chains.get(chain, ANON_VMA);
    }

    /** The next older chain entry of the same VMA, or 0. {@link VmaTable#chainHead} is the newest. */
    public int older(int chain) {
        return (int) chains.get(chain, OLDER);
    }

    /**
     * First chain entry of an anon_vma whose VMA meets the page offsets {@code [first, last]}, or 0; under the lock.
     */
    public int first(int anonVma, long first, long last) {
        return tree.first((int) pool.get(anonVma, TREE), first, last);
    }

    /** The next such chain entry in ascending page offset, then age; or 0. */
    public int next(int chain, long first, long last) {
        return tree.next(chain, first, last);
    }

    /** The trees of chain entries, for a check of everything. */
    public IntervalTree tree() {
        return tree;
    }

    /** Root of an anon_vma's tree, for a check of everything. */
    public int treeRoot(int anonVma) {
        return (int) pool.get(anonVma, TREE);
    }

    // ---- locks ----

    /** {@code anon_vma_lock_read}. */
    public void readLock(int anonVma) {
        sync.readLock(LockClass.ANON_VMA, root(anonVma));
    }

    /** {@code anon_vma_trylock_read}. */
    public boolean tryReadLock(int anonVma) {
        return sync.tryReadLock(LockClass.ANON_VMA, root(anonVma));
    }

    /** {@code anon_vma_lock_write}. */
    public void writeLock(int anonVma) {
        sync.writeLock(LockClass.ANON_VMA, root(anonVma));
    }

    /** {@code anon_vma_trylock_write}. */
    public boolean tryWriteLock(int anonVma) {
        return sync.tryLock(LockClass.ANON_VMA, root(anonVma));
    }

    /** Ends any of the four. */
    public void unlock(int anonVma) {
        sync.unlock(LockClass.ANON_VMA, root(anonVma));
    }

    /** {@code get_anon_vma}: keeps an anon_vma although its VMAs may go. */
    public void get(int anonVma) {
        pool.increment(anonVma, REFCOUNT, 1);
    }

    /** {@code put_anon_vma}: gives a reference up; the last one frees it, and then its reference to the root. */
    public void put(int anonVma) {
        if (pool.increment(anonVma, REFCOUNT, -1) != 0) {
            return;
        }
        int root = root(anonVma);
        pool.free(anonVma);
        if (root != anonVma) {
            put(root);
        }
    }

    // ---- life ----

    /**
     * {@code anon_vma_prepare}: makes sure that a VMA has an anon_vma, before its first anonymous page. A neighbour's
     * is taken if the two could be merged after an mprotect, so that they still can afterwards; else a new one. The
     * mmap lock must be held, for reading at least: the lock of the VMA is not enough to look at its neighbours.
     */
    public void prepare(int vma) {
        if (vmas.anonVma(vma) != 0) {
            return;
        }
        sync.assertHeld(LockClass.MMAP_LOCK, vmas.mm(vma));
        int neighbours = mergeable(vma);
        int anonVma = neighbours != 0 ? neighbours : newRoot();
        writeLock(anonVma);
        sync.touch(Point.WRITE_VMA, vma);
        if (vmas.anonVma(vma) == 0) {
            vmas.anonVma(vma, anonVma);
            append(vma, anonVma);
            pool.increment(anonVma, NUM_ACTIVE_VMAS, 1);
            unlock(anonVma);
        } else {
            unlock(anonVma);
            if (neighbours == 0) {
                put(anonVma);
            }
        }
    }

    /** An anon_vma of a neighbour that a VMA may use, or 0. The one above is asked first. */
    int mergeable(int vma) {
        int mm = vmas.mm(vma);
        int position = index.positionOf(vma);
        if (position + 1 < mms.mapCount(mm)) {
            int next = index.at(mm, position + 1);
            int found = reusable(next, vma, next);
            if (found != 0) {
                return found;
            }
        }
        if (position == 0) {
            return 0;
        }
        int prev = index.at(mm, position - 1);
        return reusable(prev, prev, vma);
    }

    private int reusable(int owner, int lower, int upper) {
        return mayShare(lower, upper) && isSingular(owner) ? vmas.anonVma(owner) : 0;
    }

    /** Whether nothing but access rights tells two neighbours apart. */
    private boolean mayShare(int lower, int upper) {
        long apart = VmFlags.VM_ACCESS_FLAGS | VmFlags.VM_IGNORE_MERGE;
        return vmas.end(lower) == vmas.start(upper)
                && vmas.policy(lower) == vmas.policy(upper)
                && vmas.file(lower) == vmas.file(upper)
                && ((vmas.flags(lower) ^ vmas.flags(upper)) & ~apart) == 0
                && vmas.pgoff(upper) == vmas.pgoffAt(lower, vmas.start(upper));
    }

    /**
     * {@code anon_vma_clone} within an address space: a VMA that has no chain enters all trees that another is in, and
     * shares its anon_vma. For splits, for moves, and for a VMA that takes over pages in a merge.
     */
    void share(int to, int from) {
        int anonVma = vmas.anonVma(from);
        if (anonVma == 0) {
            return;
        }
        vmas.anonVma(to, anonVma);
        writeLock(anonVma);
        for (int chain = vmas.chainHead(from); chain != 0; chain = older(chain)) {
            append(to, anonVmaOf(chain));
        }
        pool.increment(anonVma, NUM_ACTIVE_VMAS, 1);
        unlock(anonVma);
    }

    /**
     * {@code anon_vma_fork}: a child's VMA enters all trees its parent's is in, and gets an anon_vma for its own pages:
     * the oldest of those that no VMA uses any more and that have at most one child, or a new one below the parent's.
     */
    void fork(int child, int parent) {
        int from = vmas.anonVma(parent);
        vmas.anonVma(child, 0);
        if (from == 0) {
            return;
        }
        writeLock(from);
        int adopted = 0;
        for (int chain = vmas.chainHead(parent); chain != 0; chain = older(chain)) {
            int anonVma = anonVmaOf(chain);
            append(child, anonVma);
            if (numChildren(anonVma) < 2 && numActiveVmas(anonVma) == 0) {
                adopted = anonVma;
            }
        }
        if (adopted != 0) {
            vmas.anonVma(child, adopted);
            pool.increment(adopted, NUM_ACTIVE_VMAS, 1);
            unlock(from);
            return;
        }
        unlock(from);
        int own = newBelow(from);
        writeLock(own);
        prepend(child, own);
        pool.increment(from, NUM_CHILDREN, 1);
        unlock(own);
    }

    private int newRoot() {
        int anonVma = pool.allocate();
        pool.set(anonVma, REFCOUNT, 1);
        pool.set(anonVma, ROOT, anonVma);
        pool.set(anonVma, PARENT, anonVma);
        pool.set(anonVma, NUM_CHILDREN, 1);
        return anonVma;
    }

    private int newBelow(int parent) {
        int anonVma = pool.allocate();
        pool.set(anonVma, REFCOUNT, 1);
        pool.set(anonVma, ROOT, root(parent));
        pool.set(anonVma, PARENT, parent);
        pool.set(anonVma, NUM_ACTIVE_VMAS, 1);
        get(root(parent));
        return anonVma;
    }

    private int newChain(int vma, int anonVma) {
        int chain = chains.allocate();
        chains.set(chain, VMA, vma);
        chains.set(chain, ANON_VMA, anonVma);
        enter(anonVma, chain);
        return chain;
    }

    /** Adds a chain entry as the oldest of a VMA. */
    private void append(int vma, int anonVma) {
        int chain = newChain(vma, anonVma);
        int tail = vmas.chainTail(vma);
        if (tail == 0) {
            vmas.chainHead(vma, chain);
        } else {
            chains.set(tail, OLDER, chain);
        }
        vmas.chainTail(vma, chain);
    }

    /** Adds a chain entry as the newest of a VMA that has some, with the anon_vma its new pages go to. */
    private void prepend(int vma, int anonVma) {
        vmas.anonVma(vma, anonVma);
        int chain = newChain(vma, anonVma);
        chains.set(chain, OLDER, vmas.chainHead(vma));
        vmas.chainHead(vma, chain);
    }

    /**
     * {@code unlink_anon_vmas}: takes a VMA out of all trees, newest first, and frees the anon_vmas that nobody needs
     * any more. The VMA is as one that never faulted; it must not hold anonymous pages. mremap does so with a source
     * it leaves mapped and empty (MREMAP_DONTUNMAP). Needs the mmap lock.
     */
    public void unlink(int vma) {
        int active = vmas.anonVma(vma);
        if (active == 0) {
            return;
        }
        int root = root(active);
        writeLock(active);
        for (int chain = vmas.chainHead(vma); chain != 0; chain = older(chain)) {
            int anonVma = anonVmaOf(chain);
            leave(anonVma, chain);
            if (pool.get(anonVma, TREE) == 0) {
                pool.increment(parent(anonVma), NUM_CHILDREN, -1);
            } else {
                chains.set(chain, ANON_VMA, 0);
            }
        }
        pool.increment(active, NUM_ACTIVE_VMAS, -1);
        vmas.anonVma(vma, 0);
        sync.unlock(LockClass.ANON_VMA, root);
        int chain = vmas.chainHead(vma);
        while (chain != 0) {
            int older = older(chain);
            int empty = anonVmaOf(chain);
            chains.free(chain);
            if (empty != 0) {
                put(empty);
            }
            chain = older;
        }
        vmas.chainHead(vma, 0);
        vmas.chainTail(vma, 0);
    }

    /** Takes a VMA out of the trees while its range changes, under the lock. */
    void takeAll(int vma) {
        for (int chain = vmas.chainHead(vma); chain != 0; chain = older(chain)) {
            leave(anonVmaOf(chain), chain);
        }
    }

    /** Puts a VMA back into the trees under its new range. */
    void putAll(int vma) {
        for (int chain = vmas.chainHead(vma); chain != 0; chain = older(chain)) {
            enter(anonVmaOf(chain), chain);
        }
    }

    private void leave(int anonVma, int chain) {
        pool.set(anonVma, TREE, tree.remove((int) pool.get(anonVma, TREE), chain));
    }

    private void enter(int anonVma, int chain) {
        int vma = vmaOf(chain);
        long first = vmas.pgoff(vma);
        pool.set(anonVma, TREE, tree.insert(treeRoot(anonVma), chain, first, first + vmas.pages(vma) - 1));
    }
}
