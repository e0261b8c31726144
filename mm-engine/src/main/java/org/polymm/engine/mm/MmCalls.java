package org.polymm.engine.mm;

/** The memory system calls of one machine, put together. */
public final class MmCalls {

    private final CommitLimit commit;
    private final MmapOps mmap;
    private final MunmapOps munmap;
    private final ProtectOps protect;
    private final MadviseOps madvise;
    private final MlockOps mlock;
    private final MremapOps mremap;
    private final TruncateOps truncate;
    private final Uprobes uprobes;
    private final FillOps fill;
    private final BrkOps brk;
    private final ForkOps fork;
    private final MmLife life;

    /**
     * Puts them together, and has the address spaces tell of edges that cut folios.
     *
     * @param parts the machine
     */
    public MmCalls(MmContext parts) {
        uprobes = new Uprobes(parts);
        Boundaries boundaries = new Boundaries(parts, uprobes);
        parts.spaces().install(boundaries);
        commit = new CommitLimit(
                parts.space(),
                (long) parts.memory().frames().frameCount()
                        + parts.swap().slots().total());
        Zap zap = new Zap(parts, boundaries);
        FileEnds fileEnds = new FileEnds(parts);
        parts.collapse().connect(fileEnds::endIfUnused);
        Populate populate = new Populate(parts);
        munmap = new MunmapOps(parts, boundaries, zap, commit, fileEnds);
        mmap = new MmapOps(parts, boundaries, munmap, commit, populate);
        protect = new ProtectOps(parts, boundaries, new ProtectionChange(parts, boundaries), commit, populate);
        truncate = new TruncateOps(parts, zap);
        fill = new FillOps(parts);
        madvise = new MadviseOps(parts, boundaries, zap, populate, truncate, fileEnds);
        mlock = new MlockOps(parts, boundaries, new MlockWalker(parts), populate);
        mremap = new MremapOps(
                parts,
                boundaries,
                munmap,
                new PageTableMove(parts, boundaries),
                new Relocation(parts),
                commit,
                populate);
        brk = new BrkOps(parts, boundaries, munmap, commit, populate);
        life = new MmLife(parts, munmap, zap);
        fork = new ForkOps(parts, commit, life, new PageCopy(parts, boundaries));
    }

    /** {@return memory promised to mappings} */
    public CommitLimit commit() {
        return commit;
    }

    /** {@return mmap} */
    public MmapOps mmap() {
        return mmap;
    }

    /** {@return munmap} */
    public MunmapOps munmap() {
        return munmap;
    }

    /** {@return mprotect} */
    public ProtectOps protect() {
        return protect;
    }

    /** {@return madvise} */
    public MadviseOps madvise() {
        return madvise;
    }

    /** {@return mlock and its relatives} */
    public MlockOps mlock() {
        return mlock;
    }

    /** {@return mremap} */
    public MremapOps mremap() {
        return mremap;
    }

    /** {@return ftruncate and what punches holes} */
    public TruncateOps truncate() {
        return truncate;
    }

    /** {@return what sets breakpoints in files} */
    public Uprobes uprobes() {
        return uprobes;
    }

    /** {@return what gives files pages} */
    public FillOps fill() {
        return fill;
    }

    /** {@return brk} */
    public BrkOps brk() {
        return brk;
    }

    /** {@return fork} */
    public ForkOps fork() {
        return fork;
    }

    /** {@return the first process, exec and exit} */
    public MmLife life() {
        return life;
    }
}
