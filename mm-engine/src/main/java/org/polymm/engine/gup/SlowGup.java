package org.polymm.engine.gup;

import org.polymm.api.split.SplitPlan;
import org.polymm.engine.fault.FaultFlags;
import org.polymm.engine.fault.FaultHandler;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.mm.SplitPlans;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.LongTermPinFacts;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Takes pages under the mmap lock, and faults in what is missing: {@code __get_user_pages}. */
final class SlowGup {

    /** {@link #follow}: nothing usable is mapped, a fault is needed. */
    private static final int MISSING = 0;
    /** {@link #follow}: the page must become exclusive first. */
    private static final int UNSHARE = -Errno.EMLINK;
    /** {@link #follow}: a plan was carried out meanwhile, look again. */
    private static final int AGAIN = -Errno.EAGAIN;

    private static final int FAULTS_LIMIT = 1_000;

    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final MmLocks locks;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Files files;
    private final FaultHandler faults;
    private final PolicyGateway policies;
    private final SplitPlans plans;
    private final PageGrabs grabs;

    SlowGup(GupParts parts, PageGrabs grabs) {
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        lru = parts.memory().lru();
        tables = parts.tables();
        spaces = parts.spaces();
        locks = spaces.locks();
        mms = spaces.mms();
        vmas = spaces.vmas();
        files = parts.files();
        faults = parts.faults();
        policies = parts.policies();
        plans = parts.plans();
        this.grabs = grabs;
    }

    /** One call: what is asked, and how far it came. */
    private static final class Job {
        final int mm;
        final long start;
        final int flags;
        final long[] pages;
        int done;
        /** The folio about which the policy was asked last, or whose pages were taken last. */
        int askedHead;
        /** How many pages had been taken when the policy was asked last: it is asked once a page at most. */
        int askedAt = -1;
        /** The errno with which a plan wants the pin to fail, negated. */
        int refusal;

        Job(int mm, long start, int flags, long[] pages, int done) {
            this.mm = mm;
            this.start = start;
            this.flags = flags;
            this.pages = pages;
            this.done = done;
        }

        long address() {
            return start + (long) done * Geometry.PAGE_SIZE;
        }

        int left() {
            return pages.length - done;
        }

        boolean has(int flag) {
            return GupFlags.has(flags, flag);
        }
    }

    /**
     * Takes pages. The mmap lock is not held, before and after.
     *
     * @param start the address of the first page of the list, in bytes
     * @param pages filled in with page frame numbers; as many are wanted as it is long
     * @param done how many are there already
     * @return how many are there now; a negated errno if none is
     */
    int take(int mm, long start, int flags, long[] pages, int done) {
        Job job = new Job(mm, start, flags, pages, done);
        locks.readLock(mm);
        int error = 0;
        while (error == 0 && job.left() > 0) {
            int vma = spaces.find(mm, job.address());
            error = vma == 0 ? -Errno.EFAULT : checkVma(vma, flags);
            if (error == 0) {
                error = takeIn(job, vma);
            }
        }
        locks.readUnlock(mm);
        return job.done > 0 ? job.done : error;
    }

    private int checkVma(int vma, int flags) {
        long vmFlags = vmas.flags(vma);
        if ((vmFlags & (VmFlags.VM_IO | VmFlags.VM_PFNMAP)) != 0) {
            return -Errno.EFAULT;
        }
        if (!GupFlags.has(flags, GupFlags.WRITE)) {
            return (vmFlags & VmFlags.VM_READ) == 0 ? -Errno.EFAULT : 0;
        }
        boolean refused = (vmFlags & VmFlags.VM_WRITE) == 0 || GupFlags.has(flags, GupFlags.LONGTERM) && isTracked(vma);
        return refused ? -Errno.EFAULT : 0;
    }

    /** Whether a filesystem tracks who dirties the pages of a shared mapping: {@code vma_needs_dirty_tracking}. */
    private boolean isTracked(int vma) {
        int file = vmas.file(vma);
        return file != 0 && vmas.has(vma, VmFlags.VM_SHARED) && !files.is(file, Files.SHMEM | Files.HUGETLB);
    }

    /** Takes pages of one VMA. Returns 0, also after the lock was dropped in between, or a negated errno. */
    private int takeIn(Job job, int vma) {
        long end = vmas.end(vma);
        for (int tries = 0; job.left() > 0 && job.address() < end; tries++) {
            if (tries == FAULTS_LIMIT) {
                throw new IllegalStateException("mm " + job.mm + " cannot get 0x" + Long.toHexString(job.address())
                        + " after " + tries + " faults; the entry is "
                        + Pte.describe(tables.lookup(mms.pgd(job.mm), job.address())));
            }
            int followed = follow(job, vma);
            if (followed > 0) {
                job.done += followed;
                tries = -1;
            } else if (job.refusal != 0) {
                return job.refusal;
            } else if (followed != AGAIN) {
                int result = faults.handle(job.mm, vma, job.address(), faultFlags(job, followed));
                if (result == FaultResult.RETRY) {
                    locks.readLock(job.mm);
                    return 0;
                }
                if (result != FaultResult.DONE) {
                    return result == FaultResult.OOM || result == FaultResult.BLOCKED ? result : -Errno.EFAULT;
                }
            }
        }
        return 0;
    }

