package org.polymm.engine.vma;

import org.polymm.engine.state.LongVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * Which VMAs map which part of which file: {@code mapping->i_mmap} of every file, an interval tree of VMAs over page
 * offsets.
 *
 * <p>Files are known here by handle alone; what they are and which pages are cached is the business of package
 * {@code pagecache}. The trees are protected by {@link LockClass#I_MMAP}, for hugetlb files by
 * {@link LockClass#HUGETLB_I_MMAP}, both by the file's handle.
 */
public final class FileMappings {

    private static final int ROOT = 0;
    private static final int COUNT = 1;
    private static final int WRITABLE = 2;
    private static final int FIELDS = 3;

    private final VmaTable vmas;
    private final Sync sync;
    private final IntervalTree tree;
    private final LongVector files;

    /** No mappings yet. */
    public FileMappings(StateSpace space, VmaTable vmas, Sync sync) {
        this.vmas = vmas;
        this.sync = sync;
        this.tree = vmas.byFileOffset();
        this.files = new LongVector(space, "i_mmap", 16 * FIELDS);
    }

    /** One above the highest handle of a file that was ever mapped. */
    public int end() {
        return files.size() / FIELDS;
    }

    /** Number of VMAs that map a file. */
    public int mappings(int file) {
        return (int) get(file, COUNT);
    }

    /** Number of VMAs that may write to a file through a shared mapping: {@code i_mmap_writable}. */
    public int writableMappings(int file) {
        return (int) get(file, WRITABLE);
    }

    /** First VMA that maps any of the pages {@code [first, last]} of a file, or 0. The file's lock must be held. */
    public int first(int file, long first, long last) {
        return tree.first((int) get(file, ROOT), first, last);
    }

    /** The next such VMA in ascending page offset, then age; or 0. */
    public int next(int vma, long first, long last) {
        return tree.next(vma, first, last);
    }

    /** The class of the lock that protects the tree of the file a VMA maps. */
    public LockClass lockClass(int vma) {
        return vmas.has(vma, VmFlags.VM_HUGETLB) ? LockClass.HUGETLB_I_MMAP : LockClass.I_MMAP;
    }

    /** {@code i_mmap_lock_write} of the file a VMA maps. */
    public void writeLock(int vma) {
        sync.writeLock(lockClass(vma), vmas.file(vma));
    }

    /** Ends {@link #writeLock}. */
    public void unlock(int vma) {
        sync.unlock(lockClass(vma), vmas.file(vma));
    }

    /** Adds a VMA to its file, if it maps one, under the file's lock. */
    void link(int vma) {
        if (vmas.file(vma) != 0) {
            writeLock(vma);
            linkLocked(vma);
            unlock(vma);
        }
    }

    /** As {@link #link}, directly behind another VMA with the same pages: a forked child behind its parent. */
    void linkAfter(int vma, int other) {
        int file = vmas.file(vma);
        if (file != 0) {
            writeLock(vma);
            count(vma, 1);
            root(file, tree.insertAfter((int) get(file, ROOT), vma, other));
            unlock(vma);
        }
    }

    /** Takes a VMA from its file, if it maps one, under the file's lock. */
    void unlink(int vma) {
        if (vmas.file(vma) != 0 && tree.isLinked(vma)) {
            writeLock(vma);
            unlinkLocked(vma);
            unlock(vma);
        }
    }

    void linkLocked(int vma) {
        count(vma, 1);
        put(vma);
    }

    void unlinkLocked(int vma) {
        take(vma);
        count(vma, -1);
    }

    /** Takes a VMA out of the tree while its range changes; it stays counted. */
    void take(int vma) {
        int file = vmas.file(vma);
        root(file, tree.remove((int) get(file, ROOT), vma));
    }

    /** Puts a VMA back under its new range. */
    void put(int vma) {
        int file = vmas.file(vma);
        long first = vmas.pgoff(vma);
        files.ensureSize((file + 1) * FIELDS);
        root(file, tree.insert((int) get(file, ROOT), vma, first, first + vmas.pages(vma) - 1));
    }

    /** The interval trees, for a check of everything. */
    public IntervalTree tree() {
        return tree;
    }

    /** Root of a file's tree, for a check of everything. */
    public int root(int file) {
        return (int) get(file, ROOT);
    }

    private void count(int vma, int by) {
        int file = vmas.file(vma);
        files.ensureSize((file + 1) * FIELDS);
        files.increment(file * FIELDS + COUNT, by);
        if (VmFlags.isSharedMayWrite(vmas.flags(vma))) {
            files.increment(file * FIELDS + WRITABLE, by);
        }
    }

    private void root(int file, int node) {
        files.set(file * FIELDS + ROOT, node);
    }

    private long get(int file, int field) {
        int at = file * FIELDS + field;
        return at < files.size() ? files.get(at) : 0;
    }
}
