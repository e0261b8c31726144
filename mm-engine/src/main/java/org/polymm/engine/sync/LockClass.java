package org.polymm.engine.sync;

/**
 * The kinds of locks, outermost first: a task that holds one may only wait for one that comes later. The order is that
 * of Linux; where Linux has two orders for one lock (the {@code i_mmap} lock of hugetlb files is taken before the folio
 * lock, that of others after) there are two classes here.
 *
 * <p>Sleeping locks come before spinning ones, as they must.
 */
public enum LockClass {
    /**
     * What a fault waits for that userfaultfd has reported: not a lock that anybody holds, but a gate that a resolution opens
     * ({@link Sync#awaitOpen}); id is the gate.
     */
    USERFAULT("userfault", "gate", Kind.SLEEPING),
    /** {@code inode->i_rwsem}: held by who changes a file's size or punches holes; id is the file. */
    I_RWSEM("i_rwsem", "file", Kind.SLEEPING),
    /** {@code dup_mmap_sem}: read by who forks, written by who sets or removes a breakpoint; id is 1. */
    DUP_MMAP("dup_mmap_sem", "machine", Kind.SLEEPING),
    /** {@code mm->mmap_lock}; id is the mm. */
    MMAP_LOCK("mmap_lock", "mm", Kind.SLEEPING),
    /** The per-VMA lock: a fault reads it by trying, whoever changes the VMA writes it; id is the VMA. */
    VMA_LOCK("vma_lock", "vma", Kind.SLEEPING),
    /** The userfaultfd context's {@code map_changing_lock}; id is the context. */
    UFFD_CTX("map_changing_lock", "uffd", Kind.SLEEPING),
    /** One of the mutexes that serialise faults on one hugetlb page; id is the file. */
    HUGETLB_FAULT("hugetlb_fault_mutex", "file", Kind.SLEEPING),
    /** The hugetlb VMA lock, against unsharing of PMD tables; id is the VMA. */
    HUGETLB_VMA("hugetlb_vma_lock", "vma", Kind.SLEEPING),
    /** {@code mapping->i_mmap_rwsem} of a hugetlb file; id is the file. */
    HUGETLB_I_MMAP("hugetlbfs_i_mmap_rwsem_key", "file", Kind.SLEEPING),
    /**
     * What faults in a hole that is being punched into shmem sleep on: in the kernel a wait queue that {@code inode->i_private} leads to;
     * held by who punches, id is the file.
     */
    HOLE_PUNCH("shmem_falloc.waitq", "file", Kind.SLEEPING),
    /** {@code mapping->invalidate_lock}; id is the file. */
    INVALIDATE_LOCK("invalidate_lock", "file", Kind.SLEEPING),
    /** The folio lock; id is the page frame number of the head. */
    FOLIO_LOCK("folio_lock", "folio", Kind.SLEEPING),
    /** {@code mapping->i_mmap_rwsem}; id is the file. */
    I_MMAP("i_mmap_rwsem", "file", Kind.SLEEPING),
    /** {@code anon_vma->root->rwsem}; id is the root anon_vma. */
    ANON_VMA("anon_vma->rwsem", "anon_vma", Kind.SLEEPING),
    /** khugepaged's list of address spaces; id is 1. */
    KHUGEPAGED_MM("khugepaged_mm_lock", "list", Kind.SPINNING),
    /** The lock of the list of faults that a userfaultfd has reported; id is the context. */
    UFFD_WAITQ("fault_pending_wqh.lock", "uffd", Kind.SPINNING),
    /** The lock of a PMD table; id is the table. */
    PMD_LOCK("pmd_lock", "table", Kind.SPINNING),
    /** The lock of a leaf table; id is the table. */
    PTL("pte_lock", "table", Kind.SPINNING),
    /** The bit lock of a large folio's mapcounts; id is the page frame number of the head. */
    MAPCOUNT("large_mapcount_lock", "folio", Kind.SPINNING),
    /** {@code deferred_split_queue->split_queue_lock}; id is 1. */
    DEFERRED_QUEUE("split_queue_lock", "queue", Kind.SPINNING),
    /** The lock of the swap map; id is 1. */
    SWAP("swap_lock", "map", Kind.SPINNING),
    /** {@code mapping->i_pages}; id is the file. */
    I_PAGES("i_pages", "file", Kind.SPINNING),
    /** {@code lruvec->lru_lock}; id is 1. */
    LRU_LOCK("lru_lock", "lruvec", Kind.SPINNING),
    /** {@code zone->lock}; id is 1. */
    ZONE_LOCK("zone->lock", "zone", Kind.SPINNING),
    /** An RCU read-side section: conflicts with nobody, and nothing that sleeps may be taken inside. */
    RCU_READ("rcu_read_lock", "since", Kind.SECTION),
    /** Interrupts are off, as in GUP-fast: an RCU section that also holds up TLB flushes by interrupt. */
    IRQS_OFF("local_irq_save", "since", Kind.SECTION);

    /** How a lock waits. */
    enum Kind {
        SLEEPING,
        SPINNING,
        SECTION
    }

    /** What a section counts as in the order: as the first spinning lock, so that no sleeping one may follow. */
    static final int ATOMIC_ORDER = KHUGEPAGED_MM.ordinal() + 1;

    private final String linuxName;
    private final String idName;
    final Kind kind;
    final int rank;
    /** The rank if it is a lock; less than any if it is a section, which nobody acquires. */
    final int lockRank;
    /** Class and order bits of a stack entry. */
    final long bits;

    LockClass(String linuxName, String idName, Kind kind) {
        this.linuxName = linuxName;
        this.idName = idName;
        this.kind = kind;
        this.rank = ordinal();
        this.lockRank = kind == Kind.SECTION ? -1 : rank;
        this.bits = (long) rank << Sync.CLASS_SHIFT | (long) (rank + 1) << Sync.ORDER_SHIFT;
    }

    /** The kernel's name for it, as in lockdep reports and source. */
    public String linuxName() {
        return linuxName;
    }

    /** What its ids are, for messages: {@code mm}, {@code table}, .... */
    public String idName() {
        return idName;
    }

    /** Place in the lock order, outermost is 0. */
    public int rank() {
        return rank;
    }

    /** Whether a task may sleep while it waits, so that it must not be taken inside a spinning lock or a section. */
    public boolean sleeps() {
        return kind == Kind.SLEEPING;
    }
}