    private static int faultFlags(Job job, int followed) {
        if (followed == UNSHARE) {
            return FaultFlags.UNSHARE;
        }
        return job.has(GupFlags.WRITE) ? FaultFlags.WRITE : 0;
    }

    // ---- what is mapped

    /** Takes what is mapped at the next address: a page, or all that is wanted behind a huge entry. */
    private int follow(Job job, int vma) {
        int root = mms.pgd(job.mm);
        if (Pte.isHuge(tables.peekPmd(root, job.address()))) {
            return followHuge(job, vma, root);
        }
        int leaf = tables.lockLeaf(root, job.address());
        if (leaf == 0) {
            return MISSING;
        }
        long entry = tables.row(leaf)[tables.pteIndex(job.address())];
        boolean usable = Pte.isPresent(entry) && (!job.has(GupFlags.WRITE) || Pte.isWritable(entry));
        if (!usable) {
            tables.unlockLeaf(leaf);
            return MISSING;
        }
        int page = Pte.pfn(entry);
        int head = frames.head(page);
        if (!Pte.isWritable(entry) && grabs.mustUnshare(vma, job.flags, page)) {
            tables.unlockLeaf(leaf);
            return UNSHARE;
        }
        SplitPlan plan = ask(job, vma, head, page, job.left());
        if (plan.isKeep()) {
            take(job, head, page, 1, (entry & Pte.DIRTY) != 0);
            tables.unlockLeaf(leaf);
            return 1;
        }
        frames.get(head);
        tables.unlockLeaf(leaf);
        return carryOut(job, plan, vma, head);
    }

    private int followHuge(Job job, int vma, int root) {
        int pmdTable = tables.pmdTable(root, job.address());
        tables.lockPmd(pmdTable);
        long entry = tables.pmd(root, job.address());
        boolean usable = Pte.isHuge(entry) && (!job.has(GupFlags.WRITE) || Pte.isWritable(entry));
        if (!usable) {
            tables.unlockPmd(pmdTable);
            return MISSING;
        }
        int head = Pte.pfn(entry);
        if (!Pte.isWritable(entry) && grabs.mustUnshare(vma, job.flags, head)) {
            tables.unlockPmd(pmdTable);
            return UNSHARE;
        }
        int first = tables.pteIndex(job.address());
        int count = Math.min(job.left(), tables.entries() - first);
        SplitPlan plan = ask(job, vma, head, head + first, job.left());
        if (plan.isKeep()) {
            take(job, head, head + first, count, (entry & Pte.DIRTY) != 0);
            tables.unlockPmd(pmdTable);
            return count;
        }
        frames.get(head);
        tables.unlockPmd(pmdTable);
        return carryOut(job, plan, vma, head);
    }

    private void take(Job job, int head, int page, int count, boolean dirty) {
        grabs.grab(head, count, job.flags);
        if (job.has(GupFlags.WRITE) && !dirty) {
            frames.setFlags(head, Frames.DIRTY);
        }
        if (!frames.test(head, Frames.RESERVED)) {
            lru.markAccessed(head);
        }
        int at = job.done;
        for (int next = page; next < page + count; next++) {
            job.pages[at++] = next;
        }
        job.askedHead = head;
    }

    // ---- the policy

    /** Asks about a large folio before its first page is taken. The page-table lock is held. */
    private SplitPlan ask(Job job, int vma, int head, int page, int left) {
        if (!grabs.isForPolicy(head, job.flags) || head == job.askedHead || job.done == job.askedAt) {
            return SplitPlan.SAFE;
        }
        job.askedHead = head;
        job.askedAt = job.done;
        int pages = Math.min(left, frames.pages(head) - (page - head));
        LongTermPinFacts facts = policies.longTermPin().at(vma, head, pages, job.has(GupFlags.WRITE));
        return policies.decisions().onLongTermPin(facts);
    }

    /** Carries a plan out, with the mmap lock held and no other. Drops the reference that was taken for it. */
    private int carryOut(Job job, SplitPlan plan, int vma, int head) {
        job.refusal = plans.carryOut(plan, vma, head);
        folios.put(head, 1);
        return AGAIN;
    }
}
